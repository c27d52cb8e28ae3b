import type { PluginCatalog } from "../plugins.js";
import { type JsonSchema, policySchema } from "./policy-schema.js";

/** The policy's schema with every plugin's in it, chosen by the plugin's name: one file, for editors. */
export function editorSchema(catalog: PluginCatalog): JsonSchema {
  const schema = policySchema() as { $defs: Record<string, JsonSchema> };
  const plugins = [...catalog.values()];
  const plugin = schema.$defs["plugin"] as { properties: Record<string, JsonSchema> };
  plugin.properties["name"] = { ...plugin.properties["name"], enum: plugins.map(({ name }) => name) };
  const choices = plugins.map(({ name }) => ({
    if: { properties: { name: { const: name } }, required: ["name"] },
    then: { properties: { config: { $ref: identifier(name) } } },
  }));
  const embedded = plugins.map(({ name, schema: own }) => [`plugin-${name}`, { ...own, $id: identifier(name) }]);
  return {
    ...schema,
    $defs: { ...schema.$defs, plugin: { ...plugin, allOf: choices }, ...Object.fromEntries(embedded) },
  };
}

/** An identifier of its own keeps the references inside a plugin's schema pointing into that schema. */
function identifier(plugin: string): string {
  return `urn:tidegate:plugin:${plugin}`;
}
