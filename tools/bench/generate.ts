import { UserError } from "../errors.js";
import type { Target } from "../generate/target.js";
import { FORMS, TARGETS } from "../generate/targets.js";
import type { Io } from "../io.js";
import { generateFiles } from "../output/generate-files.js";
import { manyPolicies } from "./many-policies.js";

/** Those that take many policies at once, and policies for workloads. */
const MEASURED = [...TARGETS, FORMS.ecds].filter(({ host, single }) => !single && host?.name === "Istio");
const MODULE_URL = "file:///etc/tidegate/{plugin}.wasm";

/** Prints for half as many policies, and for all, the least time of several rounds that each target took. */
export async function runGenerateBench(options: { policies: number; rounds: number }, io: Io): Promise<void> {
  const { policies, rounds } = options;
  io.out(`${"target".padEnd(24)}${"policies".padStart(10)}${"ms".padStart(8)}${"CPU ms".padStart(8)}\n`);
  for (const target of MEASURED) {
    for (const count of [Math.floor(policies / 2), policies]) {
      const text = manyPolicies(count);
      const times: { ms: number; cpu: number }[] = [];
      for (let round = 0; round < rounds; round++) times.push(await timeOf(target, text));
      const [ms, cpu] = (["ms", "cpu"] as const).map((key) => Math.min(...times.map((time) => time[key])).toFixed(0));
      io.out(`${target.name.padEnd(24)}${String(count).padStart(10)}${ms!.padStart(8)}${cpu!.padStart(8)}\n`);
    }
  }
}

async function timeOf(target: Target, text: string): Promise<{ ms: number; cpu: number }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const choices = { output: "yaml", moduleUrl: MODULE_URL } as const;
  const { findings, whole } = await generateFiles([{ file: "policies.yaml", text }], target, choices);
  const [finding] = findings;
  if (finding) throw new UserError(`the measured policies are not fine: ${finding.message}`, 3);
  whole();
  const { user, system } = process.cpuUsage(cpu);
  return { ms: performance.now() - start, cpu: (user + system) / 1000 };
}
