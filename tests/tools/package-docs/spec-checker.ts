import { parse } from "yaml";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";
import { jsonSchemaAccepts, openApiFaults } from "./open-api-checker.js";

const text = { type: "string", minLength: 1 };
const both = {
  type: "object",
  additionalProperties: false,
  required: ["en-US"],
  properties: { "en-US": text, "zh-CN": text },
};
const i18n = { title: text, "x-title-i18n": both, description: text, "x-description-i18n": both };

/** Higress's specification of plugin images, section 3, and what hgctl and the console read. */
const SPEC = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "info", "spec"],
  properties: {
    apiVersion: { const: "1.0.0" },
    info: {
      type: "object",
      additionalProperties: false,
      required: ["category", "name", "title", "version"],
      properties: {
        category: { enum: ["auth", "security", "protocol", "flow-control", "flow-monitor", "custom"] },
        name: text,
        ...i18n,
        iconUrl: text,
        version: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+" },
        gatewayMinVersion: { type: "string", pattern: "^\\d+\\.\\d+\\.\\d+$" },
        contact: { type: "object", additionalProperties: text },
      },
    },
    spec: {
      type: "object",
      additionalProperties: false,
      required: ["phase", "priority", "configSchema"],
      properties: {
        phase: { enum: ["UNSPECIFIED_PHASE", "AUTHN", "AUTHZ", "STATS"] },
        priority: { type: "integer" },
        configSchema: {
          type: "object",
          additionalProperties: false,
          required: ["openAPIV3Schema"],
          properties: {
            openAPIV3Schema: { type: "object", required: ["type"], properties: { type: { const: "object" } } },
          },
        },
      },
    },
  },
};
const SCOPES = ["GLOBAL", "INSTANCE", "ALL"];
const isSpec = jsonSchemaAccepts(SPEC);
const isBilingual = jsonSchemaAccepts({ type: "object", properties: i18n });

/** What keeps a spec.yaml from being one that Higress reads; none when it is one. */
export function specFaults(yaml: string): string[] {
  const spec = parse(yaml, { version: "1.1" }) as { spec: { configSchema: { openAPIV3Schema: JsonSchema } } };
  if (!isSpec(spec)) return ["not of the form of a spec.yaml"];
  const schema = spec.spec.configSchema.openAPIV3Schema;
  return [...openApiFaults(schema), ...objectsIn(schema).flatMap(textFaults)];
}

/** Each text has its languages, and is one of them. */
function textFaults(schema: JsonSchema): string[] {
  const { "x-scope": scope, title, description } = schema;
  const texts = schema as Record<string, Record<string, string> | undefined>;
  const said = [title, description].filter((one) => typeof one === "string");
  const english = [texts["x-title-i18n"], texts["x-description-i18n"]].flatMap((one) => one?.["en-US"] ?? []);
  const faults =
    isBilingual(schema) && JSON.stringify(said) === JSON.stringify(english)
      ? []
      : [`languages of ${JSON.stringify(said)}`];
  return scope === undefined || SCOPES.includes(scope as string)
    ? faults
    : [...faults, `x-scope ${JSON.stringify(scope)}`];
}

/** A schema, and those of the keys that are in it. */
function objectsIn(schema: JsonSchema): JsonSchema[] {
  const properties = Object.values((schema["properties"] ?? {}) as Record<string, JsonSchema>);
  const items = typeof schema["items"] === "object" ? [schema["items"] as JsonSchema] : [];
  return [schema, ...[...properties, ...items].flatMap(objectsIn)];
}

/** The example as Higress's console cuts it out of the text: what is below `example:`, which is the first child's neighbour. */
export function consoleExample(yaml: string): string {
  const lines = yaml.split("\n");
  const start = lines.findIndex((line) => line.trimStart().startsWith("openAPIV3Schema:")) + 1;
  const indent = /^ */.exec(lines[start]!)![0];
  const example = lines.findIndex((line, i) => i >= start && line.startsWith(`${indent}example:`)) + 1;
  const end = lines.findIndex((line, i) => i >= example && !line.startsWith(`${indent} `));
  return example === 0 ? "" : lines.slice(example, end).join("\n");
}
