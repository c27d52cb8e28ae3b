import { broken, untilNul, utf8 } from "./tar-header.js";

// Entries of types x (pax), L and K (GNU tar) say something of the entry after them; those of type g of all entries.
// Source: POSIX.1-2001; the manual of GNU tar.

/** What is said of an entry before it comes. */
export interface Told {
  name?: string;
  size?: number;
  isSparse?: boolean;
  /** Its name is no UTF-8, or has a NUL in it. */
  isNameBad?: boolean;
}

/** Whether an entry of a type only tells of others. */
export function isTelling(type: string): boolean {
  return /[xgLK]/.test(type);
}

/** What an entry that tells of others says. Fails with a `UserError`. */
export function toldBy(type: string, content: Uint8Array, what: string): Told {
  if (type === "K") return {}; // where a link leads
  if (type === "L") return named(utf8(untilNul(content)));
  const told = paxTells(content, what);
  if (type === "g" && Object.keys(told).length > 0) {
    // Some programs do as it says, Go and others do not.
    throw broken(what, "says a name or a size of all its entries at once");
  }
  return told;
}

/** Records of the form `LENGTH KEY=VALUE\n`; the length counts all of the record. */
function paxTells(content: Uint8Array, what: string): Told {
  let told: Told = {};
  for (let start = 0; start < content.length;) {
    const space = content.indexOf(0x20, start);
    const digits = space < 0 ? "" : Buffer.from(content.subarray(start, space)).toString("latin1");
    const end = start + Number(digits);
    const isWhole = /^[1-9]\d{0,9}$/.test(digits) && end <= content.length && content[end - 1] === 0x0a;
    const equals = content.indexOf(0x3d, space);
    if (!isWhole || equals < 0 || equals >= end) throw broken(what, "has a pax record that cannot be read");
    const key = Buffer.from(content.subarray(space + 1, equals)).toString("latin1");
    told = { ...told, ...recordTells(key, utf8(content.subarray(equals + 1, end - 1)), what) };
    start = end;
  }
  return told;
}

function recordTells(key: string, value: string | undefined, what: string): Told {
  if (key.startsWith("GNU.sparse.")) return { isSparse: true };
  if (key === "path") return named(value);
  if (key !== "size") return {};
  if (/^\d{1,15}$/.test(value ?? "")) return { size: Number(value) };
  throw broken(what, "has an entry of a size that cannot be read");
}

function named(name: string | undefined): Told {
  if (name === undefined || name.includes("\0")) return { isNameBad: true };
  return name === "" ? {} : { name };
}
