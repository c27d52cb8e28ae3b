import type { GuestMemory } from "./memory.js";

/** The arguments of the call about to be made, as the module passed them. */
export interface FaultArguments {
  readonly values: readonly (number | bigint)[];
  /** The byte string at values[index] with the length values[index + 1]; undefined when out of bounds. */
  text(index: number): string | undefined;
}

export interface FaultOptions {
  /** Raw name of the host function: "proxy_get_header_map_value", "clock_time_get". */
  call: string;
  /** What the call returns instead of doing anything. */
  status: number;
  /** How many matching calls still work first; 0 when absent. */
  after?: number;
  /** How many matching calls fail; all when absent. */
  times?: number;
  /** Only calls for which this answers true count and fail. */
  when?: (args: FaultArguments) => boolean;
}

export interface FaultHandle {
  /** How many calls it has failed. */
  readonly hits: number;
  remove(): void;
}

interface Fault extends FaultHandle {
  hits: number;
  seen: number;
  options: FaultOptions;
}

/** Makes host calls fail on purpose. */
export class Faults {
  readonly #faults = new Map<string, Fault[]>();
  /** True while there is any fault, so that a call without one costs nothing more. */
  active = false;

  inject(options: FaultOptions): FaultHandle {
    const fault: Fault = { hits: 0, seen: 0, options, remove: () => this.#remove(fault) };
    this.#faults.set(options.call, [...(this.#faults.get(options.call) ?? []), fault]);
    this.active = true;
    return fault;
  }

  /** The status that a call must return at once; undefined when it is to be made. */
  statusFor(call: string, values: readonly (number | bigint)[], memory: GuestMemory): number | undefined {
    for (const fault of this.#faults.get(call) ?? []) {
      const { after = 0, times = Infinity, when, status } = fault.options;
      if (when && !when(describe(values, memory))) continue;
      if (fault.seen++ < after || fault.hits >= times) continue;
      fault.hits++;
      return status;
    }
    return undefined;
  }

  #remove(fault: Fault): void {
    const { call } = fault.options;
    const rest = (this.#faults.get(call) ?? []).filter((other) => other !== fault);
    if (rest.length > 0) this.#faults.set(call, rest);
    else this.#faults.delete(call);
    this.active = this.#faults.size > 0;
  }
}

function describe(values: readonly (number | bigint)[], memory: GuestMemory): FaultArguments {
  return {
    values,
    text: (index) => memory.readString(Number(values[index]) >>> 0, Number(values[index + 1]) >>> 0),
  };
}
