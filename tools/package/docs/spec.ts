import { PHASE } from "../../generate/istio-wasmplugin.js";
import { yamlText } from "../../generate/text.js";
import type { PluginInfo } from "../../plugins.js";
import type { JsonSchema } from "../../schema/policy-schema.js";
import type { PackageFacts } from "./facts.js";
import { type LeftOut, type OpenApiOptions, openApiSchema } from "./open-api/convert.js";

/** Whole configurations inside a configuration: what they hold is told at its top. */
export const WHOLE_CONFIGURATIONS = ["#/$defs/configuration", "#/$defs/whole_configuration"];
/** What the library reads once for the whole gateway; Higress has rules of its own for hosts and routes. */
const GLOBAL = ["settings", "rollout"];

/**
 * `spec.yaml` of Higress's marketplace: what the plugin is, where in the chain it runs, and what its configuration may be.
 * A comment names what of the plugin's schema a schema of OpenAPI cannot say.
 */
export function specOf(plugin: PluginInfo, facts: PackageFacts): string {
  const schema = configSchema(plugin, facts);
  const spec = {
    apiVersion: "1.0.0",
    info: info(plugin, facts),
    spec: {
      phase: PHASE[facts.about.phase],
      priority: facts.about.priority,
      configSchema: { openAPIV3Schema: schema.schema },
    },
  };
  // Higress's console looks for the example line by line, so nothing is folded, and nothing refers to something else.
  return comment(schema.leftOut) + yamlText([spec], undefined);
}

function info({ name }: PluginInfo, { version, about, chinese }: PackageFacts): JsonSchema {
  const { category, title, description, contact, minHigressVersion } = about;
  return {
    ...(minHigressVersion === undefined ? {} : { gatewayMinVersion: minHigressVersion }),
    category,
    name,
    ...bilingual({ title, description }, chinese),
    version,
    ...(contact === undefined ? {} : { contact }),
  };
}

/** Title and description, each in both languages where there is a Chinese one. */
function bilingual(texts: { title?: string; description?: string }, chinese: ReadonlyMap<string, string>): JsonSchema {
  const said = (["title", "description"] as const).filter((key) => texts[key] !== undefined && texts[key] !== "");
  const entries = said.flatMap((key): [string, unknown][] => {
    const text = texts[key]!;
    const translated = chinese.get(text);
    const both = translated === undefined ? { "en-US": text } : { "en-US": text, "zh-CN": translated };
    return [
      [key, text],
      [`x-${key}-i18n`, both],
    ];
  });
  return Object.fromEntries(entries);
}

function options({ chinese }: PackageFacts): OpenApiOptions {
  return { open: WHOLE_CONFIGURATIONS, annotate: (texts) => bilingual(texts, chinese) };
}

function configSchema({ schema, ownSchema }: PluginInfo, facts: PackageFacts) {
  const { leftOut, schema: converted } = openApiSchema(ofObjects(schema), options(facts));
  const whole = withExample(converted, facts);
  return { leftOut, schema: keysOf(schema).length > keysOf(ownSchema).length ? withScopes(whole) : whole };
}

/** Higress gives every plugin an object, also one that takes text as well. */
function ofObjects(schema: JsonSchema): JsonSchema {
  const { type } = schema;
  return Array.isArray(type) && type.includes("object") ? { ...schema, type: "object" } : schema;
}

/** A plugin whose configuration the library reads has more keys than its own. */
function keysOf(schema: JsonSchema): string[] {
  return Object.keys((schema["properties"] ?? {}) as object);
}

/** Says of each key whether it can be set for a route or a host, too. */
function withScopes(schema: JsonSchema): JsonSchema {
  const properties = Object.entries(schema["properties"] as Record<string, JsonSchema>).map(([key, property]) => {
    const { type, ...rest } = property;
    return [key, { type, "x-scope": GLOBAL.includes(key) ? "GLOBAL" : "ALL", ...rest }];
  });
  return { ...schema, properties: Object.fromEntries(properties) as JsonSchema };
}

/** In the place of the schema's own one, which the first of the plugin's examples may not be. */
function withExample({ example: _, type, ...rest }: JsonSchema, { about }: PackageFacts): JsonSchema {
  const [first] = about.examples;
  return { type: type ?? "object", ...(first ? { example: first.config } : {}), ...rest };
}

function comment(leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return "";
  const lines = leftOut.map(({ path, keyword }) => `#   ${path === "" ? "the whole" : path}: ${keyword}\n`);
  return `# What the plugin's own schema says beyond OpenAPI, and what is told once:\n${lines.join("")}`;
}
