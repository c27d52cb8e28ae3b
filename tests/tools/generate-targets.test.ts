import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse, parseAllDocuments, stringify } from "yaml";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { type Ran, tidegate } from "./memory-io.js";

const SHA = "a".repeat(64);

/** A policy that every target takes, but for what a test says. */
function policy(spec: object, name = "edge", namespace?: string): string {
  return stringify({
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name, namespace },
    spec: {
      moduleUrl: `oci://registry.example/{plugin}@sha256:${SHA}`,
      plugins: [{ name: "canary", config: CANARY }],
      ...spec,
    },
  });
}
const CANARY = { default: "v1", rules: [] };
const NAMED = { gateway: { name: "public" } };
const OWN = { gateway: { labels: { app: "higress-gateway" } } };
const TRACE = { plugins: [{ name: "trace" }] };

const generate = (options: string, stdin: string, cwd?: string): Promise<Ran> =>
  tidegate(["generate", "-f", "-", ...options.split(" ")], { stdin, ...(cwd === undefined ? {} : { cwd }) });

async function takes(options: string, spec: object): Promise<object[]> {
  const { exitCode, out, err } = await generate(options, policy(spec));
  assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" }, options);
  return parseAllDocuments(out).map((document) => document.toJS() as object);
}

/** Asserts one error with a place. @param key where it stands, as it is written in the policy. */
async function refuses(options: string, spec: object, key: string, finding: RegExp): Promise<void> {
  const text = policy(spec);
  const { exitCode, out, err } = await generate(options, text);
  assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" }, options);
  const line = 1 + text.split("\n").findIndex((one) => one.trim().startsWith(key.includes(":") ? key : `${key}:`));
  assert.match(err, new RegExp(`^<stdin>:${line}:\\d+: error ${finding.source}[^\\n]*\\n$`), options);
}

