import { readFile } from "node:fs/promises";
import type { Finding } from "../errors.js";
import type { Code } from "./codes.js";

/** A policy file's text, or the one finding for which there is none. */
export type ReadText = { text: string } | { finding: Finding };

/** Reads a policy file, `file` being what messages call it. Never throws for a file that is missing or not text. */
export function readTextFile(file: string, path: string): Promise<ReadText> {
  return textFrom(file, readFile(path));
}

/** The text of bytes that are still to come, such as those of standard input. */
export async function textFrom(file: string, source: Promise<Uint8Array>): Promise<ReadText> {
  const bytes = await source.catch(reason);
  if (typeof bytes === "string")
    return refusal("TG1001", file, `the file cannot be read: ${bytes}`, "Correct the path");
  const text = decode(bytes);
  return text === undefined ? refusal("TG1002", file, "the file is not UTF-8 text", "Save it as UTF-8") : { text };
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

function refusal(code: Code, file: string, message: string, remedy: string): ReadText {
  return { finding: { code, severity: "error", file, line: 1, column: 1, message, remedy } };
}
