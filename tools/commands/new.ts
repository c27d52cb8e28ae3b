import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import type { NewPlugin } from "../new/new-plugin.js";
import { TEMPLATES } from "../new/templates.js";
import { outputOption } from "./option-values.js";
import { count } from "./report.js";

interface Options {
  from: string;
  standAlone?: boolean;
  dryRun?: boolean;
  tidegate?: string;
  output: "text" | "json";
}

const HELP = `
Examples to begin with:
${Object.entries(TEMPLATES)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join("\n")}

Within this repository, or a project that depends on tidegate, the plugin is added to it: plugins/NAME, tests
in tests/, a rig in envoy-configs/NAME. Elsewhere a folder NAME becomes such a project. Nothing is overwritten.

Examples:
  tidegate new hello
  tidegate new gate --from auth
  tidegate new gate --from auth --dry-run
`;

/** `tidegate new` */
export function newCommand(io: Io, _outcome: Outcome): Command {
  return new Command("new")
    .summary("begin a plugin: sources, schema, tests at three levels, a rig")
    .description("Begins a plugin as an example: sources, schema, README, tests at three levels, and a rig.")
    .argument("<name>", "of the plugin and its folder: a-z, 0-9 and -")
    .option("--from <example>", "what it begins as", "header")
    .option("--stand-alone", "make a project of its own, also within another one")
    .option("--tidegate <version>", "what such a project depends on (default: this version)")
    .option("--dry-run", "list the files and write nothing")
    .addOption(outputOption("form of the answer", "text", "json"))
    .addHelpText("after", HELP)
    .action(async (name: string, options: Options) => {
      const { newPlugin } = await import("../new/new-plugin.js");
      const { standAlone: alone = false, dryRun = false, from, tidegate } = options;
      const made = await newPlugin(name, { from, alone, dryRun, ...(tidegate ? { tidegate } : {}) }, io.cwd);
      if (options.output === "json") io.out(`${JSON.stringify(made, null, 2)}\n`);
      else io.out(dryRun ? listOf(made) : nextSteps(made));
      if (dryRun) io.err(`${count(made.files.length, "file")}, nothing written\n`);
    });
}

function listOf({ folder, files }: NewPlugin): string {
  return files.map((file) => `${folder === "" ? "" : `${folder}/`}${file}\n`).join("");
}

function nextSteps({ kind, files, commands, try: see }: NewPlugin): string {
  return [
    `${count(files.length, "file")} written. To see it at work in Envoy:`,
    ...["", ...commands.map((command) => `  ${command}`), ""],
    "and in another terminal:",
    ...["", `  ${see}`, ""],
    `${kind === "checkout" ? "npm run generate && npm run check" : "npm run check"} then checks format, lint, and tests at three levels.`,
    "",
  ].join("\n");
}
