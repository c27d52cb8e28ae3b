// What the oracle of trace knows of contexts: byte strings for values, big integers for ids.
import type { HeaderList } from "../../tools/host/index.js";

/** What is known of whether a trace is recorded; undefined: nobody has decided. */
export type Sampling = "dropped" | "sampled" | "debug" | undefined;

/** A place in a trace, in no format's terms. */
export interface Context {
  /** 0n: none, only a decision. */
  trace: bigint;
  /** 0n: the format named none. */
  parent: bigint;
  sampling: Sampling;
  /** Whether the right-most 7 bytes of the trace id are said to be random. */
  random?: boolean;
  /** Whether the trace id came in 64 bits. */
  short?: boolean;
}

/** What a request's headers of one format say. */
export type Extracted = { found: "absent" } | { found: "invalid" } | { found: "trace" | "decision"; context: Context };

/** What becomes of headers: their one value, or null for none. Headers that are not named stay as they are. */
export type Written = Record<string, string | null>;

export interface Format {
  name: string;
  headers: readonly string[];
  extract(sent: HeaderList): Extracted;
  /** Absent: the format is only read. @param sent of the caller, of whose headers parts may be kept. */
  inject?(context: Context, sent: HeaderList): Written;
}

export const ABSENT = { found: "absent" } as const;
export const INVALID = { found: "invalid" } as const;

/** What is found when both ids are there and not zero; the parent may be left open by some formats. */
export function traced(context: Context, parentless = false): Extracted {
  if (context.trace === 0n || (context.parent === 0n && !parentless)) return INVALID;
  return { found: "trace", context };
}

/** The values of a header, without white space around them, which is the transport's. */
export function valuesOf(sent: HeaderList, name: string): string[] {
  return sent.filter(([other]) => other.toLowerCase() === name).map(([, value]) => trimmed(value));
}

export function trimmed(value: string): string {
  return value.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}

export const hex = (value: bigint, digits: number): string => value.toString(16).padStart(digits, "0");
export const fromHex = (digits: string): bigint => BigInt(`0x${digits}`);
/** 16 digits where the trace id came so. */
export const traceHex = ({ trace, short }: Context): string => hex(trace, short === true ? 16 : 32);

export const LOW = (1n << 64n) - 1n;

/** A number of 64 bits without sign; undefined for another text. */
export function decimal(text: string): bigint | undefined {
  return /^[0-9]+$/.test(text) && BigInt(text) <= LOW ? BigInt(text) : undefined;
}

export const isSampled = (sampling: Sampling): boolean => sampling === "sampled" || sampling === "debug";

/** Whether a trace was found, and is that of the context. */
export function isSameTrace(found: Extracted, context: Context): boolean {
  return found.found === "trace" && found.context.trace === context.trace;
}

/** Whether the span was found that the context names. */
export function isSameSpan(found: Extracted, context: Context): boolean {
  return found.found === "trace" && isSameTrace(found, context) && found.context.parent === context.parent;
}

/** One value of one header, read by `read`; several are none. */
export function single(name: string, read: (value: string) => Extracted): (sent: HeaderList) => Extracted {
  return (sent) => {
    const values = valuesOf(sent, name);
    if (values.length === 0) return ABSENT;
    return values.length > 1 ? INVALID : read(values[0]!);
  };
}
