import { Command, Option } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { report } from "./report.js";

interface Options {
  port?: "auto";
  logLevel?: "debug" | "info" | "warning";
}

const EXAMPLES = `
Examples:
  tidegate run quickstart
  tidegate run ./policy.yaml --port auto --log-level debug
`;

/** `tidegate run` */
export function runCommand(io: Io, outcome: Outcome): Command {
  return new Command("run")
    .summary("start Envoy with a policy's plugins, before small upstreams")
    .description(
      "Starts Envoy with a policy's plugins, before small upstreams, and follows its log. Ctrl-C ends all of it.",
    )
    .argument("<rig>", "folder of envoy-configs/, folder with a policy.yaml, or policy file")
    .addOption(new Option("--port <auto>", "take free ports instead of the policy's").choices(["auto"]))
    .addOption(
      new Option("--log-level <level>", "of the plugins; Envoy itself from warnings on")
        .choices(["debug", "info", "warning"])
        .default("info"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (rig: string, options: Options) => {
      const { runRig } = await import("../rig/run.js");
      outcome.exitCode = report(await runRig(rig, options, io), io);
    });
}
