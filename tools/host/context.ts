import { BufferType, Status } from "./abi.js";
import { HostBuffer } from "./buffer.js";
import { EMPTY } from "./bytes.js";
import type { HeaderMap } from "./header-map.js";
import type { Plugin } from "./plugin.js";
import type { RootContext } from "./root-context.js";
import type { Vm } from "./vm.js";

/** What a module asks for by proxy_send_local_response. Strings are byte strings. */
export interface LocalReplyRequest {
  status: number;
  details: string;
  headers: [name: string, value: string][];
  body: Uint8Array;
  grpcStatus: number;
}

/**
 * One context inside a VM, as host functions see it. This class is the VM's own context (id 0), which has neither a
 * stream nor a plugin; RootContext and StreamContext add theirs.
 */
export class Context {
  readonly plugin: Plugin | undefined = undefined;
  /** The root context that HTTP calls and ticks belong to. */
  readonly root: RootContext | undefined = undefined;
  /** The buffer that was last looked at: what a look at "call data" finds, as in Envoy. */
  protected lastBuffer: HostBuffer = new HostBuffer(EMPTY, false);

  constructor(
    readonly vm: Vm,
    readonly id: number,
  ) {}

  /** A map that can be written now; undefined when not available in this phase. */
  writableMap(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** A map that can be read now; undefined when not available in this phase. */
  readableMap(_type: number): HeaderMap | undefined {
    return undefined;
  }

  /** What reading a value of a map that is not available returns. */
  get missingMapStatus(): Status {
    return Status.BadArgument;
  }

  /** The buffer of a type; undefined when there is none. */
  buffer(type: number): HostBuffer | undefined {
    if (type === BufferType.CallData) return this.lastBuffer;
    if (type === BufferType.VmConfiguration) return this.show(new HostBuffer(this.vm.configuration, false));
    return undefined;
  }

  protected show(buffer: HostBuffer): HostBuffer {
    return (this.lastBuffer = buffer);
  }

  /** @returns a byte string, or the status that says why there is none. */
  getProperty(_path: string): string | Status {
    return Status.NotFound;
  }

  setProperty(_path: string, _value: string): Status {
    return Status.NotFound;
  }

  setFilterState(_name: string, _value: string): Status {
    return Status.NotFound;
  }

  /** @returns false when the name has been declared before. */
  declareProperty(_name: string): boolean {
    return true;
  }

  /** Request headers were written. */
  requestHeadersWritten(): void {
    // There is no stream whose route could be matched again.
  }

  clearRouteCache(): void {
    // There is no stream whose route could be matched again.
  }

  continueStream(_type: number): Status {
    return Status.Ok;
  }

  closeStream(_type: number): Status {
    return Status.Ok;
  }

  sendLocalResponse(_reply: LocalReplyRequest): void {
    // There is no stream to answer; the module is told Ok all the same.
  }
}
