import { Document, type Node, Pair, Scalar, YAMLMap } from "yaml";

/**
 * Resources as YAML documents. Written for YAML 1.1, which Kubernetes and Istio read: a bare key `n`, `y` or `no` would
 * become a boolean there, and `<<` a merge. Text that begins like a number is always quoted, hashes foremost: 64 digits
 * are a number, too.
 */
export function yamlText(resources: readonly object[], comment: string | undefined, origins: Origins = []): string {
  const documents = resources.map((resource, i) => `${commentLine(origins[i])}${block(resource, "")}\n`);
  return `${commentLine(comment)}${documents.join("---\n")}`;
}

/** What is said above each resource, one line; undefined: nothing. */
export type Origins = readonly (string | undefined)[];

function commentLine(text: string | undefined): string {
  return text === undefined ? "" : `# ${text}\n`;
}

/** A value whose lines after the first begin with `indent`. Keys whose value is undefined are left out. */
function block(value: unknown, indent: string): string {
  if (typeof value === "string") return texts.value(value, indent);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : value.map((item) => `- ${block(item, deeper)}`).join(`\n${indent}`);
  }
  const lines: string[] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) lines.push(pair(texts.key(key, indent), inner, deeper));
  }
  return lines.length === 0 ? "{}" : lines.join(`\n${indent}`);
}

/** @param head the key, its colon and a space. */
function pair(head: string, value: unknown, indent: string): string {
  const text = block(value, indent);
  const isBelow =
    typeof value === "object" && value !== null && text !== "{}" && text !== "[]" && !head.startsWith("? ");
  return isBelow ? `${head.trimEnd()}\n${indent}${text}` : `${head}${text}`;
}

/** Keys and texts as the YAML library writes them, each asked for once: most stand in many resources. */
class Texts {
  private readonly document = new Document<Node>(new Scalar(null), { version: "1.1" });
  private readonly keys = new Map<string, string>();
  private readonly values = new Map<string, string>();

  /** With its colon and a space. */
  key(key: string, indent: string): string {
    if (key === "<<") return '"<<": '; // which the library leaves bare
    const text = known(this.keys, key, () => this.written(key, null).slice(0, -"null".length));
    return indented(text, indent);
  }

  /** Within a map or a list; `indent` is what its further lines begin with. */
  value(value: string, indent: string): string {
    const text = known(this.values, value, () => this.written("", value).slice('"": '.length));
    return indented(text, indent.slice(2));
  }

  private written(key: string, value: string | null): string {
    const map = new YAMLMap<Scalar, Scalar>();
    map.items.push(new Pair(scalar(key), scalar(value)));
    this.document.contents = map;
    return this.document.toString({ lineWidth: 0, directives: false }).slice(0, -1);
  }
}

const texts = new Texts();
/** How many texts are kept, and of which length. */
const MOST_KNOWN = 10_000;
const MOST_CHARACTERS = 100;

function known(texts: Map<string, string>, text: string, write: () => string): string {
  const written = texts.get(text) ?? write();
  if (texts.size >= MOST_KNOWN) texts.clear();
  if (text.length <= MOST_CHARACTERS) texts.set(text, written);
  return written;
}

/** Lines after the first, but for those that are empty. */
function indented(text: string, indent: string): string {
  return text.includes("\n") ? text.replace(/\n(?!\n|$)/g, `\n${indent}`) : text;
}

function scalar(value: string | null): Scalar {
  const made = new Scalar(value);
  if (value !== null && /^[-+.\d]/.test(value)) made.type = "QUOTE_DOUBLE";
  return made;
}

/** Resources as JSON: one as it is, several as a Kubernetes List, which kubectl applies as it does a file of YAML. */
export function jsonText(resources: readonly object[]): string {
  const whole = resources.length === 1 ? resources[0] : { apiVersion: "v1", kind: "List", items: resources };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
