import { messageOf } from "../../tools/errors.js";
import { exitCodeOf } from "../../tools/exit-code.js";
import { interruptible } from "../../tools/interrupt.js";
import { buildGo, type GoProject } from "./go-project.js";

/** Builds what tests run, as a process of its own that says what it does and ends as a command does. */
export async function obtain(project: GoProject): Promise<void> {
  const say = (line: string): void => void process.stderr.write(`${project.name}: ${line}\n`);
  try {
    await interruptible((signal) => buildGo(project, say, signal));
  } catch (error) {
    say(messageOf(error));
    process.exitCode = exitCodeOf(error) ?? 3;
  }
}
