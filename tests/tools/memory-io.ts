import { run } from "../../tools/cli.js";
import type { Io } from "../../tools/io.js";
import { repoRoot } from "../../tools/root.js";

/** What a command line did. */
export interface Ran {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs one command line of the tool in this process, its streams in memory. */
export async function tidegate(args: readonly string[], given: Partial<Io> & { stdin?: string } = {}): Promise<Ran> {
  const ran: Ran = { exitCode: -1, out: "", err: "" };
  const io: Io = {
    out: (text) => void (ran.out += text),
    err: (text) => void (ran.err += text),
    readStdin: () => Promise.resolve(Buffer.from(given.stdin ?? "")),
    env: {},
    cwd: repoRoot,
    stderrIsTerminal: false,
    ...given,
  };
  ran.exitCode = await run(args, io);
  return ran;
}
