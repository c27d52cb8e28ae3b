import { Command, InvalidArgumentError, Option } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { PrintForm } from "../output/print-form.js";
import { type Form, FORMS } from "../package/forms.js";
import { collect, somePath } from "./inputs.js";
import { outputOption } from "./option-values.js";

/** The options of `tidegate package`. */
export interface PackageFlags {
  form?: Form[];
  out?: string;
  module?: string;
  name?: string;
  schema?: string;
  version?: string;
  revision?: string;
  license?: string;
  source?: string;
  documentation?: string;
  moduleUrl?: string[];
  referrer?: boolean;
  force?: boolean;
  output: PrintForm;
}

const EXAMPLES = `
Examples:
  tidegate package
  tidegate package canary --form oci,docker,tar --module-url 'oci://registry.example.com/shop/{plugin}'
  tidegate package --module auth.wasm --schema schema.json --version 1.2.0

Forms: oci, the image that Istio, Envoy Gateway and Higress all pull; artifact, two layers: the module and its
runtime configuration; docker, for docker load; tar, all files as one archive. A bill of materials (CycloneDX)
comes with each. The same module and commit give the same bytes on any machine: the time is that of
SOURCE_DATE_EPOCH, else the commit's. README: tools/package.
`;

/** `tidegate package` */
export function packageCommand(io: Io, outcome: Outcome): Command {
  return new Command("package")
    .summary("make images and archives of plugins, the same on every machine")
    .description("Makes images and archives of plugins, and prints their hashes and what to write for each target.")
    .argument("[plugin...]", "plugins to package (default: all that are built here)")
    .addOption(
      new Option("--form <forms>", `${FORMS.join(", ")}; separated by commas (default: oci)`).argParser(formsOf),
    )
    .option("--out <folder>", "to write into (default: build/packages of the project)", somePath)
    .option("--module <file>", "package this module, which was built elsewhere", somePath)
    .option("--name <name>", "of its plugin (default: the file's name)")
    .option("--schema <file>", "JSON Schema of its configuration; plugin.json and icon.png may lie beside it", somePath)
    .option("--version <version>", "of the package (default: package.json's)")
    .option("--revision <id>", "of the sources (default: git's commit)")
    .option("--license <expression>", "in SPDX's form (default: package.json's)")
    .option("--source <url>", "where the sources are (default: package.json's repository)")
    .option("--documentation <url>", "where to read about it (default: package.json's homepage)")
    .option("--module-url <url>", "where proxies will get it: oci:// or https://; may be repeated", collect)
    .option("--referrer", "also make manifests that attach the bill of materials to the images")
    .option("--force", "replace whatever stands where packages are written")
    .addOption(outputOption("form of the result", "text", "json", "yaml"))
    .addHelpText("after", EXAMPLES)
    .action(async (plugins: string[], flags: PackageFlags) => {
      const { packagePlugins } = await import("./package-plugins.js");
      outcome.exitCode = await packagePlugins(plugins, flags, io);
    });
}

function formsOf(text: string): Form[] {
  const forms = text.split(",").map((name) => FORMS.find((form) => form === name));
  if (forms.every((form) => form !== undefined)) return [...new Set(forms)];
  throw new InvalidArgumentError(`Allowed choices are ${FORMS.join(", ")}.`);
}
