import { existsSync } from "node:fs";
import { type Finding, hasErrors } from "../../errors.js";
import { type Fault, toFinding } from "../../policy/fault.js";
import { readTextFile } from "../../policy/read-text.js";
import { parseYaml } from "../../policy/yaml-documents.js";
import type { JsonSchema } from "../../schema/policy-schema.js";
import { SchemaChecker } from "../../validate/schema-checker.js";

/** What a file holds, and what is wrong with it. */
export interface ReadJson<Value> {
  /** Empty when there is no file, or one with an error. */
  value: Partial<Value>;
  findings: Finding[];
}

/**
 * Reads an object from a file of JSON.
 * @param file what messages call it.
 * @param schema that of the object.
 * @param rules what is wrong with one that the schema accepts.
 */
export async function readJson<Value extends object>(
  file: string,
  path: string,
  schema: JsonSchema,
  rules: (value: Value) => Fault[],
): Promise<ReadJson<Value>> {
  if (!existsSync(path)) return { value: {}, findings: [] };
  const read = await readTextFile(file, path);
  if ("finding" in read) return { value: {}, findings: [read.finding] };
  const { documents, findings } = parseYaml(file, read.text);
  const [document] = documents;
  if (!document) return { value: {}, findings };
  const misfits = SchemaChecker.of(schema).check(document.value);
  const faults = misfits.length > 0 ? misfits : rules(document.value as Value);
  findings.push(...faults.map((fault) => toFinding(fault, document)));
  return { value: hasErrors(findings) ? {} : (document.value as Value), findings };
}
