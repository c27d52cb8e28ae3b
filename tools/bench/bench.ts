import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { locateEnvoy } from "../envoy/locate.js";
import { messageOf, UserError } from "../errors.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import { measure } from "./measure.js";
import { reportOf, reportText } from "./report.js";
import { givenModule, prepareVariants, type Variant, VARIANT_NAMES } from "./variants.js";

const USAGE = "bench [--rounds N] [--seconds N] [--only NAME,NAME] [--module NAME=FILE] [-o text|json]";

interface BenchOptions {
  rounds: number;
  seconds: number;
  only: string[];
  given: Variant[];
  output: "text" | "json";
}

/**
 * `tidegate bench`: what a request costs in Envoy with each of our plugins, and with what they are compared to.
 * @returns 0 whatever the times are: they are told, not judged. Fails with a `UserError` when nothing can be measured.
 */
export async function runBench(argv: readonly string[], io: Io): Promise<number> {
  const options = parseOptions(argv, io.cwd);
  const say = (line: string): void => io.err(`bench: ${line}\n`);
  const report = await interruptible(async (signal) => {
    const envoy = await locateEnvoy({ allowInstall: true, report: say, signal });
    const variants = await prepareVariants(options.only, (name) => say(`left out ${name}: it is not built`));
    variants.push(...options.given);
    const { rounds, seconds } = options;
    say(`${variants.length} variants, about ${aboutSeconds(variants.length, rounds, seconds)} s`);
    const onRound = (round: number): void => say(`round ${round} of ${rounds}`);
    const measured = await measure(variants, {
      envoy,
      rounds,
      seconds,
      signal,
      ...(io.stderrIsTerminal ? { onRound } : {}),
    });
    return reportOf(measured, { envoy: envoy.version, rounds, seconds });
  });
  io.out(options.output === "json" ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  return 0;
}

/** A slice of 25 ms takes about 40 with what is done around it; a start with its warm-up about 2 s. */
function aboutSeconds(variants: number, rounds: number, seconds: number): number {
  return Math.ceil(variants * rounds * (seconds * 1.6 + 2));
}

function parseOptions(argv: readonly string[], cwd: string): BenchOptions {
  const { rounds, seconds, only, module, output } = rawOptions(argv);
  if (output !== "text" && output !== "json") throw new UserError(`-o takes text or json, not ${output}`);
  const names = only === undefined ? [...VARIANT_NAMES] : only.split(",");
  const unknown = names.filter((name) => !VARIANT_NAMES.includes(name));
  if (unknown.length > 0)
    throw new UserError(`no variant ${unknown.join(", ")}; there are ${VARIANT_NAMES.join(", ")}`);
  return {
    rounds: numberIn("--rounds", rounds, 1, 100, Number.isInteger),
    seconds: numberIn("--seconds", seconds, 0.1, 60, Number.isFinite),
    only: names,
    given: module.map((text) => parseGiven(text, cwd)),
    output,
  };
}

function rawOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        rounds: { type: "string", default: "7" },
        seconds: { type: "string", default: "0.5" },
        only: { type: "string" },
        module: { type: "string", multiple: true, default: [] },
        output: { type: "string", short: "o", default: "text" },
      },
    }).values;
  } catch (error) {
    throw new UserError(`${messageOf(error)}. Usage: ${USAGE}`);
  }
}

function numberIn(option: string, text: string, least: number, most: number, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (fits(value) && value >= least && value <= most) return value;
  throw new UserError(`${option} takes a ${fits(0.5) ? "" : "whole "}number from ${least} to ${most}, not ${text}`);
}

function parseGiven(text: string, cwd: string): Variant {
  const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || path === undefined) throw new UserError(`--module takes NAME=FILE, not ${text}`);
  return givenModule(name, resolve(cwd, path));
}
