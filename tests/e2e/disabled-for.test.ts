// Envoy itself leaves plugins out for hosts and routes, as `disabledFor` says.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LocatedEnvoy, locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { yamlText } from "../../tools/generate/text.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import { envoyFiles } from "../../tools/generate/envoy-files.js";
import type { PluginUse, PolicyDocument } from "../../tools/policy/model.js";
import { ruleFaults } from "../../tools/policy/rules.js";
import { freePorts } from "../../tools/ports.js";
import { type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream, type Upstream } from "../../tools/upstream.js";

const QUIET = ["quiet.example", "*.quiet.example"];

describe("disabledFor in a real Envoy", () => {
  let envoy: LocatedEnvoy;
  let upstream: Upstream;
  const folder = mkdtempSync(join(tmpdir(), "tidegate-disabled-"));
  before(async () => {
    envoy = await locateEnvoy({ allowInstall: true });
    upstream = await startUpstream({ name: "rest" });
  });
  after(async () => {
    await upstream.close();
    rmSync(folder, { recursive: true });
  });

  function policy(...plugins: PluginUse[]): PolicyDocument {
    const rest = { name: "rest", address: "127.0.0.1", port: upstream.port };
    const given: PolicyDocument = {
      apiVersion: "tidegate.dev/v1alpha1",
      kind: "PluginPolicy",
      metadata: { name: "quiet" },
      spec: {
        gateway: { labels: { app: "edge" } },
        plugins,
        envoy: { upstreams: [rest, { ...rest, name: "health", when: { header: "x-health", exact: "1" } }] },
      },
    };
    assert.deepEqual(ruleFaults(given, []), []);
    return given;
  }

  /** Which plugins saw a request: trace writes `traceparent`, canary writes `x-canary`. */
  async function seenBy(port: number, authority: string, ...headers: HeaderList): Promise<string> {
    const { send, close } = httpSend(port, authority);
    const { upstream: served } = await send({ path: "/", headers }).finally(close);
    const received = served?.received ?? [];
    return ["traceparent", "x-canary"].filter((name) => valuesOf(received, name).length > 0).join(" and ");
  }

  const trace = (disabledFor?: PluginUse["disabledFor"]): PluginUse => ({
    name: "trace",
    config: { trust: "none" },
    ...(disabledFor ? { disabledFor } : {}),
  });
  const canary = (disabledFor: PluginUse["disabledFor"]): PluginUse => ({
    name: "canary",
    config: { default: "v1", rules: [] },
    disabledFor: disabledFor!,
  });

  async function assertSwitched(port: number): Promise<void> {
    const both = "traceparent and x-canary";
    assert.equal(await seenBy(port, "shop.example"), both);
    assert.equal(await seenBy(port, "quiet.example"), "x-canary");
    assert.equal(await seenBy(port, "QUIET.example:8080"), "x-canary", "a host without its port, in any case");
    assert.equal(await seenBy(port, "a.b.quiet.example"), "x-canary");
    assert.equal(await seenBy(port, "notquiet.example"), both);
    assert.equal(await seenBy(port, "x.quiet.example"), "", "both are disabled for the narrower one");
    assert.equal(await seenBy(port, "shop.example", ["x-health", "1"]), "traceparent");
    assert.equal(await seenBy(port, "quiet.example", ["x-health", "1"]), "", "by host and by route");
  }

  const plugins = (): PluginUse[] => [
    trace({ hosts: QUIET }),
    canary({ hosts: ["x.quiet.example"], routes: ["health"] }),
  ];

  it("keeps requests of hosts and routes from a plugin, and no others", async () => {
    const [listener] = await freePorts(1);
    const config = envoyBootstrap(policy(...plugins()), { ports: { listener: listener!, admin: 0 } });
    const running = await startEnvoy({ envoy, config });
    await assertSwitched(listener!).finally(() => running.stop());
  });

  it("does so where plugins come from files", async () => {
    const given = policy(...plugins());
    const [port, admin] = await freePorts(2);
    given.spec.envoy = { ...given.spec.envoy, listener: { port: port! }, admin: { port: admin! } };
    for (const { name, content } of envoyFiles.files!(given, { folder }))
      writeFileSync(join(folder, name), yamlText([content], name));
    const config = envoyFiles.files!(given, { folder }).at(-1)!.content;
    const running = await startEnvoy({ envoy, config });
    await assertSwitched(port!).finally(() => running.stop());
  });
});
