import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../root.js";

/** A JSON Schema as an object. */
export type JsonSchema = Record<string, unknown>;

/** The policy's own schema; in it a plugin's configuration is any object. */
export function policySchema(): JsonSchema {
  return JSON.parse(readFileSync(join(repoRoot, "tools", "policy", "policy.schema.json"), "utf8")) as JsonSchema;
}
