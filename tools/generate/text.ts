import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from "yaml";

/**
 * Resources as YAML documents. Written for YAML 1.1, which Kubernetes and Istio read: a bare key `n`, `y` or `no` would
 * become a boolean there. Text that begins like a number is always quoted, hashes foremost: 64 digits are a number, too.
 */
export function yamlText(resources: readonly object[], comment: string | undefined, origins: Origins = []): string {
  const documents = resources.map((resource, i) => `${commentLine(origins[i])}${yamlDocument(resource)}`);
  return `${commentLine(comment)}${documents.join("---\n")}`;
}

/** What is said above each resource, one line; undefined: nothing. */
export type Origins = readonly (string | undefined)[];

function commentLine(text: string | undefined): string {
  return text === undefined ? "" : `# ${text}\n`;
}

function yamlDocument(resource: object): string {
  const document = new Document(null, { version: "1.1", aliasDuplicateObjects: false });
  document.contents = nodeOf(resource);
  return document.toString({ lineWidth: 0 });
}

function nodeOf(value: unknown): Node {
  if (Array.isArray(value)) {
    const list = new YAMLSeq<Node>();
    for (const item of value) list.items.push(nodeOf(item));
    return list;
  }
  if (typeof value !== "object" || value === null) return scalarOf(value);
  const map = Object.isFrozen(value) ? new LastingMap(value) : new YAMLMap<Node, Node>();
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== undefined) map.items.push(new Pair(scalarOf(key), nodeOf(inner)));
  }
  return map;
}

function scalarOf(value: unknown): Scalar {
  const scalar = new Scalar(value);
  if (typeof value === "string" && /^[-+.\d]/.test(value)) scalar.type = "QUOTE_DOUBLE";
  return scalar;
}

/** What a frozen object is written as, by its indent: such a one stands in many resources. */
const written = new WeakMap<object, Map<string, string>>();

class LastingMap extends YAMLMap<Node, Node> {
  constructor(private readonly value: object) {
    super();
  }

  override toString(...args: Parameters<YAMLMap["toString"]>): string {
    const indent = args[0]?.indent ?? "";
    const texts = written.get(this.value) ?? new Map<string, string>();
    written.set(this.value, texts);
    const text = texts.get(indent) ?? super.toString(...args);
    texts.set(indent, text);
    return text;
  }
}

/** Resources as JSON: one as it is, several as a Kubernetes List, which kubectl applies as it does a file of YAML. */
export function jsonText(resources: readonly object[]): string {
  const whole = resources.length === 1 ? resources[0] : { apiVersion: "v1", kind: "List", items: resources };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