describe("generate for gateways that are not Istio's", () => {
  for (const [target, own] of [
    ["envoy-gateway", NAMED],
    ["higress", OWN],
  ] as const) {
    it(`names for ${target} who has what it lacks`, async () => {
      const elsewhere = /TG3011 .*istio-wasmplugin/;
      await takes(`-t ${target}`, own);
      await takes(`-t ${target}`, { ...own, failure: "closed" });
      await refuses(`-t ${target}`, { workload: { labels: { app: "a" } } }, "workload", elsewhere);
      await refuses(`-t ${target}`, { allowNamespaceWide: true, attach: { direction: "inbound" } }, "spec", elsewhere);
      await refuses(`-t ${target}`, { ...own, attach: { ports: [8080] } }, "ports", elsewhere);
      await refuses(`-t ${target}`, { ...own, failure: "reload" }, "failure", elsewhere);
    });

    it(`lets no tracer of ${target} write over trace`, async () => {
      await takes(`-t ${target}`, { ...own, ...TRACE, tracer: "none" });
      await takes(`-t ${target}`, { ...own, tracer: "propagates" });
      for (const tracer of ["reports", "propagates"])
        await refuses(`-t ${target}`, { ...own, ...TRACE, tracer }, "tracer", /TG3201 .*istio-envoyfilter/);
      const unsaid = await generate(`-t ${target}`, policy({ ...own, ...TRACE }));
      assert.match(unsaid.err, /^<stdin>:\d+:\d+: warning TG3203 [^\n]*\n$/);
    });
  }

  it("takes Envoy Gateway's gateways by name, at its one place of the chain, with modules it can fetch", async () => {
    await refuses("-t envoy-gateway", OWN, "labels", /TG3011 .*istio-wasmplugin/);
    await takes("-t envoy-gateway", { ...NAMED, attach: { phase: "last" } });
    await refuses("-t envoy-gateway", { ...NAMED, attach: { phase: "authn" } }, "phase", /TG3011 .*istio-wasmplugin/);
    const file = { ...NAMED, moduleUrl: "file:///etc/{plugin}.wasm" };
    await refuses("-t envoy-gateway", file, "- name", /TG3008 .*istio-envoyfilter/);
  });

  it("takes Higress's own gateway alone", async () => {
    await takes("-t higress", { ...OWN, attach: { phase: "authn" }, moduleUrl: "file:///etc/{plugin}.wasm" });
    await refuses("-t higress", NAMED, "name: public", /TG3011 .*istio-wasmplugin/);
    await refuses("-t higress", { gateway: { labels: { istio: "x" } } }, "istio", /TG3011 .*istio-wasmplugin/);
  });

  it("runs plugins for one HTTPRoute where that is possible", async () => {
    const one = { gateway: { httpRoute: "reviews" } };
    const [resource] = await takes("-t envoy-gateway", one);
    const { targetRefs } = (resource as { spec: { targetRefs: object[] } }).spec;
    assert.deepEqual(targetRefs, [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", name: "reviews" }]);
    for (const target of ["istio-wasmplugin", "istio-envoyfilter --ecds", "higress"])
      await refuses(`-t ${target}`, one, "httpRoute", /TG3011 .*envoy-gateway/);
  });

  it("refuses two policies for what takes one, and names both places", async () => {
    const two = (target: string, one: object, other: object, namespace?: string): Promise<Ran> =>
      generate(
        `-t ${target}`,
        `${policy(one, "edge", "a")}---\n${policy(other, namespace ? "edge" : "late", namespace ?? "a")}`,
      );
    const [named, own] = [NAMED, OWN].map((place) => ({ ...place, ...TRACE, tracer: "none" }));
    const gateway = await two("envoy-gateway", NAMED, named!);
    assert.equal(gateway.exitCode, 1);
    assert.match(gateway.err, /^<stdin>:19:9: error TG3015 [^\n]* and a\/edge at <stdin>:4 is one already\. [^\n]*\n$/);
    assert.equal((await two("envoy-gateway", NAMED, { gateway: { name: "private" } })).exitCode, 0);
    assert.equal((await two("envoy-gateway", NAMED, named!, "b")).exitCode, 0);
    assert.match((await two("higress", OWN, own!, "b")).err, /^<stdin>:20:9: error TG3015 [^\n]*\n$/);
    assert.equal((await two("higress", OWN, own!)).exitCode, 0);
  });
});

describe("generate --explain", () => {
  it("says what order and failure come to, and makes nothing", async () => {
    const two = { plugins: [{ name: "trace" }, { name: "canary", config: CANARY }], tracer: "propagates" };
    const explained = await generate(
      "-t istio-envoyfilter --explain --module-url file:///m/{plugin}.wasm",
      policy({ ...NAMED, ...two }),
    );
    assert.equal(explained.exitCode, 0, explained.err);
    const [label, order, ...rest] = explained.out.split("\n");
    assert.deepEqual([label, order], ["edge as istio-envoyfilter", "  order         canary, the router, trace"]);
    assert.deepEqual(rest.slice(9), [
      "",
      "Gateway public, gateway, all ports",
      "  canary      edge, <stdin>:9",
      "  the router",
      "  trace       edge, <stdin>:8",
      "",
    ]);
    assert.match(
      explained.out,
      /^ {2}trace\n {4}failure {5}open: Envoy refuses a listener [^\n]*; a request that makes a plugin trap gets a 503/m,
    );
    const closed = await generate("-t envoy-gateway --explain", policy({ ...NAMED, failure: "closed" }));
    assert.match(closed.out, /^edge as envoy-gateway\n[^\n]*\n {2}canary\n {4}failure {5}closed: requests get a 5xx/);
    const elsewhere = await generate("-t higress --explain", policy(NAMED));
    assert.deepEqual([elsewhere.exitCode, elsewhere.out], [1, ""]);
  });

  it("has words for every failure that a target takes", () => {
    for (const { name, faults, onFailure } of [...TARGETS, ...Object.values(FORMS)]) {
      for (const failure of ["open", "closed", "reload"] as const) {
        const [document] = parseAllDocuments(policy({ workload: { labels: { a: "b" } }, failure }));
        const found = faults((document as { toJS(): PolicyDocument }).toJS(), {});
        assert.equal(
          onFailure[failure] === undefined,
          found.some(({ path }) => path.at(-1) === "failure"),
          `${name} ${failure}`,
        );
      }
    }
  });
});

describe("generate for a release", () => {
  it("refuses those that are too old, and says which are not", async () => {
    const tooOld = (remedy: string): RegExp => new RegExp(`TG3014 .*need Envoy 1\\.36\\.0\\. Use ${remedy} or newer`);
    for (const [options, spec, old, good, remedy] of [
      ["-t istio-wasmplugin --istio-version", NAMED, "1.27.9", "1.28.0", "Istio 1\\.28\\.0"],
      ["-t envoy-gateway --gateway-version", NAMED, "1.5.4", "1.6.0", "Envoy Gateway 1\\.6\\.0"],
      ["-t higress --gateway-version", OWN, "2.1.11", "2.2.0", "Higress 2\\.2\\.0"],
      ["-t higress --envoy-version", OWN, "1.35.9", "1.36.0", "Envoy 1\\.36\\.0"],
    ] as const) {
      await takes(`${options} ${good}`, spec);
      await takes(`${options} 99.0.0`, spec);
      await refuses(`${options} ${old}`, spec, "plugins", tooOld(remedy));
    }
  });

  it("knows since when Istio has what it makes", async () => {
    await takes("-t istio-trafficextension --istio-version 1.30.0", NAMED);
    const tooOld =
      /TG3014 Istio 1\.29\.5 has no TrafficExtension\. Use Istio 1\.30\.0 or newer, or generate istio-wasm/;
    await refuses("-t istio-trafficextension --istio-version 1.29.5", NAMED, "plugins", tooOld);
  });

  it("knows the Envoy of an Istio, and takes the older one of two", async () => {
    const reports = { ...NAMED, ...TRACE, tracer: "reports" };
    await takes("-t istio-wasmplugin --istio-version 1.30.0", reports);
    const tooOld = /TG3202 .*not 1\.37\.0/;
    await refuses("-t istio-wasmplugin --istio-version 1.29.3", reports, "tracer", tooOld);
    await refuses("-t istio-wasmplugin --istio-version 1.29.3 --envoy-version 1.40.0", reports, "tracer", tooOld);
    await refuses("-t istio-wasmplugin --istio-version 1.31.0 --envoy-version 1.37.0", reports, "tracer", tooOld);
  });

  it("refuses options that mean nothing to the target", async () => {
    for (const options of [
      "-t envoy --istio-version 1.30.0",
      "-t istio-wasmplugin --gateway-version 1.9.0",
      "-t higress --istio-version 1.30.0",
      "-t istio-wasmplugin --ecds",
      "-t envoy-gateway --envoy-form filters",
      "-t envoy --envoy-form files",
      "-t envoy --envoy-form filters --output-dir x",
      "-t envoy --envoy-form files --output-dir x --out y",
      "-t envoy --envoy-form files --output-dir x -o json",
      "-t envoy --envoy-form filters --routes only",
      "-t envoy --explain --out x",
    ]) {
      const { exitCode, out, err } = await generate(options, policy(NAMED));
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" }, options);
      assert.match(err, /^tidegate: --[^\n]+\n$/, options);
    }
  });
});

describe("generate by ECDS", () => {
  it("wants each module's code named", async () => {
    const [canary] = [{ name: "canary", config: CANARY }];
    const at = (moduleUrl: string, sha256?: string): object => ({
      ...NAMED,
      plugins: [{ ...canary, moduleUrl, sha256 }],
    });
    const image = "oci://registry.example/canary:1";
    await takes("-t istio-envoyfilter --ecds", at(image, SHA));
    await takes("-t istio-envoyfilter --ecds", at(`${image}@sha256:${SHA}`));
    await takes("-t istio-envoyfilter --ecds", at("file:///etc/canary.wasm"));
    await refuses("-t istio-envoyfilter --ecds", at(image), "- name", /TG3008 .*istio-wasmplugin/);
    await refuses("-t istio-envoyfilter", at(image, SHA), "- name", /TG3008 .*--ecds/);
  });

  it("has each plugin's configuration once, and its filter once a port", async () => {
    const [filter] = await takes("-t istio-envoyfilter --ecds", { ...NAMED, attach: { ports: [80, 443] } });
    const { configPatches } = (filter as { spec: { configPatches: { applyTo: string }[] } }).spec;
    const applied = configPatches.map(({ applyTo }) => applyTo);
    assert.deepEqual(applied, ["EXTENSION_CONFIG", "HTTP_FILTER", "HTTP_FILTER"]);
  });

  it("cannot run trace after the tracer", async () => {
    const propagates = { ...NAMED, ...TRACE, tracer: "propagates" };
    await refuses("-t istio-envoyfilter --ecds", propagates, "tracer", /TG3011 .*without --ecds/);
  });
});

describe("generate a form of plain Envoy", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-forms-"));
  after(() => rmSync(folder, { recursive: true }));

  it("has filters to paste, and nothing that more is needed for", async () => {
    const [whole] = await takes("-t envoy --envoy-form filters --module-url file:///m/{plugin}.wasm", NAMED);
    assert.deepEqual(Object.keys(whole!), ["http_filters"]);
    const options = "-t envoy --envoy-form filters";
    const routes = { arms: [{ name: "v1", upstream: "a" }] };
    const envoy = { upstreams: [{ name: "a", address: "127.0.0.1", port: 1 }] };
    const { exitCode, err } = await generate(options, policy({ ...NAMED, routes, envoy }));
    assert.equal(exitCode, 1);
    assert.match(err, /error TG3011 filters have no routes[^]*warning TG3011 of spec\.envoy/);
    await refuses(
      options,
      { ...NAMED, ...TRACE, tracer: "reports" },
      "tracer",
      /TG3011 .*without --envoy-form filters/,
    );
  });

  it("writes the files of a running Envoy, all or none", async () => {
    const run = (text: string): Promise<Ran> => generate("-t envoy --envoy-form files --output-dir out", text, folder);
    const { exitCode, out, err } = await run(policy(NAMED));
    assert.deepEqual({ exitCode, out }, { exitCode: 0, out: "" }, err);
    const written = ["tidegate.edge.canary.yaml", "cds.yaml", "lds.yaml", "envoy.yaml"];
    assert.deepEqual(/wrote [^]*/.exec(err)?.[0], written.map((name) => `wrote out/${name}\n`).join(""));
    assert.deepEqual(readdirSync(join(folder, "out")).sort(), written.toSorted());
    const lds = readFileSync(join(folder, "out", "lds.yaml"), "utf8");
    assert.match(lds, /^# Generated by `tidegate generate -t envoy --envoy-form files` from <stdin>\. Do not edit\.\n/);
    assert.ok(lds.includes(`path: ${join(folder, "out", "tidegate.edge.canary.yaml")}\n`));
    assert.equal((parse(lds) as { resources: object[] }).resources.length, 1);
    writeFileSync(join(folder, "file"), "");
    const blocked = await generate("-t envoy --envoy-form files --output-dir file", policy(NAMED), folder);
    assert.equal(blocked.exitCode, 3);
    assert.match(blocked.err, /tidegate: nothing written: [^\n]*\n$/);
  });
});
