/** How grave a finding is: an error makes the command exit 1, a warning does not. */
export type Severity = "error" | "warning";

/** One fault in something the user wrote, with the place to change. Lines and columns count from 1. */
export interface Finding {
  /** Stable code, `TG` and four digits; tools/policy/codes.ts lists them all. */
  code: string;
  severity: Severity;
  file: string;
  line: number;
  column: number;
  /** What is wrong; a full stop at its end may be left out. */
  message: string;
  /** What to do about it, likewise. */
  remedy?: string;
}

/** An expected failure: the command line shows its message on one line, without a stack, and exits with its code. */
export class UserError extends Error {
  constructor(
    message: string,
    readonly exitCode: 2 | 3 = 2,
  ) {
    super(message);
    this.name = "UserError";
  }
}

/** True when a finding must fail the command. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}

/** `file:line:column: error TG1234 message. remedy.`, always on one line. */
export function formatFinding(finding: Finding): string {
  const place = `${finding.file}:${finding.line}:${finding.column}`;
  const sentences = [finding.message, finding.remedy ?? ""].filter((text) => text !== "").map(sentence);
  return oneLine(`${place}: ${finding.severity} ${finding.code} ${sentences.join(" ")}`);
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Escapes what could start a second line, move the cursor or reorder text: input is quoted in messages as it came. */
export function oneLine(text: string): string {
  return text.replace(
    CONTROL,
    (char) => NAMED_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const NAMED_ESCAPES: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A thrown value's message on one line: whatever was thrown, never a stack. */
export function messageOf(thrown: unknown): string {
  return oneLine(thrown instanceof Error ? thrown.message : String(thrown));
}
