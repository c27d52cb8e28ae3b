import { Status } from "./abi.js";
import { concat } from "./bytes.js";

/** Bytes that a module can see and, when `writable`, change. */
export class HostBuffer {
  constructor(
    public bytes: Uint8Array,
    readonly writable: boolean,
  ) {}

  get size(): number {
    return this.bytes.length;
  }

  /**
   * proxy_set_buffer_bytes, which in Envoy can only replace bytes at the beginning (start 0, any length) or append
   * (start at the end or behind it).
   */
  write(start: number, length: number, data: Uint8Array): Status {
    if (!this.writable) return Status.BadArgument;
    if (start === 0) this.bytes = concat(data, this.bytes.subarray(length));
    else if (start >= this.size) this.bytes = concat(this.bytes, data);
    else return Status.BadArgument;
    return Status.Ok;
  }
}
