import { createColors } from "picocolors";
import { type Finding, formatFinding, hasErrors } from "../errors.js";
import type { Io } from "../io.js";

const MAX_PRINTED = 200;
/** Work shorter than this needs no word. */
const PATIENCE_MS = 1000;

/** Prints findings on standard error, one line each. @returns the exit code that they ask for. */
export function report(findings: readonly Finding[], io: Io): 0 | 1 {
  const colors = createColors(io.stderrIsTerminal && !io.env["NO_COLOR"]);
  for (const finding of findings.slice(0, MAX_PRINTED)) {
    const paint = finding.severity === "error" ? colors.red : colors.yellow;
    const mark = ` ${finding.severity} ${finding.code} `;
    io.err(`${formatFinding(finding).replace(mark, () => paint(mark))}\n`);
  }
  if (findings.length > MAX_PRINTED) io.err(`and ${findings.length - MAX_PRINTED} more findings\n`);
  return hasErrors(findings) ? 1 : 0;
}

/** Says what is going on when it takes more than a second and a person is looking. */
export async function withProgress<T>(io: Io, text: string, work: () => Promise<T>): Promise<T> {
  const timer = io.stderrIsTerminal ? setTimeout(() => io.err(`${text} ...\n`), PATIENCE_MS) : undefined;
  try {
    return await work();
  } finally {
    clearTimeout(timer);
  }
}

/** "1 policy", "2 policies". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
