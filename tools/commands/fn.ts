import { Command } from "commander";
import type { Outcome } from "../cli.js";
import type { Io } from "../io.js";
import { textFrom } from "../policy/read-text.js";
import { report } from "./report.js";

const EXAMPLES = `
Examples:
  kustomize build --enable-alpha-plugins --enable-exec overlay/   # whose transformer runs: tidegate fn
  kpt fn eval --exec 'tidegate fn' -- target=istio-wasmplugin
  tidegate fn < resourcelist.yaml

Reads a ResourceList (config.kubernetes.io/v1) from standard input and writes it with what its policies
become beside them; what an earlier run made is replaced. Policies are marked as local-config, so that
they reach no cluster. functionConfig says what to generate, as spec of { apiVersion:
tidegate.dev/v1alpha1, kind: Generate } or as data of a ConfigMap: target (of Kubernetes), moduleUrl,
ecds, routes, namespace, istioVersion, gatewayVersion, envoyVersion. Findings are the list's results,
and lines on standard error; with errors the items are as they came, and the exit code is 1.
`;

/** `tidegate fn` */
export function fnCommand(io: Io, outcome: Outcome): Command {
  return new Command("fn")
    .summary("be a KRM function of kustomize or kpt")
    .description("Is a KRM function: turns the policies of a ResourceList into resources beside them.")
    .addHelpText("after", EXAMPLES)
    .action(async () => void (outcome.exitCode = await fn(io)));
}

async function fn(io: Io): Promise<number> {
  const { runFunction } = await import("../krm/function.js");
  const read = await textFrom("<stdin>", io.readStdin());
  if ("finding" in read) return report([read.finding], io);
  const { text, findings } = await runFunction(read.text, io.cwd);
  if (text !== undefined) io.out(text);
  return report(findings, io);
}
