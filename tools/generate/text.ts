import { Document, isScalar, visit } from "yaml";

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
  const document = new Document(resource, { version: "1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      if (isScalar(node) && typeof node.value === "string" && /^[-+.\d]/.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Resources as JSON: one as it is, several as a Kubernetes List, which kubectl applies as it does a file of YAML. */
export function jsonText(resources: readonly object[]): string {
  const whole = resources.length === 1 ? resources[0] : { apiVersion: "v1", kind: "List", items: resources };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
