// What policies say beside their plugins, by a real istiod in real Envoys: the order of several, settings, a rollout.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { type Answer, type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { Places } from "../../tools/rollout/place.js";
import type { Resource } from "../support/istio/cluster.js";
import { filterChain } from "../support/istio/filter-chain.js";
import { type Form, FORMS, generated } from "../support/istio/generated.js";
import { Lab, type To, type Way } from "../support/istio/lab.js";
import { OTHER_HOST } from "../support/istio/mesh.js";
import { untilThere } from "../support/until.js";
import { tidegate } from "../tools/memory-io.js";

const FORM_NAMES = Object.keys(FORMS) as Form[];

interface Given {
  name: string;
  plugins: string[];
  attach?: string;
  more?: string;
}

function policy({ name, plugins, attach = "direction: inbound", more = "" }: Given): string {
  const place =
    attach === "gateway"
      ? "gateway: { labels: { istio: ingressgateway } }"
      : `workload: { labels: { app: app } }\n  attach: { ${attach} }`;
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: ${name}, namespace: default }
spec:
  ${place}
  tracer: none
  plugins: [${plugins.join(", ")}]
${more}`;
}

/** Canary's configuration that marks every request. */
const marks = (arm: string): string => `decision_header: x-mark, rules: [{ name: all, arm: ${arm} }]`;
const canary = (arm: string, more = ""): string => `{ name: canary, config: { ${marks(arm)} }${more} }`;
const mark = ({ upstream }: Answer): string => valuesOf(upstream?.received ?? [], "x-mark").join();

let lab: Lab;
let applied: Resource[] = [];
before(async () => void (lab = await Lab.start()));
after(() => lab?.stop());
afterEach(async () => {
  for (const resource of applied.splice(0)) lab.cluster.remove(resource);
  for (const way of ["inbound", "outbound", "gateway"] as const)
    await lab.expect(way, "nothing is left", (answer) => answer.status === 200 && mark(answer) === "");
});

async function apply(form: Form, text: string, reversed = false): Promise<void> {
  const resources = await generated(form, text);
  lab.apply(...(reversed ? resources.toReversed() : resources));
  applied = resources;
}

/** The mark that a request gets. */
async function marked(way: Way, to: To): Promise<string> {
  return mark(await lab.send(way, [], to));
}

describe("plugins of several policies", () => {
  const limit = `{ name: ratelimit, config: { rules: [{ name: none, match: { headers: [{ name: x-mark, exact: marked }, { name: x-reject, present: true }] }, quota: { requests: 1, per: day } }] } }`;
  // The trace is written second and comes first, as its order says; of the others the first comes first.
  const text = [
    policy({ name: "middle", plugins: [canary("marked")] }),
    policy({ name: "early", plugins: ["{ name: trace, config: { trust: full } }"], attach: "direction: inbound, order: -10" }), // prettier-ignore
    policy({ name: "late", plugins: [limit] }),
  ].join("---\n");

  for (const form of FORM_NAMES) {
    for (const reversed of [false, true]) {
      it(`run in the order of ${form}'s policies, applied ${reversed ? "from the last" : "from the first"}`, async () => {
        await apply(form, text, reversed);
        const wanted = "trace, canary, ratelimit";
        const ours = async (): Promise<string> => {
          const chain = await filterChain(lab.proxy("inbound"), lab.ports.inbound);
          return chain.flatMap((name) => /\b(trace|canary|ratelimit)\b/.exec(name)?.[0] ?? []).join(", ");
        };
        let last = "";
        await untilThere(() => last, 20_000, async () => (last = await ours()) === wanted || undefined); // prettier-ignore
        const reject: HeaderList = [["x-reject", "1"]];
        await lab.expect("inbound", "the limiter sees the mark", ({ status }) => status === 429, reject);
      });
    }
  }
});

