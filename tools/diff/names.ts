import { canonical } from "../canonical.js";
import { isObject } from "../is-object.js";
import { itemsOf, textsOf, valueAt } from "./json.js";
import { shortHash } from "./summary.js";

/** Keys that name an item of a list, the first that it has. */
const NAMES = ["name", "arm", "lane"];

/**
 * The items of a list by their names; undefined when one has none, or two share one.
 * @param keys that lead to the list.
 */
export function byName(items: readonly unknown[], keys: readonly string[]): Map<string, unknown> | undefined {
  const named = new Map<string, unknown>();
  for (const item of items) {
    const name = nameOf(item, keys.at(-1));
    if (name === undefined || named.has(name)) return undefined;
    named.set(name, item);
  }
  return named;
}

function nameOf(item: unknown, list: string | undefined): string | undefined {
  if (!isObject(item)) return undefined;
  if (list === "configPatches") return patchName(item);
  const { key, number, path } = item;
  if (list === "overrides") return key === undefined ? undefined : `key sha256 ${shortHash(key)}`;
  if (list === "ports" && typeof number === "number") return String(number);
  if (list === "paths" && isObject(path)) return Object.values(textsOf(path)).join(" ");
  const texts = textsOf(item);
  return NAMES.map((name) => texts[name]).find((text) => text !== undefined);
}

/** A patch of an EnvoyFilter by what it puts where. */
function patchName(item: unknown): string {
  const port = valueAt(item, "match", "listener", "portNumber");
  const { name } = textsOf(valueAt(item, "patch", "value"));
  const [inner] = itemsOf(valueAt(item, "patch", "value", "typed_config", "upstream_http_filters"));
  const own = textsOf(item)["applyTo"] === "EXTENSION_CONFIG" ? "configuration of " : "";
  const what = textsOf(inner)["name"] ?? name ?? canonical(valueAt(item, "match") ?? null);
  return typeof port === "number" ? `${own}${what}, port ${port}` : `${own}${what}`;
}
