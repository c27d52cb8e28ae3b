import { Command } from "commander";
import type { Outcome } from "../cli.js";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";

const EXAMPLES = `
Examples:
  tidegate schema > policy.schema.json
  tidegate schema trace

Editors that know yaml-language-server then complete and check a policy that begins with
  # yaml-language-server: $schema=./policy.schema.json
`;

/** `tidegate schema` */
export function schemaCommand(io: Io, _outcome: Outcome): Command {
  return new Command("schema")
    .summary("print the JSON Schema of policies, with every plugin's configuration")
    .description("Prints the JSON Schema of policies, with every plugin's configuration, for editors.")
    .argument("[plugin]", "print that of this plugin's configuration alone")
    .addHelpText("after", EXAMPLES)
    .action(async (plugin: string | undefined) => {
      io.out(`${JSON.stringify(await schemaOf(plugin), null, 2)}\n`);
    });
}

/** @param plugin undefined: policies, with all plugins. Fails with a `UserError` for a plugin that there is not. */
async function schemaOf(plugin: string | undefined): Promise<object> {
  const { discoverPlugins } = await import("../plugins.js");
  const plugins = discoverPlugins();
  if (plugin === undefined) return (await import("../schema/editor-schema.js")).editorSchema(plugins);
  const found = plugins.get(plugin);
  if (found) return found.schema;
  throw new UserError(`there is no plugin ${plugin}, but there are ${[...plugins.keys()].join(", ")}`);
}
