import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { repoRoot } from "../root.js";

const CONNECTIONS = 32;
/** wrk ends by itself after this, should nobody end it. */
const LONGEST_SECONDS = 3600;

const NEEDED = {
  wrk: "the benchmark needs wrk on PATH; on Debian and Ubuntu: apt-get install wrk.",
  taskset: "the benchmark needs taskset on PATH; on Debian and Ubuntu: apt-get install util-linux.",
};

/** Fails with a one-line `UserError` that says what to install when a program that the benchmark uses is missing. */
export async function requirePrograms(): Promise<void> {
  for (const [program, message] of Object.entries(NEEDED)) {
    const child = spawn(program, ["--version"], { stdio: "ignore" });
    const found = await once(child, "close").then(
      () => true,
      () => false,
    );
    if (!found) throw new UserError(message, 3);
  }
}

/**
 * A wrk of one thread that sends requests.lua to 127.0.0.1 over 32 connections, as fast as they are answered, whenever
 * it is let go. Being stopped and continued by signals it keeps its connections, so that a slice of load may be as
 * short as one likes.
 */
export class Load {
  private readonly wrk: ChildProcess;
  private ended = false;
  /** A stopped process would outlive us. */
  private readonly onNodeExit = (): void => void this.wrk.kill("SIGKILL");

  /** Begins at once. @param processor number of the processor that wrk runs on. */
  constructor(port: number, processor: number) {
    const script = join(repoRoot, "tools", "bench", "requests.lua");
    const wrk = ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${LONGEST_SECONDS}s`, "-s", script, `http://127.0.0.1:${port}`];
    this.wrk = spawn("taskset", ["-c", String(processor), ...wrk], { stdio: "ignore" });
    this.wrk.once("error", () => (this.ended = true));
    this.wrk.once("exit", () => (this.ended = true));
    process.once("exit", this.onNodeExit);
  }

  /** Sends until `pause`. Fails when wrk has ended by itself. */
  resume(): void {
    if (this.ended) throw new Error("wrk ended before the benchmark did");
    this.wrk.kill("SIGCONT");
  }

  /** Sends nothing more; up to 32 requests are still under way. */
  pause(): void {
    this.wrk.kill("SIGSTOP");
  }

  end(): void {
    process.removeListener("exit", this.onNodeExit);
    this.wrk.kill("SIGKILL");
  }
}