describe("settings", () => {
  const setting = (name: string, match: string): string => `{ name: ${name}, match: { ${match} }, config: { ${marks(name)} } }`; // prettier-ignore
  const settings = [
    setting("host", `hosts: [${OTHER_HOST}]`),
    setting("path", "paths: [{ prefix: /some }]"),
    setting("route", "routes: [named]"),
    '{ name: off, match: { paths: [{ exact: "/off" }] }, disabled: true }',
  ];
  const plugin = `{ name: canary, config: { ${marks("rest")}, settings: [${settings.join(", ")}] } }`;
  /** Inbound requests have one route, whatever VirtualServices say. */
  const named = { inbound: "rest", outbound: "route", gateway: "route" };

  for (const form of FORM_NAMES) {
    for (const way of ["inbound", "outbound", "gateway"] as const) {
      it(`go by host, path and route: ${form}, ${way}`, async () => {
        const attach = way === "gateway" ? way : `direction: ${way}`;
        await apply(form, policy({ name: "settings", plugins: [plugin], attach }));
        await lab.expect(way, "the plugin runs", (answer) => mark(answer) === "rest");
        assert.equal(await marked(way, { host: OTHER_HOST }), "host");
        assert.equal(await marked(way, { path: "/some/where" }), "path");
        assert.equal(await marked(way, { path: "/named" }), named[way]);
        assert.equal(await marked(way, { path: "/off" }), "");
      });
    }
  }
});

describe("disabledFor", () => {
  const disabled = (what: string): string => `, disabledFor: { ${what} }`;

  for (const form of ["istio-envoyfilter", "istio-envoyfilter --ecds"] as const) {
    it(`keeps requests of a host and of a route from a plugin: ${form}, outbound`, async () => {
      const plugins = [canary("marked", disabled(`hosts: [${OTHER_HOST}], routes: [named]`))];
      await apply(form, policy({ name: "quiet", plugins, attach: "direction: outbound" }));
      await lab.expect("outbound", "the plugin runs", (answer) => mark(answer) === "marked");
      await lab.expect("outbound", "not for the host", (answer) => mark(answer) === "", [], { host: OTHER_HOST });
      assert.equal(await marked("outbound", { path: "/named/or/so" }), "");
      assert.equal(await marked("outbound", { path: "/" }), "marked");
    });

    it(`keeps requests of a route from a plugin: ${form}, gateway`, async () => {
      const plugins = [canary("marked", disabled("routes: [named]"))];
      await apply(form, policy({ name: "quiet", plugins, attach: "gateway" }));
      await lab.expect("gateway", "the plugin runs", (answer) => mark(answer) === "marked");
      await lab.expect("gateway", "not for the route", (answer) => mark(answer) === "", [], { path: "/named" });
      assert.equal(await marked("gateway", {}), "marked");
    });
  }
});

describe("a rollout", () => {
  const SALT = "2026-11-marks";
  const NODE = "sidecar~127.0.0.1~app.default~default.svc.cluster.local";
  const folder = mkdtempSync(join(tmpdir(), "tidegate-rollout-"));
  after(() => rmSync(folder, { recursive: true }));
  const text = (percent: number): string => {
    const more = `  rollout: { percent: ${percent}, salt: ${SALT}, revert: { enabled: false }, stable: { plugins: [${canary("stable")}] } }\n`;
    return policy({ name: "rollout", plugins: [canary("new")], more });
  };
  /** The least percentage that this proxy is in, and the one below. */
  const place = new Places(SALT).place(NODE) / 100;
  const [within, without] = [Math.floor(place) + 1, Math.floor(place)];

  /** What `rollout status` says once it finds nothing wrong, while requests go on. */
  const statusWhenRight = async (): Promise<string> => {
    const admin = await lab.proxy("inbound").adminAddress();
    let last = "";
    return untilThere(
      () => last,
      10_000,
      async () => {
        await lab.send("inbound");
        const { exitCode, out } = await tidegate(["rollout", "status", "-f", "p.yaml", "--admin", admin], {
          cwd: folder,
        });
        last = out;
        return exitCode === 0 ? out : undefined;
      },
    );
  };

  for (const form of FORM_NAMES) {
    it(`has each side where the proxy's node id says, and back: ${form}`, async () => {
      for (const [percent, side] of [
        [0, "stable"],
        [within, "new"],
        [without, "stable"],
        [100, "new"],
        [0, "stable"],
      ] as const) {
        applied = await generated(form, text(percent));
        lab.apply(...applied);
        await lab.expect("inbound", `${percent} %: ${side}`, (answer) => mark(answer) === side);
        writeFileSync(join(folder, "p.yaml"), text(percent));
        assert.match(await statusWhenRight(), new RegExp(`^sidecar~\\S+ +canary +${SALT} +${side} +0$`, "m"));
      }
    });
  }
});
