import { InvalidArgumentError } from "commander";
import { isIP } from "node:net";
import { readTime } from "../canary/time.js";
import type { PropertyValue } from "../host/index.js";

/** What cannot stand in a header, whatever its name. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads a header as curl does: `name: value`, or `name;` for an empty value. Collects a repeated option. */
export function headerOption(text: string, previous: [string, string][] = []): [string, string][] {
  const [, name = "", mark, rest = ""] = /^([^:;]*)([:;])(.*)$/s.exec(text) ?? [];
  const value = rest.trim();
  if (text.startsWith(":")) throw new InvalidArgumentError("Use --method, --path or --authority.");
  if (!NAME.test(name) || CONTROL.test(value) || (mark === ":") === (value === "")) {
    throw new InvalidArgumentError('Expected "name: value", or "name;" for an empty value.');
  }
  return [...previous, [name, value]];
}

/** Reads `name=value`; a list or an object is written as JSON. Collects a repeated option. */
export function claimOption(text: string, previous: [string, PropertyValue][] = []): [string, PropertyValue][] {
  const at = text.indexOf("=");
  const name = text.slice(0, at);
  if (at <= 0) throw new InvalidArgumentError("Expected name=value.");
  if (previous.some(([earlier]) => earlier === name)) {
    throw new InvalidArgumentError(`There is a claim ${name} already; write several values as a JSON list.`);
  }
  const value = text.slice(at + 1);
  return [...previous, [name, /^\s*[[{]/.test(value) ? fromJson(value) : value]];
}

function fromJson(text: string): PropertyValue {
  try {
    const value: unknown = JSON.parse(text, (_, inner: unknown) => {
      if (inner === null) throw new SyntaxError("null");
      return inner;
    });
    return value as PropertyValue;
  } catch {
    throw new InvalidArgumentError("Expected JSON without null after [ or {.");
  }
}

export function addressOption(text: string): string {
  if (isIP(text) !== 0 && !text.includes("%")) return text;
  throw new InvalidArgumentError("Expected an IP address without a port.");
}

export function pathOption(text: string): string {
  if (/^\/[^\s#]*$/.test(text) && !CONTROL.test(text)) return text;
  throw new InvalidArgumentError("Expected a path that begins with /, with its query, without white space and #.");
}

export function methodOption(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError("Expected a method such as GET.");
}

/** A text that is not empty, on one line. */
export function textOption(text: string): string {
  if (text !== "" && !CONTROL.test(text)) return text;
  throw new InvalidArgumentError("Expected a text of one line.");
}

/** Milliseconds since the Unix epoch. */
export function timeOption(text: string): number {
  const time = readTime(text);
  if (time !== undefined) return time;
  throw new InvalidArgumentError("Expected a time of the years 1971 to 2499, such as 2026-11-21T09:00:00+01:00.");
}
