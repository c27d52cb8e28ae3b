import { Command, InvalidArgumentError, Option } from "commander";
import { relative } from "node:path";
import type { BuildReport } from "../build/build-all.js";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { report, withProgress } from "./report.js";

const MODES = ["release", "debug", "counting"] as const;
type Mode = (typeof MODES)[number];

interface Options {
  mode?: Mode[];
  force?: boolean;
}

const EXAMPLES = `
Examples:
  tidegate build
  tidegate build ratelimit --mode release --mode debug

A module is checked against the proxy-wasm ABI: unknown imports, a missing allocator or another ABI
version are errors. What is up to date is not built again.
`;

/** `tidegate build` */
export function buildCommand(io: Io, outcome: Outcome): Command {
  const mode = new Option("-m, --mode <mode>", "release, debug, or counting for allocation tests; may be repeated");
  return new Command("build")
    .summary("compile plugins to WebAssembly, into build/")
    .description(
      "Compiles plugins to WebAssembly, into build/, and prints size, hash, exports and imports of each module.",
    )
    .argument("[plugin...]", "plugins to build (default: all)")
    .addOption(mode.argParser(parseMode).default(undefined, "release"))
    .option("--force", "build also what is up to date")
    .addHelpText("after", EXAMPLES)
    .action(async (plugins: string[], options: Options) => void (outcome.exitCode = await build(plugins, options, io)));
}

function parseMode(value: string, previous?: Mode[]): Mode[] {
  const mode = MODES.find((known) => known === value);
  if (!mode) throw new InvalidArgumentError(`Allowed choices are ${MODES.join(", ")}.`);
  return [...(previous ?? []), mode];
}

async function build(
  plugins: string[],
  { mode: modes = ["release"], force = false }: Options,
  io: Io,
): Promise<number> {
  const { buildAll } = await import("../build/build-all.js");
  const reports = await withProgress(io, "building", () =>
    buildAll({ ...(plugins.length > 0 ? { plugins } : {}), modes: [...new Set(modes)], force }),
  );
  for (const built of reports) io.out(describe(built, io.cwd));
  return report(
    reports.flatMap(({ findings }) => findings),
    io,
  );
}

function describe({ module, upToDate }: BuildReport, cwd: string): string {
  if (!module) return "";
  const { path, bytes, sha256, exports, imports } = module;
  return [
    `${relative(cwd, path)}  ${bytes} bytes${upToDate ? "  (up to date)" : ""}`,
    `  sha256   ${sha256}`,
    `  exports  ${exports.join(" ")}`,
    `  imports  ${imports.join(" ")}`,
    "",
  ].join("\n");
}
