import fc from "fast-check";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { canonical } from "../../tools/canonical.js";
import { deltasOf } from "../../tools/diff/deltas.js";
import { changeOf } from "../../tools/diff/difference.js";
import type { JsonObject } from "../../tools/diff/json.js";
import { objectsIn, resourceOf } from "../../tools/diff/live-resources.js";
import { liveSide } from "../../tools/diff/live-side.js";
import { orderFaults } from "../../tools/diff/make-before-break.js";
import { policyDifferences } from "../../tools/diff/policies.js";
import { resourceDifferences } from "../../tools/diff/resources.js";
import { sideOf } from "../../tools/diff/sides.js";
import { textOf } from "../../tools/diff/text.js";
import { isObject } from "../../tools/is-object.js";
import { discoverPlugins } from "../../tools/plugins.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { repoRoot } from "../../tools/root.js";
import { goldenFolder } from "./golden-file.js";
import { tidegate } from "./memory-io.js";

const RUNS = { numRuns: 2_000, seed: 20261121 };
const QUICKSTART = readFileSync(join(repoRoot, "envoy-configs", "quickstart", "policy.yaml"), "utf8");
const SECRET = "s3cret";

/** JSON in which keys meet again, so that two values have something in common. */
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 5, depthSize: "small" },
    fc.constantFrom<unknown>(null, true, 0, 1, -1.5, "", "a", "b", "1", "true", "a b", "\n", "__proto__"),
    fc.array(tie("json"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "percent", "per", "requests", "__proto__"), tie("json"), { maxKeys: 4 }),
    fc.array(fc.record({ name: fc.constantFrom("x", "y", "z"), a: tie("json") }), { maxLength: 3 }),
  ),
}));

/** The same, its keys in another order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, reversed(inner)] as const);
  return Object.fromEntries(entries.reverse());
}

describe("differences of any JSON", () => {
  it("are none of a value with its keys in another order", () => {
    fc.assert(
      fc.property(json, (value) => assert.deepEqual(deltasOf(value, reversed(value)), [])),
      RUNS,
    );
  });

  it("are some wherever there are any, in two words that differ", () => {
    fc.assert(
      fc.property(json, json, (one, other) => {
        const deltas = deltasOf(one, other);
        assert.equal(deltas.length === 0, canonical(one) === canonical(other));
        for (const { text, old, new: now } of deltas.map((delta) => changeOf("x", delta))) {
          assert.ok(text.length > 0);
          assert.notEqual(old, now);
        }
      }),
      RUNS,
    );
  });

  it("name no id of a list, whatever is around it", () => {
    const ids = fc.array(
      fc.integer({ min: 0, max: 99 }).map((n) => `${SECRET}${n}`),
      { maxLength: 5 },
    );
    const hidden = fc.oneof(
      ids.map((list) => ({ ids: list })),
      ids.map((list) => ({ ids: list, lane: "team" })),
      ids.map((list) => ({ header: { name: "x-user", in: list } })),
      ids.map((list) => ({ force: { header: "x", values: list } })),
      ids.map((list) => ({ overrides: list.map((key) => ({ key })) })),
      ids.map(([token = ""]) => ({ headers: { authorization: token } })),
      ids.map((list) => ({ encoded: list.join("") })),
    );
    const around = fc
      .tuple(hidden, json)
      .chain(([value, other]) =>
        fc.constantFrom<unknown>(value, [value, other], { a: value, b: other }, [[value]], [{ name: "x", a: value }]),
      );
    fc.assert(
      fc.property(around, fc.oneof(around, json), (one, other) => {
        for (const delta of [...deltasOf({ x: one }, { x: other }), ...deltasOf({ x: other }, { x: one })])
          assert.ok(!JSON.stringify(changeOf("x", delta)).includes(SECRET), JSON.stringify(delta));
      }),
      RUNS,
    );
  });
});

/** Another value somewhere. */
function mutate(value: unknown, steps: readonly number[], other: unknown): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0) return other;
  const key = Object.keys(value)[step % Object.keys(value).length]!;
  const inner = (value as JsonObject)[key];
  const changed = rest.length === 0 ? other : mutate(inner, rest, other);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === key ? changed : item));
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, k === key ? changed : v]));
}

