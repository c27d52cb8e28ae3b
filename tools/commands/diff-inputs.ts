import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Finding, hasErrors } from "../errors.js";
import { isDeeper, type JsonObject } from "../diff/json.js";
import { objectsIn } from "../diff/live-resources.js";
import type { Io } from "../io.js";
import type { PluginCatalog } from "../plugins.js";
import { toFinding } from "../policy/fault.js";
import { parseYaml } from "../policy/yaml-documents.js";
import { inOrder } from "../validate/order.js";
import { type CheckedPolicy, PolicyChecker, type PolicyText } from "../validate/policies.js";
import { withLists } from "../validate/with-lists.js";
import { type Inputs, readInputs } from "./inputs.js";

const CONFIGURATION = /\.(ya?ml|json)$/;
const POLICY = /\bkind["']?\s*:\s*["']?PluginPolicy\b/;

/** Reads policies: files, folders with all below them, or "-". Of folders only files that hold policies count. */
export async function readPolicyTexts(places: readonly string[], io: Io): Promise<Inputs> {
  const all: Inputs = { texts: [], findings: [] };
  for (const place of places) {
    const files = await filesOf(place, io);
    const { texts, findings } = await readInputs(files ?? [place], io);
    all.texts.push(...(files ? texts.filter(({ text }) => POLICY.test(text)) : texts));
    all.findings.push(...findings);
  }
  return all;
}

/** Files of a folder and of those in it, in the order of their paths; undefined for what is none. No hidden ones. */
async function filesOf(place: string, io: Io): Promise<string[] | undefined> {
  if (place === "-" || !(await isFolder(resolve(io.cwd, place)))) return undefined;
  const entries = await readdir(resolve(io.cwd, place), { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(place, entry.name);
    if (entry.name.startsWith(".")) continue;
    if (entry.isDirectory()) found.push(...((await filesOf(path, io)) ?? []));
    else if (CONFIGURATION.test(entry.name) && !(await isFolder(resolve(io.cwd, path)))) found.push(path);
  }
  return found;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Faults for which policies cannot be compared: two of one name, another namespace, and lists that are not known. */
const STOPS = /^TG(1\d{3}|3003|3007|3801|7\d{3})$/;

/** The policies of texts, their lists read; whatever else is wrong with them is for `validate` to say. */
export async function comparablePolicies(
  texts: readonly PolicyText[],
  catalog: PluginCatalog,
  namespace?: string,
): Promise<{ policies: CheckedPolicy[]; findings: Finding[] }> {
  const { policies, findings } = await withLists(new PolicyChecker(catalog, namespace).check(texts), texts, catalog);
  const stops = policies.flatMap(({ document, faults }) =>
    faults.filter(({ code }) => STOPS.test(code)).map((fault) => toFinding(fault, document)),
  );
  const all = [...findings, ...stops].filter((finding) => hasErrors([finding]));
  return { policies, findings: inOrder(all, texts) };
}

/** Levels of nesting of a live resource. */
const MAX_DEPTH = 100;
const NO_POLICY_NEEDED = ["TG1005", "TG1006"];

/** Objects of Kubernetes in files, folders or "-", Lists taken apart. What is no object is passed over. */
export async function readLive(place: string, io: Io): Promise<{ objects: JsonObject[]; inputs: Inputs }> {
  const { texts, findings } = await readInputs((await filesOf(place, io)) ?? [place], io);
  const parsed = texts.map(({ file, text }) => documentsOf(file, text));
  const objects = parsed.flatMap(({ documents }) => documents.flatMap((document) => objectsIn(document)));
  return { objects, inputs: { texts, findings: [...findings, ...parsed.flatMap((one) => one.findings)] } };
}

/** What is no JSON is YAML; JSON may be larger. */
function documentsOf(file: string, text: string): { documents: unknown[]; findings: Finding[] } {
  const json = jsonOf(text);
  if (json !== undefined && !isDeeper(json, MAX_DEPTH)) return { documents: [json], findings: [] };
  const { documents, findings } = parseYaml(file, text);
  return {
    documents: documents.map(({ value }) => value),
    findings: findings.filter(({ code }) => !NO_POLICY_NEEDED.includes(code)),
  };
}

function jsonOf(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
