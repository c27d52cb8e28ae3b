import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../root.js";
import type { JsonSchema } from "./policy-schema.js";

/** Keys of a schema that stand once, at its root. */
const ROOT_KEYS = ["$schema", "$id", "title", "description", "examples"];
/** Keys of an object's schema that do not forbid it to have other keys. */
const NO_CONSTRAINTS = [...ROOT_KEYS, "$defs", "type", "properties", "additionalProperties"];

/**
 * The schema of a plugin's whole configuration: its own keys, and beside them those that the library reads for every plugin
 * (assembly/plugin/configuration.schema.json). A disabled one has none of its own.
 * @param own schema of the plugin's own keys.
 */
export function configurationSchema(own: JsonSchema): JsonSchema {
  const shared = sharedSchema();
  const isDisabled = { required: ["disabled"], properties: { disabled: { const: true } } };
  const ownKeys = Object.keys((own["properties"] ?? {}) as object);
  const { rollout, ...others } = shared["properties"] as Record<string, unknown>;
  const properties = { ...(own["properties"] as object), ...others };
  const whole = {
    type: "object",
    additionalProperties: false,
    properties,
    if: isDisabled,
    then: { properties: Object.fromEntries(ownKeys.map((key) => [key, false])) },
    else: only(own, (key) => !NO_CONSTRAINTS.includes(key)),
  };
  return {
    ...only(own, (key) => ROOT_KEYS.includes(key)),
    ...whole,
    properties: { ...properties, rollout },
    $defs: {
      ...(own["$defs"] as object),
      ...(shared["$defs"] as object),
      whole_configuration: whole,
      configuration: only(own, (key) => !ROOT_KEYS.includes(key) && key !== "$defs"),
    },
  };
}

function sharedSchema(): JsonSchema {
  return JSON.parse(
    readFileSync(join(repoRoot, "assembly", "plugin", "configuration.schema.json"), "utf8"),
  ) as JsonSchema;
}

function only(schema: JsonSchema, isKept: (key: string) => boolean): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => isKept(key)));
}
