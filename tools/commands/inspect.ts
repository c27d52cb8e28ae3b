import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { PrintForm } from "../output/print-form.js";
import { someVersion } from "../output/values.js";
import { somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";
import { type TransferFlags, withTransferOptions } from "./transfer.js";

/** The options of `tidegate inspect`. */
export interface InspectFlags extends TransferFlags {
  envoyVersion?: string;
  output: PrintForm;
}

const EXAMPLES = `
Examples:
  tidegate inspect auth.wasm
  tidegate inspect build/packages/canary-0.1.0.oci
  tidegate inspect oci://registry.example.com/shop/canary:1.2.0
  tidegate inspect auth.wasm -o json | jq .module.capabilities

Says what a module needs of Envoy and what keeps Envoy from running it, what an image or an archive holds beside
it, and which gateways can pull it. Reads modules, archives, image layouts and what docker save writes; runs
nothing of them. With errors among the findings it exits 1. README: tools/inspect.
`;

/** `tidegate inspect` */
export function inspectCommand(io: Io, outcome: Outcome): Command {
  const command = new Command("inspect")
    .summary("say what a module or an image is made of, and who can run it")
    .description("Says what a module or an image is made of, and which gateways can pull and run it.")
    .argument(
      "<artefact>",
      "a file, a folder, a plugin that is built, or an image: oci://registry/repository:tag",
      somePath,
    )
    .option("--envoy-version <version>", "of the oldest Envoy that is to run it, such as 1.38.0", someVersion);
  return withTransferOptions(command)
    .addOption(outputOption("form of the result", "text", "json", "yaml"))
    .addHelpText("after", EXAMPLES)
    .action(async (name: string, flags: InspectFlags) => {
      const { inspect } = await import("./inspect-artefact.js");
      outcome.exitCode = await inspect(name, flags, io);
    });
}
