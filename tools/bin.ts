import { run } from "./cli.js";
import type { Io } from "./io.js";
import { endWhenUnwritable } from "./standard-output.js";

/** This process's streams. Standard input is read only when a command asks for it. */
const io: Io = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  readStdin: async () => Buffer.concat(await process.stdin.toArray()),
  env: process.env,
  cwd: process.cwd(),
  stderrIsTerminal: process.stderr.isTTY === true, // undefined when it is none, whatever its type says
};

endWhenUnwritable((line) => io.err(`tidegate: ${line}\n`));

process.exitCode = await run(process.argv.slice(2), io);
