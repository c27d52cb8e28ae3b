import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../root.js";

/** What the page of codes says of one. */
export interface CodeEntry {
  code: string;
  meaning: string;
  /** A finding as it may be printed. */
  example: string;
  /** Why, and what else has this code; "" when the example says it all. */
  text: string;
}

/** The page that tells of every code. */
const CODE_PAGE = join(repoRoot, "tools", "policy", "CODES.md");

const ENTRY = /^### (TG\d{4}): (.+)\n+```\n(.+)\n```\n*([^]*)$/;

/** The entries of the page, in its order; a part that has not the form of one is left out. */
export function codeEntries(page: string = readFileSync(CODE_PAGE, "utf8")): CodeEntry[] {
  return page.split(/^(?=##)/m).flatMap((part): CodeEntry[] => {
    const [, code, meaning, example, text] = ENTRY.exec(part) ?? [];
    if (code === undefined || meaning === undefined || example === undefined) return [];
    return [{ code, meaning, example, text: (text ?? "").trim() }];
  });
}

/** An entry as the command prints it. */
export function entryText({ code, meaning, example, text }: CodeEntry): string {
  return `${code}: ${meaning}\n\n  ${example}\n${text === "" ? "" : `\n${text}\n`}`;
}
