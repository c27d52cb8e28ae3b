// A change that is rolled out by `tidegate rollout`, in eight real Envoys: each is where `rollout status` says it should be.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { freePorts } from "../../tools/ports.js";
import { Places } from "../../tools/rollout/place.js";
import type { Row } from "../../tools/rollout/status.js";
import { pluginModule } from "../support/plugin-module.js";
import { untilThere } from "../support/until.js";
import { tidegate } from "../tools/memory-io.js";

const PATIENCE_MS = 15_000;
const SALT = "2026-11-limits";
const names = Array.from({ length: 8 }, (_, i) => `proxy-${i}`);

/** The policy of the Envoys, which share a listener's port. */
function policyText(requests: number, port: number): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews }
spec:
  workload: { labels: { app: reviews } }
  envoy: { listener: { port: ${port} } }
  plugins:
    - { name: ratelimit, config: { rules: [{ name: all, quota: { requests: ${requests}, per: hour } }] } }
`;
}

describe("a rollout", () => {
  let folder: string;
  let port: number;
  const envoys: EnvoyProcess[] = [];
  const addresses: string[] = [];

  /** Runs the tool in the folder. Fails unless it exits with 0. */
  async function run(...args: string[]): Promise<string> {
    const { exitCode, out, err } = await tidegate(args, { cwd: folder });
    assert.equal(exitCode, 0, err);
    return out;
  }

  const generate = (): Promise<string> =>
    run("generate", "-t", "envoy", "--envoy-form", "files", "--output-dir", "envoy", "-f", "policy.yaml");

  before(async () => {
    await pluginModule("ratelimit");
    folder = await mkdtemp(join(tmpdir(), "tidegate-rollout-"));
    [port] = (await freePorts(1)) as [number];
    await writeFile(join(folder, "old.yaml"), policyText(7, port));
    await writeFile(join(folder, "new.yaml"), policyText(3, port));
    const start = ["--stable", "old.yaml", "-f", "new.yaml", "--percent", "0", "--salt", SALT, "--out", "policy.yaml"];
    await run("rollout", "start", ...start);
    const begun = await readFile(join(folder, "policy.yaml"), "utf8");
    await writeFile(
      join(folder, "policy.yaml"),
      begun.replace("    percent:", "    revert: { enabled: false }\n    percent:"),
    );
    await generate();
    const bootstrap = parse(await readFile(join(folder, "envoy", "envoy.yaml"), "utf8")) as { admin: { address: { socket_address: { port_value: number } } } }; // prettier-ignore
    bootstrap.admin.address.socket_address.port_value = 0;
    const envoy = await locateEnvoy({ allowInstall: true });
    const starting = names.map((name) => startEnvoy({ envoy, config: bootstrap, args: ["--service-node", name] }));
    for (const one of await Promise.allSettled(starting)) {
      if (one.status === "rejected") throw one.reason;
      envoys.push(one.value);
      addresses.push(await one.value.adminAddress());
    }
  });

  after(async () => {
    await Promise.all(envoys.map((envoy) => envoy.stop()));
    await rm(folder, { recursive: true });
  });

  /** The proxies that have the new configuration, once all are where they should be. */
  async function taken(percent: number): Promise<string[]> {
    await run("rollout", "set", "-f", "policy.yaml", "--percent", String(percent), "--out", "policy.yaml");
    await generate();
    let last = "";
    const rows = await untilThere(
      () => `${percent} %: ${last}`,
      PATIENCE_MS,
      async () => {
        const args = ["rollout", "status", "-f", "policy.yaml", "--admin", ...addresses];
        const { exitCode, out, err } = await tidegate([...args, "-o", "json"], { cwd: folder });
        last = out + err;
        return exitCode === 0 ? (JSON.parse(out) as { rows: Row[] }).rows : undefined;
      },
    );
    assert.deepEqual(rows.map(({ proxy }) => proxy), names); // prettier-ignore
    return rows.filter(({ state }) => state === "new").map(({ proxy }) => proxy);
  }

  it("is taken by the proxies that their node ids say, more and more, and back", async () => {
    const places = new Places(SALT);
    const half = names.filter((name) => places.isWithin(name, 50));
    assert.ok(half.length > 1 && half.length < names.length - 1, half.join());
    assert.deepEqual(await taken(0), []);
    assert.deepEqual(await taken(50), half);
    assert.deepEqual(await taken(100), names);
    assert.deepEqual(await taken(0), []);
    for (const envoy of envoys) assert.doesNotMatch(envoy.log, /\[(error|critical)\]/);
  });

  it("is told with its salt in what Prometheus reads", async () => {
    await writeFile(join(folder, "proxy-0.prom"), await envoys[0]!.admin("/stats/prometheus?filter=rollout"));
    assert.match(
      await run("rollout", "status", "--stats", "proxy-0.prom"),
      /^proxy-0 +ratelimit +2026-11-limits +stable +0$/m,
    );
  });
});
