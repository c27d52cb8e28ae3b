/** What tests of a plugin in a real Envoy need: `tidegate/rig`. */
import { setTimeout as delay } from "node:timers/promises";
import { buildUsed } from "../build/build-all.js";
import { locateEnvoy } from "../envoy/locate.js";
import { type Finding, formatFinding, hasErrors } from "../errors.js";
import type { PolicyDocument } from "../policy/model.js";
import type { Answer } from "./exchange.js";
import { httpSend } from "./http-send.js";
import { loadRig } from "./load-rig.js";
import { type RunningRig, startRig } from "./running-rig.js";

export { type Answer, type HeaderList, valuesOf } from "./exchange.js";

const PATIENCE_MS = 10_000;
const POLL_MS = 50;

/** A rig that runs for a test: Envoy with the policy's plugins before the policy's upstreams, on free ports of 127.0.0.1. */
export class TestRig {
  private constructor(private readonly running: RunningRig) {}

  /**
   * Builds the plugins and starts all of it.
   * @param rig as `tidegate run` takes it: a folder of envoy-configs/, or a path. @param workers threads of Envoy.
   * Fails with all findings of a policy that is not good, and when Envoy does not start; nothing runs then.
   */
  static async start(rig: string, { workers = 1 } = {}): Promise<TestRig> {
    const { signal } = new AbortController();
    const policy = await goodPolicy(rig);
    const envoy = await locateEnvoy({ allowInstall: true });
    return new TestRig(await startRig(policy, { envoy, ports: "auto", concurrency: workers, signal }));
  }

  /** Sends GET on a connection of its own. @param headers names in lower case. */
  async get(path = "/", headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { send, close } = httpSend(this.running.ports.listener);
    try {
      return await send({ path, headers: Object.entries(headers) });
    } finally {
      close();
    }
  }

  /** What Envoy counted under a name of `/stats/prometheus`, all labels together; 0 where it has counted nothing. */
  async metric(name: string): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${this.running.ports.admin}/stats/prometheus`);
    const samples = (await answer.text()).split("\n").filter((line) => line.startsWith(`${name}{`));
    return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** Waits until `metric` is `value`, since plugins hand on counters from time to time; fails after 10 s. */
  async metricBecomes(name: string, value: number): Promise<void> {
    let last = await this.metric(name);
    for (const end = Date.now() + PATIENCE_MS; last !== value; last = await this.metric(name)) {
      if (Date.now() > end) throw new Error(`${name} is ${last} after ${PATIENCE_MS / 1000} s, not ${value}`);
      await delay(POLL_MS);
    }
  }

  /** Ends all of it. */
  stop(): Promise<void> {
    return this.running.close();
  }
}

async function goodPolicy(rig: string): Promise<PolicyDocument> {
  const { policy, findings } = await loadRig(rig);
  if (!policy) throw failure(findings);
  const built = await buildUsed(policy.spec.plugins.map(({ name }) => name));
  const faults = built.flatMap((report) => report.findings);
  if (hasErrors(faults)) throw failure(faults);
  return policy;
}

function failure(findings: readonly Finding[]): Error {
  return new Error(findings.map(formatFinding).join("\n"));
}
