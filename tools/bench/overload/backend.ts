import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { BackendReport } from "./backend-main.js";
import type { Capacity } from "./server-queue.js";

/** An upstream of limited capacity in a process of its own; see backend-main.ts. Ends with this process, too. */
export class Backend {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<Backend> {
    const child = fork(fileURLToPath(new URL("backend-main.js", import.meta.url)), { execArgv: [] });
    const ended = once(child, "exit").then(() => Promise.reject(new Error("the upstream ended before it began")));
    const [port] = (await Promise.race([once(child, "message"), ended])) as [number];
    return new Backend(child, port);
  }

  /** Takes effect at once; what waits stays unless `clear`, which also begins a new report. */
  async change(capacity: Partial<Capacity>, clear = false): Promise<void> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(capacity)) query.set(name, String(value));
    if (clear) query.set("clear", "1");
    await this.#ask(`/admin/change?${query}`);
  }

  async report(): Promise<BackendReport> {
    return JSON.parse(await this.#ask("/admin/report")) as BackendReport;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }

  async #ask(path: string): Promise<string> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, { signal: AbortSignal.timeout(5_000) });
    return response.text();
  }
}
