import type { HeaderList } from "./abi.js";
import { toBytes } from "./bytes.js";
import { HeaderMap } from "./header-map.js";
import type { RootContext } from "./root-context.js";

export interface GrpcRequest {
  /** The cluster's name or a serialised GrpcService, as the module gave it (a byte string). */
  service: string;
  serviceName: string;
  methodName: string;
  initialMetadata: HeaderList;
}

/** A gRPC call (one message each way) or stream that a module has opened and that nothing has closed yet. */
export class PendingGrpcCall implements GrpcRequest {
  readonly service: string;
  readonly serviceName: string;
  readonly methodName: string;
  readonly initialMetadata: HeaderList;
  /** Messages that the module has sent. */
  readonly sent: Uint8Array[] = [];
  /** The module has said that it will send no more. */
  localClosed = false;

  constructor(
    readonly kind: "call" | "stream",
    readonly root: RootContext,
    readonly token: number,
    request: GrpcRequest,
    private readonly ended: (call: PendingGrpcCall) => void,
  ) {
    ({ service: this.service, serviceName: this.serviceName } = request);
    ({ methodName: this.methodName, initialMetadata: this.initialMetadata } = request);
  }

  /** Streams only. */
  receiveInitialMetadata(metadata: HeaderList): void {
    const map = new HeaderMap("response-headers", metadata);
    this.#tell({ initialMetadata: map }, "proxy_on_grpc_receive_initial_metadata", map.size);
  }

  /** A message for the module; a call ends with it. */
  receive(message: string | Uint8Array): void {
    const bytes = toBytes(message);
    if (this.kind === "call") this.ended(this);
    this.#tell({ message: bytes }, "proxy_on_grpc_receive", bytes.length);
  }

  /** Streams only. */
  receiveTrailingMetadata(metadata: HeaderList): void {
    const map = new HeaderMap("response-trailers", metadata);
    this.#tell({ trailingMetadata: map }, "proxy_on_grpc_receive_trailing_metadata", map.size);
  }

  /** Ends the call or stream with a gRPC status. */
  close(status: number, message = ""): void {
    this.ended(this);
    this.root.status = { code: status, message };
    this.#tell({}, "proxy_on_grpc_close", status);
  }

  #tell(response: RootContext["response"], callback: string, argument: number): void {
    const { root } = this;
    root.response = response;
    root.vm.afterCall(() => {
      root.response = {};
      root.status.message = "";
    });
    root.vm.callback(root, callback, root.id, this.token, argument);
    root.vm.counter.take(callback);
  }
}
