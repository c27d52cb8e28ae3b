import { messageOf } from "../../tools/errors.js";
import { exitCodeOf } from "../../tools/exit-code.js";
import { interruptible } from "../../tools/interrupt.js";
import { buildCollector } from "../support/collector-binary.js";

// Run by tools/ready.mjs before the tests of this folder.
const say = (line: string): void => void process.stderr.write(`collector: ${line}\n`);
try {
  await interruptible((signal) => buildCollector(say, signal));
} catch (error) {
  say(messageOf(error));
  process.exitCode = exitCodeOf(error) ?? 3;
}
