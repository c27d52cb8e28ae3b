import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;
/** How long a program may take to end before it is killed. */
const END_MS = 10_000;
/** Of what it says, the newest so many characters are kept. */
const MAX_LOG = 64 * 1024;

/** What is to run. */
export interface Command {
  file: string;
  args: string[];
  /** Beside this process's own. */
  env?: Record<string, string>;
}

export interface ProgramOptions {
  /** How errors call it, and its folder. */
  name: string;
  /** Writes what it reads into its folder, and says how it is started. */
  command: (folder: string) => Command;
  /** Whether it does what it is for; a promise that fails says no. */
  isReady: () => Promise<boolean>;
  /** How long that may take. */
  patienceMs: number;
}

/** A program that runs in a folder of its own. It ends with this process at the latest, and the folder with it. */
export class Program {
  private output = "";

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {
    process.once("exit", this.kill);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream
        .setEncoding("utf8")
        .on("data", (text) => void (this.output = (this.output + String(text)).slice(-MAX_LOG)));
    }
  }

  /** Fails with what it said when it ends, or is not ready in time. */
  static async start({ name, command, isReady, patienceMs }: ProgramOptions): Promise<Program> {
    const folder = await mkdtemp(join(tmpdir(), `tidegate-${name}-`));
    const { file, args, env } = command(folder);
    const child = spawn(file, args, {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const program = new Program(child, folder);
    try {
      await once(child, "spawn");
      for (const end = Date.now() + patienceMs; !(await isReady().catch(() => false)); await delay(POLL_MS)) {
        if (program.hasEnded || Date.now() > end) throw new Error(`${name} does not start: ${program.log}`);
      }
      return program;
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  /** What it said so far, the newest of it. */
  get log(): string {
    return this.output;
  }

  /** Asks it to end, and insists. */
  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const exited = once(this.child, "exit");
      this.child.kill("SIGTERM");
      const force = setTimeout(this.kill, END_MS);
      await exited;
      clearTimeout(force);
    }
    process.removeListener("exit", this.kill);
    await rm(this.folder, { recursive: true, force: true });
  }

  private readonly kill = (): void => void this.child.kill("SIGKILL");

  /** Also one that never began. */
  private get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
