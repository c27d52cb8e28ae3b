import { connect, type Socket } from "node:net";

/** What became of a request: the status of its answer, 0 when the connection ended before there was one. */
export type Answered = (status: number) => void;

const HEAD_END = "\r\n\r\n";
/** Where the status is in "HTTP/1.1 200 OK". */
const STATUS_AT = 9;

/**
 * A keep-alive connection to 127.0.0.1 that costs a load generator little: one request at a time, of its answer only the
 * status is kept. The answer must come with a content-length.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received = "";
  #answered: Answered | undefined;
  #closed = false;

  /** @param onClosed told when the peer closes, after the request under way was told 0. */
  constructor(
    port: number,
    private readonly onClosed: () => void = () => undefined,
  ) {
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.setEncoding("latin1").on("data", (text: string) => this.#receive(text));
    this.#socket.on("error", () => this.#end());
    this.#socket.on("close", () => this.#end());
  }

  /** Settles when connected; fails when that is refused. */
  async opened(): Promise<void> {
    if (!this.#socket.connecting) return;
    await new Promise<void>((resolve, reject) => {
      this.#socket.once("connect", resolve).once("error", reject);
    });
  }

  /** Sends a whole request without a body. Only while none is under way. `answered` is called once, later. */
  send(request: string, answered: Answered): void {
    if (this.#closed) {
      queueMicrotask(() => answered(0));
      return;
    }
    this.#answered = answered;
    this.#socket.write(request, "latin1");
  }

  /** The request under way is told 0. */
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
    this.#tell(0);
  }

  #receive(text: string): void {
    this.#received += text;
    const status = statusOf(this.#received);
    if (status === 0) return;
    this.#received = "";
    this.#tell(status);
  }

  #end(): void {
    if (this.#closed) return;
    this.close();
    this.onClosed();
  }

  #tell(status: number): void {
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.(status);
  }
}

/** The status of an answer; 0 while it is not all there. */
function statusOf(answer: string): number {
  const head = answer.indexOf(HEAD_END);
  if (head < 0) return 0;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer)?.[1];
  if (length === undefined) throw new Error(`an answer without content-length: ${answer.slice(0, head)}`);
  return answer.length < head + HEAD_END.length + Number(length) ? 0 : Number(answer.slice(STATUS_AT, STATUS_AT + 3));
}
