import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type LocatedEnvoy, locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument, Routing } from "../../tools/policy/model.js";
import { ruleFaults } from "../../tools/policy/rules.js";
import { freePorts } from "../../tools/ports.js";
import { type HeaderList } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { chosenUpstream } from "../../tools/routes/chosen-upstream.js";
import { startUpstream, type Upstream } from "../../tools/upstream.js";

const HEADER = "x-canary";
/** What the decision says for each arm, for each way of routing. The arm `gone` is served by a port that is closed. */
const VALUES: Record<Routing, Record<string, string>> = {
  header: { v1: "v1", v2: "two", same: "same", gone: "gone" },
  clusterHeader: { v1: "v1", v2: "outbound|80|v2|shop", same: "v2", gone: "gone" },
  metadata: { v1: "v1", v2: "two", same: "same", gone: "gone" },
  weighted: { v1: "0", v2: "1", same: "2", gone: "3" },
};

describe("generated routes of plain Envoy", () => {
  let envoy: LocatedEnvoy;
  const upstreams: Upstream[] = [];
  let closedPort = 0;
  before(async () => {
    envoy = await locateEnvoy({ allowInstall: true });
    upstreams.push(await startUpstream({ name: "v1" }), await startUpstream({ name: "v2" }));
    closedPort = (await freePorts(1))[0]!;
  });
  after(() => Promise.all(upstreams.map((upstream) => upstream.close())));

  function policy(routing: Routing, missing: "unavailable" | "fallback"): PolicyDocument {
    const values = Object.entries(VALUES[routing]);
    const [v1, v2] = upstreams.map(({ name, port }) => ({ name, address: "127.0.0.1", port }));
    const gone = { name: "gone", address: "127.0.0.1", port: closedPort };
    const tools = { ...v2!, name: "tools", when: { header: "x-tool", exact: "1" } };
    return {
      apiVersion: "tidegate.dev/v1alpha1",
      kind: "PluginPolicy",
      metadata: { name: "routes" },
      spec: {
        workload: { labels: { app: "client" } },
        attach: { direction: "outbound" },
        plugins: [
          {
            name: "canary",
            config: { default: "v1", arms: values.map(([name, value]) => ({ name, value })), rules: [] },
          },
        ],
        routes: { missing, arms: values.map(([name]) => ({ name, upstream: name === "same" ? "v2" : name })) },
        envoy: { routing, upstreams: [v1!, v2!, gone, tools] },
      },
    };
  }

  /** Runs the policy's routes without its plugins: what the header says is what a plugin would have decided. */
  async function withRoutes(
    given: PolicyDocument,
    use: (served: (...headers: HeaderList) => Promise<string>, envoy: EnvoyProcess) => Promise<void>,
  ): Promise<void> {
    assert.deepEqual(ruleFaults(given, []), []);
    const [listener] = await freePorts(1);
    const config = withoutWasm(envoyBootstrap(given, { ports: { listener: listener!, admin: 0 } }));
    const running = await startEnvoy({ envoy, config });
    const { send, close } = httpSend(listener!);
    const served = async (...headers: HeaderList): Promise<string> => {
      const { status, upstream } = await send({ path: "/", headers });
      return upstream?.name ?? String(status);
    };
    try {
      await use(served, running);
    } finally {
      close();
      await running.stop();
    }
  }

  for (const routing of Object.keys(VALUES) as Routing[]) {
    const values = VALUES[routing];
    const decide = (arm: string): [string, string] => [HEADER, values[arm]!];

    it(`${routing}: each decision reaches its arm, anything else the fallback`, async () => {
      const given = policy(routing, "unavailable");
      await withRoutes(given, async (served) => {
        const requests: HeaderList[] = [
          [decide("v1")],
          [decide("v2")],
          [decide("same")],
          [],
          [[HEADER, "unknown"]],
          [[HEADER, ""]],
          [[HEADER, "tools"]],
          [[HEADER, "9"]],
          [["x-tool", "1"]],
          [["x-tool", "1"], decide("v1")],
        ];
        for (const headers of requests) {
          const valuesOf = (name: string): string[] => headers.flatMap(([key, value]) => (key === name ? value : []));
          const chosen = chosenUpstream(given, valuesOf);
          const name = await served(...headers);
          assert.equal(name, chosen === "tools" ? "v2" : chosen, JSON.stringify(headers));
        }
        assert.equal(await served(decide("v2")), "v2");
        assert.equal(await served([HEADER, "unknown"]), "v1");
      });
    });

    it(`${routing}: an arm without an endpoint is a 503 that Envoy counts`, async () => {
      await withRoutes(policy(routing, "unavailable"), async (served, running) => {
        assert.equal(await served(decide("gone")), "503");
        const stats = await running.admin("/stats?filter=upstream_rq_503$");
        assert.match(stats, /^cluster\.\w+\.upstream_rq_503: 1$/m);
        assert.equal(await served(decide("v2")), "v2");
      });
    });

    // The endpoint of a subset is there as long as it is in the cluster, whether or not it answers.
    const standIn = routing === "metadata" ? "503" : "v1";
    it(`${routing}: with missing: fallback an arm whose endpoint refuses connections is served by ${standIn}`, async () => {
      await withRoutes(policy(routing, "fallback"), async (served) => {
        for (let i = 0; i < 5; i++) assert.equal(await served(decide("gone")), standIn);
        assert.equal(await served(decide("v2")), "v2");
        assert.equal(await served(), "v1");
      });
    });
  }

  it("metadata: with missing: fallback an arm whose host has no address is served by the fallback", async () => {
    const given = policy("metadata", "fallback");
    given.spec.envoy!.upstreams![2]!.address = "no-such-host.invalid";
    await withRoutes(given, async (served) => {
      assert.equal(await served([HEADER, "gone"]), "v1");
      assert.equal(await served([HEADER, "two"]), "v2");
    });
  });
});

interface Bootstrap {
  static_resources: {
    listeners: { filter_chains: { filters: { typed_config: { http_filters: { typed_config: object }[] } }[] }[] }[];
  };
}

function withoutWasm(bootstrap: object): object {
  const manager = (bootstrap as Bootstrap).static_resources.listeners[0]!.filter_chains[0]!.filters[0]!.typed_config;
  manager.http_filters = manager.http_filters.filter((filter) => !JSON.stringify(filter).includes("wasm.v3.Wasm"));
  return bootstrap;
}
