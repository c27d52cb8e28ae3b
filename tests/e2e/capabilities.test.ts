// Restrictions and backoffs of generated filters in a real Envoy: what they let plugins do, and what they do not.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { modulePath } from "../../tools/build/build-all.js";
import { compile } from "../../tools/build/asc.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { isAtLeast } from "../../tools/envoy/version.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicySpec } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { repoRoot } from "../../tools/root.js";
import { pluginModule } from "../support/plugin-module.js";
import { type Bootstrap, policyOf } from "../support/policy-envoy.js";
import { untilThere } from "../support/until.js";

type Allowed = Record<string, object>;
interface Restriction {
  allowed_capabilities: Allowed;
}
interface Restricted {
  capability_restriction_config?: Restriction;
}
interface WasmConfig extends Restricted {
  vm_config: Restricted;
}

const LIMIT = {
  name: "ratelimit",
  config: { rules: [{ name: "all", key: { header: "x-user" }, quota: { requests: 1, per: "hour", burst: 1 } }] },
};
/** A plugin starts anew at once, or not before the test is over. */
const reloads = (baseInterval: string): Partial<PolicySpec> => ({ failure: "reload", reload: { baseInterval } });
const TRAPPING = { name: "trapping" };

const CASES = {
  restricted: { plugins: [LIMIT] },
  uncalled: { plugins: [LIMIT], without: "proxy_on_request_headers" },
  twin: { plugins: [LIMIT], vm: "uncalled" },
  hindered: { plugins: [LIMIT], without: "proxy_get_shared_data" },
  unrestricted: { plugins: [LIMIT], spec: { capabilities: "all" } },
  soon: { plugins: [TRAPPING], spec: reloads("10ms") },
  late: { plugins: [TRAPPING], spec: reloads("99m") },
} as const;
type Case = keyof typeof CASES;
const names = Object.keys(CASES) as Case[];

describe("generated filters in Envoy", { timeout: 60_000 }, () => {
  const ports = new Map<Case, number>();
  const filters = new Map<Case, WasmConfig>();
  let folder: string;
  let envoy: EnvoyProcess;
  let version: string;

  before(async () => {
    await pluginModule("ratelimit");
    folder = await mkdtemp(join(tmpdir(), "tidegate-capabilities-"));
    const { wasm } = await compile(join(repoRoot, "tests/fixtures/build/trapping-requests.ts"), "release");
    await writeFile(join(folder, "trapping.wasm"), wasm!);
    const found = await locateEnvoy({ allowInstall: true });
    ({ version } = found);
    const free = await freePorts(names.length);
    for (const [i, name] of names.entries()) ports.set(name, free[i]!);
    const bootstraps = names.map((name) => bootstrapOf(name, ports.get(name)!));
    const listeners = bootstraps.map(({ static_resources }, i) => ({
      ...static_resources.listeners[0]!,
      name: names[i],
    }));
    const config = { ...bootstraps[0], static_resources: { listeners, clusters: [] } };
    envoy = await startEnvoy({ envoy: found, config });
  });
  after(async () => {
    await envoy?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function bootstrapOf(name: Case, listener: number): Bootstrap {
    const given: { plugins: readonly object[]; spec?: object; without?: string; vm?: string } = CASES[name];
    const policy = policyOf({ plugins: [...given.plugins] as PolicySpec["plugins"], spec: given.spec ?? {} });
    policy.metadata.name = given.vm ?? name;
    const moduleFile = (plugin: string): string =>
      plugin === "trapping" ? join(folder, "trapping.wasm") : modulePath(plugin);
    const options = { module: modulesIn(moduleFile), envoyVersion: version, moduleFile };
    const config = envoyBootstrap(policy, { ...options, ports: { listener, admin: 0 } }) as Bootstrap;
    const [filter] = config.static_resources.listeners[0]!.filter_chains[0]!.filters[0]!.typed_config.http_filters;
    const wasm = (filter!.typed_config as { config: WasmConfig }).config;
    filters.set(name, wasm);
    if (given.without !== undefined) forbid(wasm, given.without);
    return config;
  }

  /** Of the plugin or of its VM, whichever this Envoy is given. */
  const restrictionOf = (wasm: WasmConfig): Restriction | undefined =>
    wasm.capability_restriction_config ?? wasm.vm_config.capability_restriction_config;
  const allowed = (name: Case): Allowed | undefined => restrictionOf(filters.get(name)!)?.allowed_capabilities;
  function forbid(wasm: WasmConfig, name: string): void {
    const restriction = restrictionOf(wasm)!;
    const others = Object.entries(restriction.allowed_capabilities).filter(([other]) => other !== name);
    restriction.allowed_capabilities = Object.fromEntries(others);
  }

  /** On a connection of its own: Envoy closes those of requests that trap. */
  async function send(name: Case, headers: HeaderList = [["x-user", "ada"]]): Promise<number> {
    const client = httpSend(ports.get(name)!);
    const { status } = await client.send({ path: "/", headers });
    client.close();
    return status;
  }
  const hostErrors = async (): Promise<string | undefined> =>
    /host_errors_total: ([1-9]\d*)/.exec(await envoy.admin("/stats?filter=host_errors"))?.[1];
  const attempts = (): string[] => [
    ...new Set([...envoy.log.matchAll(/restricted [\w-]+ capability: (\w+)/g)].map(([, name]) => name!)),
  ];

  test("a plugin works under a restriction to what its module needs", async () => {
    assert.ok(Object.keys(allowed("restricted")!).length > 20);
    assert.deepEqual([await send("restricted"), await send("restricted")], [200, 429]);
    assert.equal(allowed("unrestricted"), undefined);
    assert.deepEqual([await send("unrestricted"), await send("unrestricted")], [200, 429]);
  });

  test("without a callback it is silently inert, and without a call it counts errors", async () => {
    assert.deepEqual([await send("uncalled"), await send("uncalled")], [200, 200]);
    const isOwnVm = isAtLeast(version, "1.40.0"); // before, the one that had started decided for both
    assert.deepEqual([await send("twin"), await send("twin")], [200, isOwnVm ? 429 : 200]);
    await send("hindered");
    await untilThere("host errors are counted", 5_000, hostErrors);
    assert.deepEqual(attempts(), ["proxy_get_shared_data"]); // nor anything that the derived list lacks
  });

  test("a plugin that trapped starts anew when its backoff is over, not before", async () => {
    const many = Array.from({ length: 31 }, (_, i): [string, string] => [`x-${i}`, "1"]);
    for (const [name, afterwards] of [
      ["soon", 200],
      ["late", 503],
    ] as const) {
      assert.equal(await send(name, []), 200);
      assert.equal(await send(name, many), 503);
      await sleep(50);
      assert.equal(await send(name, []), afterwards, name);
    }
    const stats = await envoy.admin("/stats?filter=vm_reload");
    assert.match(stats, /vm_reload_success: 1$/m);
    assert.match(stats, /vm_reload_backoff: 1$/m);
  });
});