const mutation = fc.record({ steps: fc.array(fc.nat(9), { minLength: 1, maxLength: 7 }), other: json });
const mutated = (values: readonly unknown[]): fc.Arbitrary<unknown> =>
  fc
    .tuple(fc.constantFrom(...values), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([value, all]) => all.reduce((before, { steps, other }) => mutate(before, steps, other), value));

function golden(name: string): unknown {
  return parse(readFileSync(join(goldenFolder("golden"), `${name}.in.yaml`), "utf8")) as unknown;
}

function assertLines(text: string): void {
  for (const line of text.split("\n")) assert.match(line, /^$|^[^\s].*|^ {2}\S.*$/u);
  assert.doesNotMatch(text, /[\r\u0000-\u0009\u001b]|undefined|\[object/);
}

describe("whatever policies and clusters say", () => {
  const quickstart: unknown = parse(readFileSync(join(repoRoot, "envoy-configs", "quickstart", "policy.yaml"), "utf8"));
  const bases = [quickstart, ...["routes", "routes-gateway-api", "routes-weighted", "routes-header"].map(golden)];

  /** A policy whose plugins' configurations are of any shape: those are for the plugins' own schemas. */
  const configured = fc.constantFrom(...(bases as PolicyDocument[])).chain((policy) =>
    fc.tuple(...policy.spec.plugins.map(({ config }) => mutated([config]))).map((configs) => {
      const plugins = policy.spec.plugins.map((plugin, i) => ({ ...plugin, config: configs[i] as JsonObject }));
      return { policy, other: { ...policy, spec: { ...policy.spec, plugins } } };
    }),
  );

  it("policies can be compared whatever their plugins are told", () => {
    const catalog = discoverPlugins();
    fc.assert(
      fc.property(configured, ({ policy, other }) => {
        const differences = policyDifferences([policy], [other], catalog);
        assert.equal(differences.length === 0, canonical(policy) === canonical(other));
        assertLines(textOf(differences));
        assertLines(textOf(policyDifferences([other], [], catalog)));
        assert.deepEqual(policyDifferences([other], [reversed(other) as PolicyDocument], catalog), []);
        for (const { code } of [...orderFaults(sideOf(policy), other), ...orderFaults(sideOf(other), policy)])
          assert.match(code, /^TG330[12]$/);
      }),
      RUNS,
    );
  });

  it("the command answers 0 or 1, without a stack", async () => {
    const texts = fc.oneof(
      mutated(bases).map((value) => stringify(value)),
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.nat(QUICKSTART.length).map((at) => `${QUICKSTART.slice(0, at)}\u0000${QUICKSTART.slice(at)}`),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (stdin) => {
        const args = ["diff", "-", "envoy-configs/quickstart/policy.yaml"];
        const { exitCode, out, err } = await tidegate(args, { stdin });
        assert.ok(exitCode === 0 || exitCode === 1, err);
        assert.doesNotMatch(err, /^\s+at /m);
        assert.ok(err !== "" || out !== "");
      }),
      { ...RUNS, numRuns: 15 },
    );
  });

  it("live resources of any shape can be compared", () => {
    const policy = golden("routes") as PolicyDocument;
    const live = ["routes.istio-wasmplugin", "routes.istio-envoyfilter", "routes-gateway-api.envoy-gateway"].map(
      (name) =>
        readFileSync(join(goldenFolder("golden"), `${name}.out.yaml`), "utf8")
          .split("---\n")
          .map((text) => parse(text) as JsonObject),
    );
    const wanted = live.flat();
    const documents = mutated(live.map((items) => ({ kind: "List", items })));
    fc.assert(
      fc.property(documents, (document) => {
        const objects = objectsIn(document);
        const differences = resourceDifferences({ wanted, live: objects, namespace: "default" });
        assertLines(textOf(differences));
        const resources = objects.map((object) => resourceOf(object, "default"));
        const side = liveSide(resources, policy, "default");
        for (const { code } of side ? orderFaults(side, policy) : []) assert.match(code, /^TG330[12]$/);
      }),
      RUNS,
    );
  });
});
