import { UserError } from "./errors.js";
import { Interrupted } from "./interrupt.js";

const IO = 3;

/** The exit code of a failure that is no fault of the tool and needs no stack; undefined for one that is. */
export function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof UserError || error instanceof Interrupted) return error.exitCode;
  return isSystemError(error) ? IO : undefined;
}

/** What the operating system refused: a folder that is not ours, a full disk. Node's message names call and path. */
function isSystemError(error: unknown): boolean {
  return error instanceof Error && "errno" in error && "syscall" in error;
}
