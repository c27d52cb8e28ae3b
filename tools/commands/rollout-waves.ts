import { Command, InvalidArgumentError } from "commander";
import { basename } from "node:path";
import type { Outcome } from "../cli.js";
import { type Finding, hasErrors } from "../errors.js";
import { istioEnvoyFilter } from "../generate/istio-envoyfilter.js";
import { yamlText } from "../generate/text.js";
import type { Io } from "../io.js";
import { type GeneratedFile, generateFiles } from "../output/generate-files.js";
import { checkModuleUrl } from "../output/module-url.js";
import { someVersion } from "../output/values.js";
import { discoverPlugins } from "../plugins.js";
import { toFinding } from "../policy/fault.js";
import { editFaults, setPercent } from "../rollout/edit.js";
import { FIRST, folderOf, LAST, planText } from "../rollout/wave-plan.js";
import { readWave, resourceOfWave, type Wave, waveFaults } from "../rollout/waves.js";
import { type CheckedPolicy, PolicyChecker, type PolicyText } from "../validate/policies.js";
import { readInputs, somePath } from "./inputs.js";
import { report } from "./report.js";
import { ONE_FILE } from "./rollout-edit.js";
import { writeFiles } from "./write-files.js";

interface Options {
  file: string;
  wave: Wave[];
  out: string;
  moduleUrl?: string;
  istioVersion?: string;
}

const EXAMPLES = `
Examples:
  tidegate rollout waves -f policy.yaml --wave canary=track:canary --wave eu=region:eu --out waves/

Writes a folder for each step: first the stable side for every proxy, then one a wave, then the new
side for every proxy. A wave is an EnvoyFilter that puts the new configuration in the place of the
filters that are there, so no proxy runs a plugin twice, whichever waves it is in. On standard output:
the commands in order, the check between two steps, and the way back. spec.rollout.percent means
nothing here: a wave's proxies take the new side, all others the stable one.
`;

/** `tidegate rollout waves` */
export function wavesCommand(io: Io, outcome: Outcome): Command {
  return new Command("waves")
    .summary("take a change wave by wave, by labels of pods, in Istio")
    .description(
      "Writes Istio's resources for a change that goes wave by wave, by labels of pods, and prints the plan.",
    )
    .requiredOption("-f, --file <file>", ONE_FILE, somePath)
    .requiredOption("--wave <name=label:value,...>", "pods of the next wave; repeated in their order", oneWave)
    .requiredOption("--out <folder>", "folder of the steps' folders", somePath)
    .option("--module-url <url>", "where proxies get the modules; {plugin} stands for a plugin's name")
    .option("--istio-version <version>", "of the oldest Istio that gets the result, such as 1.30.0", someVersion)
    .addHelpText("after", EXAMPLES)
    .action(async (options: Options) => void (outcome.exitCode = await waves(options, io)));
}

function oneWave(text: string, previous: Wave[] = []): Wave[] {
  const wave = readWave(text);
  if (!wave) throw new InvalidArgumentError("Expected a name, = and labels, such as canary=track:canary,region:eu.");
  if ([FIRST, LAST, ...previous.map(({ name }) => name)].includes(wave.name))
    throw new InvalidArgumentError("That name is taken.");
  return [...previous, wave];
}

async function waves(options: Options, io: Io): Promise<number> {
  checkModuleUrl(options.moduleUrl);
  const { texts, findings } = await readInputs([options.file], io);
  const [text] = texts;
  if (!text) return report(findings, io) && 3;
  const checked = new PolicyChecker(discoverPlugins()).check([text]);
  const refused = [...checked.findings, ...findingsOf(checked.policies, options.wave)];
  if (hasErrors(refused)) return report(refused, io);
  const before = await objects(text, 0, options);
  const exitCode = report(before.findings, io);
  if (hasErrors(before.findings)) return exitCode;
  const after = await objects(text, 100, options);
  if (hasErrors(after.findings)) return report(after.findings, io);
  const files = stepFiles(text, options.wave, before.objects(), after.objects());
  await writeFiles({ files: () => files, whole: () => "" }, `${options.out}/`, io);
  const policies = checked.policies.flatMap(({ policy }) => (policy.spec.rollout ? [policy] : []));
  io.out(planText(policies, options.wave, options.out, options.file));
  return exitCode;
}

function findingsOf(policies: readonly CheckedPolicy[], wanted: readonly Wave[]): Finding[] {
  const none = editFaults(
    policies.map(({ policy }) => policy),
    "set",
  );
  return policies.flatMap(({ policy, document }, i) =>
    [...none[i]!, ...waveFaults(policy, wanted)].map((fault) => toFinding(fault, document)),
  );
}

/** What is generated when a share of the proxies takes the change. */
async function objects(
  source: PolicyText,
  percent: number,
  { moduleUrl, istioVersion }: Options,
): Promise<{ findings: Finding[]; objects(): object[] }> {
  const text = { ...source, text: setPercent(source.text, percent) };
  const choices = Object.entries({ moduleUrl, istioVersion }).filter(([, value]) => value !== undefined);
  const made = await generateFiles([text], istioEnvoyFilter, { output: "json", ...Object.fromEntries(choices) });
  return {
    findings: made.findings,
    objects: () => {
      const whole = JSON.parse(made.whole()) as { kind: string; items?: object[] };
      return whole.kind === "List" ? (whole.items ?? []) : [whole];
    },
  };
}

function stepFiles(source: PolicyText, wanted: readonly Wave[], before: object[], after: object[]): GeneratedFile[] {
  const steps = [
    { name: FIRST, resources: before },
    ...wanted.map((wave) => ({
      name: wave.name,
      resources: after.flatMap((resource) => resourceOfWave(resource, wave) ?? []),
    })),
    { name: LAST, resources: after },
  ];
  const comment = `Generated by \`tidegate rollout waves\` from ${basename(source.file)}. Do not edit.`;
  return steps.map(({ name, resources }, i) => ({
    name: `${folderOf(i, name)}/resources.yaml`,
    text: yamlText(resources, comment),
  }));
}
