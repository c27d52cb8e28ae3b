import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Finding } from "../errors.js";
import type { Io } from "../io.js";
import type { Code } from "../policy/codes.js";
import type { PolicyText } from "../validate/policies.js";

export interface Inputs {
  texts: PolicyText[];
  /** Files that cannot be read, one finding each. */
  findings: Finding[];
}

/** Help for the option that `readInputs` serves. */
export const FILE_HELP = "policy file, - for standard input; may be repeated";

/** Collects a repeated option's values. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Reads policy files in the order given; "-" is standard input. Never throws for a file that is missing or not text. */
export async function readInputs(files: readonly string[], io: Io): Promise<Inputs> {
  const inputs: Inputs = { texts: [], findings: [] };
  for (const name of new Set(files)) {
    const file = name === "-" ? "<stdin>" : name;
    const bytes = await (name === "-" ? io.readStdin() : readFile(resolve(io.cwd, name))).catch(reason);
    if (typeof bytes === "string") {
      inputs.findings.push(
        finding("TG1001", file, `the file cannot be read: ${bytes}`, "Correct the path given with -f"),
      );
      continue;
    }
    const text = decode(bytes);
    if (text === undefined)
      inputs.findings.push(finding("TG1002", file, "the file is not UTF-8 text", "Save it as UTF-8"));
    else inputs.texts.push({ file, text });
  }
  return inputs;
}

const REASONS: Record<string, string> = {
  ENOENT: "there is no such file",
  EACCES: "permission denied",
  EISDIR: "it is a folder",
};

function reason(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ""] ?? error.message;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function finding(code: Code, file: string, message: string, remedy: string): Finding {
  return { code, severity: "error", file, line: 1, column: 1, message, remedy };
}
