// W3C Trace Context level 2, written down a second time as regular expressions over whole values, to compare with.

const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[^,]*)?$/s;
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

const withoutOws = (value: string) => value.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");

/** Whether these are the traceparents of a request that can be continued: one, and valid. */
export function isTraceparent(values: string[]): boolean {
  if (values.length !== 1) return false;
  const match = TRACEPARENT.exec(withoutOws(values[0]!));
  return match !== null && (match[1] !== "00" || match[2] === undefined);
}

/** Whether these tracestates, one list together, are valid. */
export function isTracestate(values: string[]): boolean {
  const members = values.join(",").split(",").map(withoutOws).filter(Boolean);
  return members.length <= 32 && members.every((member) => MEMBER.test(member));
}
