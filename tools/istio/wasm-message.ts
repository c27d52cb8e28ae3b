import { isObject } from "../is-object.js";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { suggestion } from "../policy/suggest.js";
import { kindOf, quote } from "../validate/words.js";
import { type Field, type Message, protoName } from "./wasm-fields.js";

/** What of a value does not fit a field: istiod leaves out what it does not know, and says so to nobody. */
export function fieldFaults(node: Node, field: Field): Fault[] {
  if (node.value === null) return [];
  if (field === "free") return [];
  if (typeof field === "string") return fits(node.value, field) ? [] : [mistyped(node, NAMES[field])];
  if (isChoice(field)) return choiceFaults(node, field);
  if ("list" in field) {
    if (!Array.isArray(node.value)) return [mistyped(node, "a list")];
    return node.items().flatMap((item) => fieldFaults(item, field.list));
  }
  if (!isObject(node.value)) return [mistyped(node, "an object")];
  if ("map" in field) return node.members().flatMap(([, value]) => fieldFaults(value, field.map));
  return messageFaults(node, field);
}

const NAMES = { text: "a text", flag: "true or false", number: "a number", any: "an object with @type" } as const;

function fits(value: unknown, kind: keyof typeof NAMES): boolean {
  if (kind === "text") return typeof value === "string";
  if (kind === "flag") return typeof value === "boolean";
  if (kind === "number") return typeof value === "number" || /^\d+$/.test(String(value));
  return isObject(value);
}

function messageFaults(node: Node, { fields }: Message): Fault[] {
  const seen = new Set<string>();
  const members = node.members().filter(([key]) => key !== "@type"); // which a message in an Any has
  return members.flatMap(([key, value]): Fault[] => {
    const name = protoName(key);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) return [unknownField(key, value, Object.keys(fields))];
    if (seen.has(name)) {
      const message = `${name} stands twice, written in two ways`;
      return [{ code: "TG3712", path: value.path, at: "key", message, remedy: "Keep one of the two" }];
    }
    seen.add(name);
    return fieldFaults(value, field);
  });
}

function unknownField(key: string, { path }: Node, known: readonly string[]): Fault {
  const message = `Envoy's Wasm filter has no field ${quote(key)}, and istiod leaves it out without a word`;
  const remedy = suggestion(protoName(key), known) ?? `Remove it; there are ${known.join(", ")}`;
  return { code: "TG3712", path, at: "key", message, remedy };
}

function choiceFaults(node: Node, names: readonly string[]): Fault[] {
  const { value } = node;
  const isKnown = typeof value === "number" ? Object.hasOwn(names, value) : names.includes(String(value));
  if (isKnown) return [];
  const remedy = suggestion(String(value), names) ?? `Write one of ${names.join(", ")}`;
  return [{ code: "TG2004", path: node.path, message: `${quote(value)} is not allowed here`, remedy }];
}

function mistyped(node: Node, wanted: string): Fault {
  const message = `${kindOf(node.value)} where ${wanted} belongs`;
  return { code: "TG2003", path: node.path, message, remedy: `Write ${wanted}` };
}

function isChoice(field: Exclude<Field, string>): field is readonly string[] {
  return Array.isArray(field);
}

/** A field of a message, whichever of its two names it is written with. */
export function fieldAt(node: Node | undefined, name: string): Node | undefined {
  if (!node) return undefined;
  return node.at(name) ?? node.at(name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

/** The field at the end of names; undefined when one of them is missing. */
export function fieldDown(node: Node | undefined, ...names: readonly string[]): Node | undefined {
  return names.reduce<Node | undefined>(fieldAt, node);
}
