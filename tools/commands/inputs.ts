import { InvalidArgumentError } from "commander";
import { dirname, resolve } from "node:path";
import type { Finding } from "../errors.js";
import type { Io } from "../io.js";
import { readTextFile, textFrom } from "../policy/read-text.js";
import type { PolicyText } from "../validate/policies.js";

export interface Inputs {
  texts: PolicyText[];
  /** Files that cannot be read, one finding each. */
  findings: Finding[];
}

/** Help for the option that `readInputs` serves. */
export const FILE_HELP = "policy file, - for standard input; may be repeated";

/** Collects a repeated option's paths. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, somePath(value)];
}

/** Refuses the empty path that an unset variable leaves, which would mean the current folder. */
export function somePath(value: string): string {
  if (value === "") throw new InvalidArgumentError("Expected a path.");
  return value;
}

/** Reads policy files in the order given; "-" is standard input. Never throws for a file that is missing or not text. */
export async function readInputs(files: readonly string[], io: Io): Promise<Inputs> {
  const inputs: Inputs = { texts: [], findings: [] };
  for (const name of new Set(files)) {
    const file = name === "-" ? "<stdin>" : name;
    const read = await (name === "-" ? textFrom(file, io.readStdin()) : readTextFile(file, resolve(io.cwd, name)));
    if ("finding" in read) inputs.findings.push(read.finding);
    else inputs.texts.push({ file, text: read.text, folder: name === "-" ? io.cwd : dirname(resolve(io.cwd, name)) });
  }
  return inputs;
}
