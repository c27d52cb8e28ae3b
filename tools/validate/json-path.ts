import type { Path } from "../policy/fault.js";

/** What a plugin says of its configuration: where, and what. */
export interface PathMessage {
  path: Path;
  message: string;
}

const LINE = /(?:^|\s)\$((?:\.[A-Za-z_][\w-]*|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): +(.+)$/s;
const STEP = /\.([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g;

/** Reads `$.rules[0].match["a b"]: what is wrong`, with anything before the `$`; undefined for any other line. */
export function readPathMessage(line: string): PathMessage | undefined {
  const [, steps, message] = LINE.exec(line) ?? [];
  if (steps === undefined || message === undefined) return undefined;
  const path = [...steps.matchAll(STEP)].map(
    ([, name, index, quoted]) => name ?? (index ? Number(index) : unquote(quoted ?? "")),
  );
  return { path, message };
}

function unquote(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}
