import { connect, type Socket } from "node:net";

const CONNECTIONS = 32;

/**
 * Sends `count` HTTP/1.1 requests to 127.0.0.1 over some connections, each connection one request after the other, each
 * request with headers of its own. @returns how many answers there were by status.
 */
export async function sendLoad(
  port: number,
  count: number,
  headersOf: (index: number) => Record<string, string>,
): Promise<Map<number, number>> {
  const byStatus = new Map<number, number>();
  let next = 0;
  const connections = Array.from({ length: CONNECTIONS }, async () => {
    const connection = new Connection(connect({ host: "127.0.0.1", port, noDelay: true }));
    try {
      while (next < count) {
        const status = await connection.ask(headersOf(next++));
        byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      }
    } finally {
      connection.close();
    }
  });
  await Promise.all(connections);
  return byStatus;
}

/** Knows that an answer is there by its status line: what follows it is short and needs no reading. */
class Connection {
  #answered: (status: number) => void = () => undefined;
  #failed: (error: Error) => void = () => undefined;

  constructor(private readonly socket: Socket) {
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      const status = /^HTTP\/1\.1 (\d{3})/m.exec(chunk)?.[1];
      if (status) this.#answered(Number(status));
    });
    socket.once("error", (error) => this.#failed(error));
    socket.once("close", () => this.#failed(new Error("Envoy closed the connection")));
  }

  ask(headers: Record<string, string>): Promise<number> {
    const lines = Object.entries({ host: "load.test", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`GET /load HTTP/1.1\r\n${lines.join("")}\r\n`);
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
  }

  close(): void {
    this.#failed = () => undefined;
    this.socket.destroy();
  }
}
