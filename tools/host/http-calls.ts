import { type HeaderList, Status } from "./abi.js";
import { fromLatin1, toBytes } from "./bytes.js";
import type { Alarm } from "./clock.js";
import type { CallCounts } from "./counts.js";
import { HeaderMap } from "./header-map.js";
import type { RootContext } from "./root-context.js";

/** What a test answers. Without a `:status` in `headers`, 200 is put first. */
export interface HttpCallAnswer {
  headers?: HeaderList;
  body?: string | Uint8Array;
  trailers?: HeaderList;
}

export interface HttpCallRequest {
  cluster: string;
  headers: HeaderList;
  body: Uint8Array;
  trailers: HeaderList;
  timeoutMs: number;
}

/** An HTTP call that a module has made and that nothing has answered yet. */
export class PendingHttpCall implements HttpCallRequest {
  readonly cluster: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array;
  readonly trailers: HeaderList;
  readonly timeoutMs: number;
  #timeout: Alarm | undefined;
  #open = true;

  constructor(
    readonly root: RootContext,
    readonly token: number,
    request: HttpCallRequest,
    private readonly ended: (call: PendingHttpCall) => void,
  ) {
    ({ cluster: this.cluster, headers: this.headers, body: this.body } = request);
    ({ trailers: this.trailers, timeoutMs: this.timeoutMs } = request);
    if (this.timeoutMs > 0) this.#timeout = root.vm.proxy.clock.after(this.timeoutMs, () => this.#timedOut());
  }

  /** Answers the call: proxy_on_http_call_response runs at once. @returns what the callback cost. */
  respond(answer: HttpCallAnswer = {}): CallCounts {
    const headers = new HeaderMap("response-headers", answer.headers);
    if (headers.first(":status") === undefined) headers.add(":status", "200");
    const trailers = answer.trailers && new HeaderMap("response-trailers", answer.trailers);
    const body = toBytes(answer.body);
    return this.#finish({ headers, trailers, body }, [headers.size, body.length, trailers?.size ?? 0]);
  }

  /** The upstream was reset: the callback sees no headers, no body and the status BrokenConnection. */
  fail(): CallCounts {
    this.root.status = { code: Status.BrokenConnection, message: "reset" };
    return this.#finish({}, [0, 0, 0]);
  }

  /** Envoy answers for an upstream that is too late. */
  #timedOut(): void {
    const body = "upstream request timeout";
    const headers: HeaderList = [
      [":status", "504"],
      ["content-length", String(body.length)],
      ["content-type", "text/plain"],
    ];
    this.respond({ headers, body: fromLatin1(body) });
  }

  #finish(response: RootContext["response"], sizes: [headers: number, body: number, trailers: number]): CallCounts {
    if (!this.#open) throw new Error(`HTTP call ${this.token} to ${this.cluster} has been answered`);
    this.#open = false;
    this.#timeout?.cancel();
    this.ended(this);
    const { root } = this;
    root.response = response;
    root.vm.afterCall(() => {
      root.response = {};
      root.status.message = "";
    });
    root.vm.callback(root, "proxy_on_http_call_response", root.id, this.token, ...sizes);
    return root.vm.counter.take("proxy_on_http_call_response");
  }
}
