// The process behind `startBackend`: an HTTP/1.1 server of limited, changeable capacity, as cheap as Node can be.
//
//   GET /any/path       x-work-ms: 12.5    answers 200 after 12.5 ms of one server's time, and whatever it waited
//   GET /admin/change?servers=4&slowdown=1&delayMs=0&clear=1
//   GET /admin/report   { "lateP99Ms": ..., "cpuMs": ..., "waiting": ... } since the last change
import { createServer, type Socket } from "node:net";
import { quantile } from "../statistics.js";
import { type Capacity, ServerQueue } from "./server-queue.js";

/** What the backend tells of itself. */
export interface BackendReport {
  /** How late it answered, compared with when the work was done. */
  lateP99Ms: number;
  cpuMs: number;
  waiting: number;
}

const HEAD_END = "\r\n\r\n";
const DEFAULT_WORK_MS = 1;

const queue = new ServerQueue({ servers: 1, slowdown: 1, delayMs: 0 });
let late: number[] = [];
let cpuStart = process.cpuUsage();
let timer: NodeJS.Timeout | undefined;

function work(head: string, answer: (body: string) => void): void {
  const workMs = Number(/\r\nx-work-ms: *([\d.]+)/i.exec(head)?.[1] ?? DEFAULT_WORK_MS);
  queue.arrive(performance.now(), workMs, (dueMs) => {
    late.push(performance.now() - dueMs);
    answer("ok");
  });
  wake();
}

/** Sets the timer to when there is something to do. */
function wake(): void {
  clearTimeout(timer);
  const next = queue.nextMs();
  if (next === Infinity) return;
  timer = setTimeout(() => {
    queue.advance(performance.now());
    wake();
  }, next - performance.now());
}

function admin(url: URL): string {
  if (url.pathname === "/admin/report") return JSON.stringify(report());
  const entries = [...url.searchParams].filter(([name]) => name !== "clear").map(([name, value]) => [name, +value]);
  if (url.searchParams.has("clear")) clear();
  queue.change(Object.fromEntries(entries) as Partial<Capacity>, performance.now());
  wake();
  return "{}";
}

function clear(): void {
  queue.clear();
  late = [];
  cpuStart = process.cpuUsage();
}

function report(): BackendReport {
  const { user, system } = process.cpuUsage(cpuStart);
  return {
    lateP99Ms: late.length > 0 ? quantile(late, 0.99) : 0,
    cpuMs: (user + system) / 1000,
    waiting: queue.length,
  };
}

function serve(socket: Socket): void {
  let received = "";
  const answer = (body: string): void => {
    if (!socket.writable) return; // who asked has left
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`, "latin1");
  };
  socket.setNoDelay(true).setEncoding("latin1");
  socket.on("error", () => socket.destroy());
  socket.on("data", (text: string) => {
    received += text;
    for (let end = received.indexOf(HEAD_END); end >= 0; end = received.indexOf(HEAD_END)) {
      const head = received.slice(0, end);
      received = received.slice(end + HEAD_END.length);
      const path = head.slice(head.indexOf(" ") + 1, head.indexOf(" HTTP/"));
      if (path.startsWith("/admin/")) answer(admin(new URL(path, "http://backend")));
      else work(head, answer);
    }
  });
}

const server = createServer(serve);
server.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
process.once("disconnect", () => process.exit(0)); // nobody is left to end us
