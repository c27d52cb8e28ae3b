import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compile } from "../../tools/build/asc.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { repoRoot } from "../../tools/root.js";
import { until } from "../support/until.js";

const UPDATES = 5;
const PATIENCE_MS = 20_000;

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-reconfigure-"));
});
after(() => rm(folder, { recursive: true }));

function policyWith(tag: string): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "reconfigure" },
    spec: { workload: { labels: { app: "reconfigure" } }, plugins: [{ name: "tagging", config: { tag } }] },
  };
}

/** Puts the listener of a bootstrap into the file that Envoy watches, at once and whole. */
async function publish(bootstrap: Bootstrap): Promise<void> {
  const resources = bootstrap.static_resources.listeners.map((listener) => ({
    "@type": "type.googleapis.com/envoy.config.listener.v3.Listener",
    ...listener,
  }));
  await writeFile(join(folder, "next"), JSON.stringify({ resources }));
  await rename(join(folder, "next"), join(folder, "lds.json"));
}

interface Bootstrap {
  static_resources: { listeners: object[] };
}

describe("a plugin whose configuration changes in a running Envoy", () => {
  for (const name of ["stateless", "tracked"]) {
    test(`serves the newest, and its old root contexts go (${name} streams)`, async () => {
      const { wasm } = await compile(join(repoRoot, `tests/fixtures/runtime/${name}.ts`), "release");
      const module = join(folder, `${name}.wasm`);
      await writeFile(module, wasm!);
      const [listener, admin] = await freePorts(2);
      const ports = { listener: listener!, admin: admin! };
      const moduleFile = (): string => module;
      const of = { module: modulesIn(moduleFile), moduleFile };
      const bootstrapOf = (tag: string) => envoyBootstrap(policyWith(tag), { ...of, ports });
      await publish(bootstrapOf("0") as Bootstrap);
      const roots: number[] = [];
      const envoy = await startEnvoy({
        envoy: await locateEnvoy({ allowInstall: true }),
        config: {
          ...bootstrapOf("0"),
          static_resources: {},
          dynamic_resources: { lds_config: { path_config_source: { path: join(folder, "lds.json") } } },
        },
        logLevel: "info",
        args: ["--drain-time-s", "1"],
        onLine: (line) => {
          const said = /roots=(\d+)/.exec(line)?.[1];
          if (said) roots.push(Number(said));
        },
      });
      // A connection to the listener that goes may be closed under a request: that one is asked again.
      const tag = async () => {
        const response = await fetch(`http://127.0.0.1:${listener}/`).catch(() => undefined);
        return response?.headers.get("x-tag");
      };
      try {
        for (let update = 1; update <= UPDATES; update++) {
          await publish(bootstrapOf(String(update)) as Bootstrap);
          await until(
            `update ${update} serves`,
            PATIENCE_MS,
            async () => (await tag()) === JSON.stringify({ tag: String(update) }),
          );
        }
        assert.ok(Math.max(...roots) > 1, "no two root contexts were ever in one VM");
        await until("one root context is left", PATIENCE_MS, () => roots.at(-1) === 1);
        await until(
          "the newest serves",
          PATIENCE_MS,
          async () => (await tag()) === JSON.stringify({ tag: String(UPDATES) }),
        );
      } finally {
        await envoy.stop();
      }
    });
  }
});
