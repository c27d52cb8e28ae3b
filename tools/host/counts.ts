import type { GuestMemory } from "./memory.js";

/** What one callback cost. */
export interface CallCounts {
  /** The export that was called, such as "proxy_on_request_headers"; "" when none was. */
  callback: string;
  /** Calls by raw name, those of WASI included. */
  hostCalls: Record<string, number>;
  hostCallTotal: number;
  /** How often the host called the module's malloc or proxy_on_memory_allocate. */
  hostAllocations: number;
  /** Blocks taken from the module's heap, those for the host included; 0 unless `module.countsAllocations`. */
  heapAllocations: number;
  /** Bytes that the host copied into and out of the module. */
  bytesIn: number;
  bytesOut: number;
}

/** Adds up what a VM does until `take`. */
export class Counter {
  hostAllocations = 0;
  heapAllocations = 0;
  readonly #names: string[] = [];
  #calls: number[] = [];
  #touched: number[] = [];

  constructor(private readonly memory: () => GuestMemory | undefined) {}

  /** Announces a host function. @returns its index for `called`. */
  register(name: string): number {
    this.#calls.push(0);
    return this.#names.push(name) - 1;
  }

  called(index: number): void {
    if (this.#calls[index]!++ === 0) this.#touched.push(index);
  }

  /** Everything since the last `take`, and starts again from 0. */
  take(callback: string): CallCounts {
    const memory = this.memory();
    const counts: CallCounts = {
      callback,
      hostCalls: {},
      hostCallTotal: 0,
      hostAllocations: this.hostAllocations,
      heapAllocations: this.heapAllocations,
      bytesIn: memory?.bytesIn ?? 0,
      bytesOut: memory?.bytesOut ?? 0,
    };
    for (const index of this.#touched) {
      const name = this.#names[index]!;
      counts.hostCalls[name] = (counts.hostCalls[name] ?? 0) + this.#calls[index]!;
      counts.hostCallTotal += this.#calls[index]!;
      this.#calls[index] = 0;
    }
    this.#touched.length = 0;
    this.hostAllocations = this.heapAllocations = 0;
    if (memory) memory.bytesIn = memory.bytesOut = 0;
    return counts;
  }
}

/** The sum of several callbacks, named after the first that ran. */
export function sumCounts(all: readonly CallCounts[]): CallCounts {
  const sum: CallCounts = {
    callback: all.find((counts) => counts.callback !== "")?.callback ?? "",
    hostCalls: {},
    hostCallTotal: 0,
    hostAllocations: 0,
    heapAllocations: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
  for (const counts of all) {
    for (const [name, calls] of Object.entries(counts.hostCalls))
      sum.hostCalls[name] = (sum.hostCalls[name] ?? 0) + calls;
    sum.hostCallTotal += counts.hostCallTotal;
    sum.hostAllocations += counts.hostAllocations;
    sum.heapAllocations += counts.heapAllocations;
    sum.bytesIn += counts.bytesIn;
    sum.bytesOut += counts.bytesOut;
  }
  return sum;
}
