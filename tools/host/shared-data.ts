import { Status } from "./abi.js";

export interface SharedValue {
  /** A byte string. */
  value: string;
  cas: number;
}

/**
 * Key-value pairs that all VMs of a process with the same vm_id share, with Envoy's compare-and-set: 0 always writes,
 * a key that is not there is written whatever cas says, and every write takes the next number of one counter for the
 * whole process.
 */
export class SharedData {
  readonly #spaces = new Map<string, Map<string, SharedValue>>();
  #nextCas = 1;

  get(vmId: string, key: string): SharedValue | undefined {
    return this.#spaces.get(vmId)?.get(key);
  }

  set(vmId: string, key: string, value: string, cas = 0): Status {
    let space = this.#spaces.get(vmId);
    if (!space) this.#spaces.set(vmId, (space = new Map()));
    const existing = space.get(key);
    if (existing && cas !== 0 && cas !== existing.cas) return Status.CasMismatch;
    space.set(key, { value, cas: this.#takeCas() });
    return Status.Ok;
  }

  keys(vmId = ""): string[] {
    return [...(this.#spaces.get(vmId)?.keys() ?? [])];
  }

  #takeCas(): number {
    const cas = this.#nextCas;
    this.#nextCas = (this.#nextCas + 1) >>> 0 || 1;
    return cas;
  }
}
