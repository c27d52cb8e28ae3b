/** What a line of a list says, as the plugins read it (assembly/core/id-text.ts). */
export type IdEntry =
  { kind: "number"; number: bigint } | { kind: "text"; text: string } | { kind: "range"; low: bigint; high: bigint };

/** The longest id, in bytes. */
export const MAX_ID_BYTES = 256;

const NUMBER = /^(0|[1-9]\d{0,17})$/;
const RANGE = /^(\d+)-(\d+)$/;

/** Reads an id, or a range of numbers; what is to be expected instead when it is neither. The message has no id in it. */
export function readIdEntry(text: string): IdEntry | { problem: string } {
  if (NUMBER.test(text)) return { kind: "number", number: BigInt(text) };
  const problem = textProblem(text);
  if (problem !== undefined) return { problem };
  const [, first = "", last = ""] = RANGE.exec(text) ?? [];
  if (first === "") return { kind: "text", text };
  if (!NUMBER.test(first) || !NUMBER.test(last) || BigInt(first) > BigInt(last)) return { problem: BAD_RANGE };
  return { kind: "range", low: BigInt(first), high: BigInt(last) };
}

const BAD_RANGE =
  "expected a range such as 1000-1999: two numbers of up to 18 digits without leading zeros, the smaller first";

function textProblem(text: string): string | undefined {
  const length = Buffer.byteLength(text);
  if (length === 0 || length > MAX_ID_BYTES) return `expected an id of 1 to ${MAX_ID_BYTES} bytes`;
  if (/[\u0000-\u001f\u007f]|^ | $/.test(text)) {
    return "expected an id without control characters, and without spaces around it";
  }
  return /\p{Surrogate}/u.test(text) ? "expected whole Unicode characters" : undefined;
}
