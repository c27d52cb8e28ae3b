import { canonical } from "../canonical.js";
import { isObject } from "../is-object.js";
import { encodeIds } from "../lists/encode.js";
import { IdList } from "../lists/id-list.js";
import { sha256Of } from "../sha256.js";
import { textsOf } from "./json.js";

/** What may be told of a value that names people or is a secret. */
export interface Summary {
  /** Such as `3 ids (sha256 1a2b3c4d)`. */
  text: string;
  /** The same for the same content, whatever its order or form, and for no other. */
  identity: string;
}

/** In the place of a key: any item of a list. */
export const ITEM = "[]";

/** Keys of lists that ids, tokens and the like are compared with. */
const LISTS: Record<string, string> = { ids: "id", in: "value", values: "value" };

/** Hexadecimal digits of a hash that are told. */
const DIGITS = 8;

/**
 * What stands in the place of a value that must not be shown; undefined for one that may.
 * @param keys that lead to the value, with `ITEM` for each item of a list.
 */
export function summaryOf(keys: readonly string[], value: unknown): Summary | undefined {
  const key = keys.at(-1) ?? "";
  const parent = keys.at(-2);
  const noun = Object.hasOwn(LISTS, key) ? LISTS[key] : undefined;
  if (noun !== undefined && Array.isArray(value)) return listSummary(value, noun);
  if (isObject(value)) return idListSummary(value);
  if (parent === "headers" && key !== ITEM && typeof value === "string") return secret(value);
  if (key === "key" && parent === ITEM && keys.at(-3) === "overrides") return secret(value);
  return key === "encoded" && typeof value === "string" ? encodedSummary(value) : undefined;
}

/** A short name of something that must not be named. */
export function shortHash(value: unknown): string {
  return hashOf(value).slice(0, DIGITS);
}

function hashOf(value: unknown): string {
  return sha256Of(typeof value === "string" ? value : canonical(value));
}

function summary(what: string, identity: string): Summary {
  return { text: `${what} (sha256 ${identity.slice(0, DIGITS)})`.trim(), identity };
}

function secret(value: unknown): Summary {
  return summary("", hashOf(value));
}

function listSummary(items: readonly unknown[], noun: string): Summary {
  const texts = [...new Set(items.map(canonical))].sort();
  return summary(counted(texts.length, noun), hashOf(texts));
}

/** A list of canary in either form; what an encoded one holds is compared with what is written out. */
function idListSummary(value: Record<string, unknown>): Summary | undefined {
  const [key, ...others] = Object.keys(value);
  if (others.length > 0) return undefined;
  if (key === "encoded") return encodedSummary(textsOf(value)["encoded"] ?? "");
  const { ids } = value;
  if (key !== "ids" || !Array.isArray(ids)) return undefined;
  const list = new IdList();
  const isGood = ids.every((id) => typeof id !== "object" && typeof list.add(String(id)) === "string");
  return isGood ? encodedSummary(encodeIds(list)) : listSummary(ids, "id");
}

/** Where the numbers of ids and of ranges stand: see tools/lists/encode.ts. */
const HEAD_BYTES = 33;
const COUNTS = [5, 9, 13];

function encodedSummary(encoded: string): Summary {
  const head = Buffer.from(encoded.slice(0, 2 * HEAD_BYTES), "base64");
  if (head.length < HEAD_BYTES) return summary("ids", hashOf(encoded));
  const [numbers = 0, texts = 0, ranges = 0] = COUNTS.map((offset) => head.readUInt32LE(offset));
  const counts = [counted(numbers + texts, "id"), ...(ranges > 0 ? [counted(ranges, "range")] : [])];
  return summary(counts.join(" and "), hashOf(encoded));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
