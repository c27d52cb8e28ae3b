import type { Io } from "../io.js";
import { locateEnvoy } from "../envoy/locate.js";
import { buildUsed } from "../build/build-all.js";
import { type Finding, hasErrors, oneLine, UserError } from "../errors.js";
import { Interrupted, interruptible, orAborted } from "../interrupt.js";
import { toFinding } from "../policy/fault.js";
import { PluginTrial } from "../validate/plugin-trial.js";
import { loadRig } from "./load-rig.js";
import { type RunningRig, startRig } from "./running-rig.js";

export interface RunOptions {
  /** "auto" takes free ports; by default the policy's, and a free one for each that is taken. */
  port?: "auto";
  /** From which level on the plugins' log is shown; "debug" shows also what Envoy does with each request. */
  logLevel?: "debug" | "info" | "warning";
}

/** Envoy's own log is shown from warnings on: at its start it writes some hundred lines of information. */
const COMPONENT_LEVELS = {
  debug: "wasm:debug,http:debug,router:debug",
  info: "wasm:info",
  warning: "wasm:warning",
};

/**
 * `tidegate run RIG`: starts the rig's upstreams and Envoy with its plugins, says where to send requests, and follows
 * Envoy's log until Ctrl-C, which ends all of it.
 * @param rig name of a folder of envoy-configs/, or path of a folder with a policy.yaml or of a policy file
 * @returns after Ctrl-C, or at once with the findings for which nothing was started. Fails with a `UserError` when Envoy does not start or ends by itself.
 */
export async function runRig(rig: string, options: RunOptions, io: Io): Promise<Finding[]> {
  const { policy, document, name, findings } = await loadRig(rig, io.cwd);
  if (!policy || !document) return findings;
  const built = await buildUsed(policy.spec.plugins.map((plugin) => plugin.name));
  findings.push(...built.flatMap((report) => report.findings));
  if (hasErrors(findings)) return findings;
  const refused = await new PluginTrial().faults(policy, []);
  findings.push(...refused.map((fault) => toFinding(fault, document)));
  if (hasErrors(findings)) return findings;
  const say = (line: string): void => io.err(`${line}\n`);
  await interruptible(async (signal) => {
    const envoy = await locateEnvoy({ allowInstall: true, report: say, signal });
    const running = await startRig(policy, {
      envoy,
      ports: options.port ?? "policy",
      args: ["--component-log-level", COMPONENT_LEVELS[options.logLevel ?? "info"]],
      report: say,
      onLine: (line) => io.err(`${oneLine(line)}\n`),
      signal,
    });
    try {
      io.out(welcome(name, envoy.version, running));
      await orAborted(untilEnvoyEnds(running), signal);
    } finally {
      await running.close();
    }
  }).catch((error: unknown) => {
    if (!(error instanceof Interrupted)) throw error;
    say("stopped");
  });
  return findings;
}

async function untilEnvoyEnds({ envoy }: RunningRig): Promise<never> {
  const { code, signal } = await envoy.exited;
  throw new UserError(`Envoy ended by itself (${signal ?? `exit ${code}`})`, 3);
}

function welcome(name: string, version: string, { ports, upstreams }: RunningRig): string {
  const behind = upstreams.map((upstream) => `${upstream.name} on port ${upstream.port}`).join(", ");
  return [
    `${name} runs in Envoy ${version}${behind ? `, before ${behind}` : ""}. Ctrl-C ends it.`,
    `  requests   curl -i http://127.0.0.1:${ports.listener}/ -H 'x-user: ada'`,
    `  metrics    curl -s 'http://127.0.0.1:${ports.admin}/stats/prometheus?filter=tidegate'`,
    "",
  ].join("\n");
}
