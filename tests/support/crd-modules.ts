import { execFile } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { UserError } from "../../tools/errors.js";
import type { CrdSchema, Schema } from "./crd-schemas.js";

/** Go modules that have CustomResourceDefinitions, and the folders of those in them. */
const MODULES = [
  { module: "istio.io/api@v1.31.1", folder: "kubernetes" },
  { module: "github.com/envoyproxy/gateway@v1.9.1", folder: "charts/gateway-helm/charts/crds/crds" },
];

interface Definition {
  kind?: string;
  spec: {
    group: string;
    names: { kind: string };
    versions: { name: string; schema: { openAPIV3Schema: { properties: { spec?: Schema } } } }[];
  };
}

/** The schemas that clusters have. Go fetches their modules once. Fails with a one-line `UserError` without Go or a network. */
export async function clusterSchemas(): Promise<CrdSchema[]> {
  const found: CrdSchema[] = [];
  for (const { module, folder } of MODULES) {
    const definitions = yamlFiles(join(await moduleFolder(module), folder)).flatMap(definitionsOf);
    found.push(...definitions.flatMap((definition) => schemasOf(definition, module)));
  }
  return found;
}

async function moduleFolder(module: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", module], { cwd: "/" });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    throw new UserError(`go cannot fetch ${module}: ${(error as Error).message.split("\n")[0]}`, 3);
  }
}

function yamlFiles(folder: string): string[] {
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? yamlFiles(path) : path.endsWith(".yaml") ? [path] : []));
}

function definitionsOf(file: string): Definition[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"), { logLevel: "error" });
  const all = Array.from(documents, (document) => (document as { toJS(): unknown }).toJS() as Definition | null);
  return all.filter((one): one is Definition => one?.kind === "CustomResourceDefinition");
}

function schemasOf({ spec }: Definition, source: string): CrdSchema[] {
  return spec.versions.flatMap(({ name, schema }) => {
    const own = schema.openAPIV3Schema.properties.spec;
    return own ? [{ source, apiVersion: `${spec.group}/${name}`, kind: spec.names.kind, spec: closed(own) }] : [];
  });
}

/** The schema with what Kubernetes would drop, unknown keys, refused, and `nullable` as JSON Schema has it. */
function closed(schema: Schema): Schema {
  const { nullable, ...rest } = schema;
  const entries = Object.entries(rest).map(([key, value]) => [key, closedValue(key, value)]);
  const result = Object.fromEntries(entries) as Schema;
  const isOpen =
    result["x-kubernetes-preserve-unknown-fields"] === true || result["additionalProperties"] !== undefined;
  if (result["type"] === "object" && result["properties"] && !isOpen) result["additionalProperties"] = false;
  if (nullable === true) result["type"] = [result["type"], "null"];
  return result;
}

function closedValue(key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (key === "properties") {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, closed(inner as Schema)]));
  }
  return key === "items" || key === "additionalProperties" ? closed(value as Schema) : value;
}
