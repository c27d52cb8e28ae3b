import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parseAllDocuments } from "yaml";
import { repoRoot } from "../../tools/root.js";

/** A schema as JSON has it. */
export type Schema = Record<string, unknown>;

export interface Resource {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  spec: unknown;
}

/** What is known of one kind of resource. */
export interface CrdSchema {
  source: string;
  apiVersion: string;
  kind: string;
  /** Of the resource's `spec`. */
  spec: Schema;
}

/** The schemas of tests/tools/crds, which hold what is generated and nothing else. */
export function ownSchemas(): CrdSchema[] {
  const folder = join(repoRoot, "tests", "tools", "crds");
  return readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as CrdSchema);
}

/** Golden files with the resources of Kubernetes that each holds. */
export function goldenResources(): { file: string; resources: Resource[] }[] {
  const folder = join(repoRoot, "tests", "tools", "golden");
  const files = readdirSync(folder).filter((file) => file.endsWith(".out.yaml"));
  const read = files.map((file) => ({ file, resources: resourcesOf(readFileSync(join(folder, file), "utf8")) }));
  return read.filter(({ resources }) => resources.some(({ kind }) => kind !== undefined));
}

/** The documents of a text, read as Kubernetes reads them. */
export function resourcesOf(text: string): Resource[] {
  const documents = parseAllDocuments(text, { version: "1.1" });
  return Array.from(documents, (document) => (document as { toJS(): unknown }).toJS() as Resource);
}

/** Checks of resources by `apiVersion/kind`. */
export function checks(schemas: readonly CrdSchema[]): Map<string, ValidateFunction> {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  return new Map(schemas.map(({ apiVersion, kind, spec }) => [`${apiVersion}/${kind}`, ajv.compile(spec)]));
}

/** What is wrong with a resource; undefined when there is no schema for it. */
export function faultsOf(resource: Resource, by: Map<string, ValidateFunction>): string[] | undefined {
  const check = by.get(`${resource.apiVersion}/${resource.kind}`);
  if (!check) return undefined;
  check(resource.spec);
  return (check.errors ?? []).map(({ instancePath, message = "" }) => `${instancePath} ${message}`);
}
