import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";

const EXAMPLES = `
Example:
  tidegate schema > policy.schema.json

Editors that know yaml-language-server then complete and check a policy that begins with
  # yaml-language-server: $schema=./policy.schema.json
`;

/** `tidegate schema` */
export function schemaCommand(io: Io, _outcome: Outcome): Command {
  return new Command("schema")
    .summary("print the JSON Schema of policies, with every plugin's configuration")
    .description("Prints the JSON Schema of policies, with every plugin's configuration, for editors.")
    .addHelpText("after", EXAMPLES)
    .action(async () => {
      const { discoverPlugins } = await import("../plugins.js");
      const { editorSchema } = await import("../schema/editor-schema.js");
      io.out(`${JSON.stringify(editorSchema(discoverPlugins()), null, 2)}\n`);
    });
}
