// Which policies' plugins run in one chain, in which order, and what of that is refused.
import fc from "fast-check";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { stringify } from "yaml";
import { earlierMeetings, mayMeet, surelyMeet } from "../../tools/chain/meeting.js";
import { filterPriority, MAX_RANKS, orderOf, wasmPriority, withRanks } from "../../tools/chain/place.js";
import { chainFaults } from "../../tools/chain/repeated.js";
import { chainsInWords } from "../../tools/chain/words.js";
import type { PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { repoRoot } from "../../tools/root.js";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { formatFinding } from "../../tools/errors.js";
import { goldenFolder } from "./golden-file.js";

let named = 0;
function policy(
  spec: Partial<PolicySpec>,
  namespace: string | undefined = "shop",
  ...plugins: string[]
): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: `p${named++}`, ...(namespace === undefined ? {} : { namespace }) },
    spec: { plugins: (plugins.length > 0 ? plugins : ["trace"]).map((name) => ({ name })), ...spec },
  };
}
const workload = (labels: Record<string, string>, more: Partial<PolicySpec> = {}): Partial<PolicySpec> => ({
  workload: { labels },
  ...more,
});
const A = workload({ app: "a" });
const EVERY = { allowNamespaceWide: true };

describe("policies that meet", () => {
  const both = (one: PolicyDocument, other: PolicyDocument): string => {
    assert.equal(mayMeet(one, other), mayMeet(other, one), "the same both ways");
    assert.equal(surelyMeet(one, other), surelyMeet(other, one), "the same both ways");
    return surelyMeet(one, other) ? "surely" : mayMeet(one, other) ? "perhaps" : "never";
  };
  const meet = (one: Partial<PolicySpec>, other: Partial<PolicySpec>): string => both(policy(one), policy(other));

  it("are told by labels", () => {
    assert.equal(meet(A, A), "surely");
    assert.equal(meet(A, EVERY), "surely");
    assert.equal(meet(A, workload({ app: "a", version: "v1" })), "surely");
    assert.equal(meet(A, workload({ version: "v1" })), "perhaps");
    assert.equal(meet(A, workload({ app: "b" })), "never");
    assert.equal(meet(A, workload({ constructor: "a" })), "perhaps", "a label like any other");
  });

  it("are told by direction and ports", () => {
    const on = (...ports: number[]): Partial<PolicySpec> => ({ ...A, attach: { ports } });
    assert.equal(meet(A, { ...A, attach: { direction: "outbound" } }), "never");
    assert.equal(meet(on(80), on(81)), "never");
    assert.equal(meet(on(80, 81), on(81)), "surely");
    assert.equal(meet(on(80), A), "surely");
  });

  it("are told by gateways", () => {
    const gateway = (one: PolicySpec["gateway"]): Partial<PolicySpec> => ({ gateway: one! });
    assert.equal(meet(gateway({ name: "a" }), gateway({ name: "a" })), "surely");
    assert.equal(meet(gateway({ name: "a" }), gateway({ name: "b" })), "never");
    assert.equal(meet(gateway({ name: "a" }), gateway({ labels: { team: "b" } })), "perhaps");
    assert.equal(meet(gateway({ name: "a" }), { ...EVERY, attach: { direction: "gateway" } }), "surely");
    assert.equal(meet(gateway({ httpRoute: "a" }), gateway({ httpRoute: "b" })), "never");
    assert.equal(meet(gateway({ httpRoute: "a" }), { ...EVERY, attach: { direction: "gateway" } }), "never");
  });

  it("are told by namespaces, of which Istio's own is for all", () => {
    const inside = (spec: Partial<PolicySpec>, one: string | undefined, other: string | undefined): string =>
      both(
        { ...policy(spec), metadata: { name: "x", ...(one === undefined ? {} : { namespace: one }) } },
        policy(spec, other),
      );
    assert.equal(inside(A, "shop", "shop"), "surely");
    assert.equal(inside(A, "shop", "bank"), "never");
    assert.equal(inside(A, "istio-system", "shop"), "surely");
    assert.equal(inside({ gateway: { name: "g" } }, "istio-system", "shop"), "perhaps");
    assert.equal(inside(A, undefined, "shop"), "perhaps");
  });
});

const label = fc.constantFrom("a", "b");
const labels = fc.record({ app: label, version: label }, { requiredKeys: [] });
const attach = fc.record(
  { ports: fc.subarray([80, 81], { minLength: 1 }), order: fc.integer({ min: -2, max: 2 }) },
  { requiredKeys: [] },
);
const place = fc.oneof(
  labels.map((one) => workload(one)),
  labels.map((one) => ({ gateway: { labels: one } })),
  label.map((name) => ({ gateway: { name } })),
  fc.constant(EVERY),
);
const somePolicies = fc.array(
  fc
    .tuple(place, attach, fc.constantFrom("shop", "bank", "istio-system", undefined), fc.integer({ min: 1, max: 3 }))
    .map(([where, how, namespace, count]) => {
      const made = policy(
        { ...where, attach: how },
        namespace ?? "shop",
        ...["trace", "ratelimit", "canary"].slice(0, count),
      );
      if (namespace === undefined) delete made.metadata.namespace;
      return made;
    }),
  { maxLength: 12 },
);

describe("the order of policies", () => {
  it("finds every pair that meets, whichever way it looks", () => {
    fc.assert(
      fc.property(somePolicies, (policies) => {
        const wanted = policies.map((one, i) =>
          [...policies.keys()].filter((j) => j < i && mayMeet(one, policies[j]!)),
        );
        assert.deepEqual(earlierMeetings(policies), wanted);
      }),
      { numRuns: 300, seed: 3601 },
    );
  });

  it("is that of `order`, then that in which they are written, wherever two meet", () => {
    fc.assert(
      fc.property(somePolicies, (given) => {
        const policies = withRanks(given);
        for (const [i, one] of policies.entries())
          for (const [j, other] of policies.entries()) {
            if (i === j || !mayMeet(one, other)) continue;
            const isFirst = orderOf(one) < orderOf(other) || (orderOf(one) === orderOf(other) && i < j);
            const [last, first] = [wasmPriority(one, one.spec.plugins.length - 1), wasmPriority(other, 0)];
            if (isFirst) assert.ok(last > first, "every plugin of the one before every plugin of the other");
            assert.equal(filterPriority(one) < filterPriority(other), isFirst);
          }
      }),
      { numRuns: 300, seed: 3602 },
    );
  });

  it("leaves a policy as it is alone when it meets nobody", () => {
    const apart = [policy(A), policy(workload({ app: "b" })), policy(A, "bank")];
    assert.deepEqual(withRanks(apart), apart);
    assert.deepEqual(
      apart.map((one) => [filterPriority(one), wasmPriority(one, 0)]),
      Array(3).fill([10, 10]),
    );
    assert.equal(withRanks([policy(A), policy(A)])[1]!.rank, 1);
  });

  it("is within Istio's numbers, and never its number for none", () => {
    for (const order of [-1000, -1, 0, 1000])
      for (const rank of [0, 1, MAX_RANKS - 2]) {
        const one = { ...policy({ ...A, attach: { order } }), rank };
        for (const number of [filterPriority(one), wasmPriority(one, 0)]) {
          assert.ok(Math.abs(number) < 2 ** 31 && Number.isInteger(number));
          assert.notEqual(filterPriority(one), 0);
        }
      }
  });

  it("takes time in proportion to the number of policies", () => {
    const many = (count: number): PolicyDocument[] =>
      Array.from({ length: count }, (_, i) => policy(workload({ app: `a${i}` })));
    const time = (policies: PolicyDocument[]): number => {
      const start = performance.now();
      earlierMeetings([policy(EVERY), ...policies]);
      return performance.now() - start;
    };
    time(many(100));
    const all = many(20_000); // two hundred million pairs would take a minute
    assert.ok(time(all) < 5_000);
    const start = performance.now();
    chainsInWords(all.slice(0, 2_000), {}, () => "f");
    assert.ok(performance.now() - start < 5_000);
  });

  it("refuses more policies in one place than there are priorities", () => {
    const codes = (rank: number): string[] =>
      chainFaults([{ policy: { ...policy(EVERY), rank }, place: () => "p:1" }]).flatMap((faults) =>
        faults.map(({ code }) => code),
      );
    assert.deepEqual(codes(MAX_RANKS - 2), []);
    assert.deepEqual(codes(MAX_RANKS - 1), ["TG3602"]);
  });
});

const anything = { type: "object" };
const catalog = new Map(
  ["trace", "ratelimit", "canary"].map((name) => [name, { name, folder: name, schema: anything, ownSchema: anything }]),
);

const checker = new PolicyChecker(catalog);

/** Findings of one file with these policies, as they are printed, without the remedy. */
function found(...policies: PolicyDocument[]): string[] {
  const text = policies.map((one) => stringify(one)).join("---\n");
  return findingsOf(checker.check([{ file: "p", text }])).map((finding) => formatFinding({ ...finding, remedy: "" }));
}

describe("a plugin in two policies", () => {
  it("is refused where requests surely pass both and nobody can mean it, with both places", () => {
    const [wide, narrow] = [policy(EVERY), policy(A)];
    const { name } = wide.metadata;
    assert.deepEqual(found(wide, narrow), [
      `p:18:7: error TG3601 requests pass trace twice, in shop/${name} at p:8 too: each takes what the other writes for the caller's.`,
    ]);
    assert.match(found(policy(A, "shop", "canary"), policy(A, "shop", "canary")).join(), /error TG3601 .* x-canary\.$/);
  });

  it("is a warning where it may be meant, or may not happen", () => {
    const twice = (one: Partial<PolicySpec>, other: Partial<PolicySpec>, plugin: string): string =>
      found(policy(one, "shop", plugin), policy(other, "shop", plugin)).join();
    assert.match(twice(A, EVERY, "ratelimit"), /^p:\d+:\d+: warning TG3601 requests pass ratelimit twice, [^\n]*$/);
    assert.match(
      twice(A, workload({ version: "v1" }), "trace"),
      /^p:\d+:\d+: warning TG3601 requests may pass [^\n]*$/,
    );
  });

  it("is found on the stable side of a rollout, on either of the two policies", () => {
    const rollout = (...plugins: string[]): Partial<PolicySpec> => ({
      ...A,
      rollout: { percent: 10, salt: "s", stable: { plugins: plugins.map((name) => ({ name })) } },
    });
    const told = (...policies: PolicyDocument[]): string[] =>
      found(...policies).flatMap((line) => /^p:(\d+):.* TG3601 .*( at p:\d+) too/.exec(line)?.slice(1).join("") ?? []);
    const plain = policy(A, "shop", "trace");
    assert.deepEqual(told(plain, policy(rollout("trace"), "shop", "canary")), ["29 at p:8"]);
    assert.deepEqual(told(policy(rollout("trace"), "shop", "canary"), plain), ["26 at p:17"]);
    assert.deepEqual(told(plain, policy(rollout("trace"), "shop", "trace")), ["20 at p:8"], "once, of the new side");
    assert.deepEqual(told(policy(rollout("trace"), "shop", "canary"), policy(rollout("ratelimit"))), ["26 at p:17"]);
    assert.deepEqual(told(plain, policy(rollout("ratelimit"), "shop", "canary")), []);
  });

  it("is said once, of the surest", () => {
    const three = found(policy(workload({ version: "v1" })), policy(A), policy(A));
    assert.deepEqual(
      three.map((line) => /(\w+) TG\d+ requests (may )?pass/.exec(line)?.slice(1, 3)),
      [
        ["warning", "may "],
        ["error", undefined],
      ],
    );
  });

  it("is fine where the two cannot meet, or decide different things", () => {
    assert.deepEqual(found(policy(A), policy(workload({ app: "b" }))), []);
    assert.deepEqual(found(policy(A), policy({ ...A, attach: { direction: "outbound" } })), []);
    assert.deepEqual(found(policy(A), policy(A, "shop", "ratelimit")), []);
    const canary = (header: string): PolicyDocument =>
      policy({ ...A, plugins: [{ name: "canary", config: { decision_header: header } }] });
    assert.deepEqual(found(canary("x-one"), canary("x-two")), []);
  });

  it("is said once of two that go into one router", () => {
    const traced = { ...A, tracer: "propagates" } as const;
    const lines = found(policy(traced), policy(traced));
    assert.deepEqual(
      lines.map((line) => /TG\d+/.exec(line)?.[0]),
      ["TG3207"],
    );
  });
});

describe("chains in words", () => {
  it("say for all proxies that are told apart what runs there, in order, and where it is written", () => {
    const wide = policy({ ...EVERY, attach: { order: 1 } }, "shop", "trace");
    const narrow = policy({ ...A, attach: { ports: [80, 81] } }, "shop", "canary", "ratelimit");
    const late = policy(
      { ...workload({ version: "v1" }), tracer: "propagates", attach: { phase: "authn" } },
      "shop",
      "trace",
    );
    const other = policy({ ...A, attach: { direction: "outbound" } }, "shop", "canary");
    const all = [wide, narrow, late, other];
    const labelOf = ({ metadata }: PolicyDocument): string => `shop/${metadata.name}`;
    const words = (): string =>
      all.reduce(
        (text, one, i) => text.replaceAll(labelOf(one), `shop/p${i + 1}`),
        chainsInWords(all, {}, (one, plugin) => `f:${all.indexOf(one)}${plugin}`),
      );
    assert.equal(
      words(),
      `all workloads of shop, inbound, ports 80, 81
  canary      shop/p2, f:10, in some of them
  ratelimit   shop/p2, f:11, in some of them
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20, in some of them
all workloads of shop, inbound, other ports
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20, in some of them
workloads with app=a of shop, inbound, ports 80, 81
  canary      shop/p2, f:10
  ratelimit   shop/p2, f:11
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20, in some of them
workloads with app=a of shop, inbound, other ports
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20, in some of them
workloads with version=v1 of shop, inbound, ports 80, 81
  canary      shop/p2, f:10, in some of them
  ratelimit   shop/p2, f:11, in some of them
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20
workloads with version=v1 of shop, inbound, other ports
  trace       shop/p1, f:00
  the router
  trace       shop/p3, f:20
workloads with app=a of shop, outbound, all ports
  canary      shop/p4, f:30
  the router
`,
    );
  });

  it("are what the README shows", () => {
    const text = readFileSync(join(goldenFolder("golden"), "chain.in.yaml"), "utf8");
    const { policies } = checker.check([{ file: "policies.yaml", text }]);
    const words = chainsInWords(
      policies.map((checked) => checked.policy),
      {},
      (one, plugin) => {
        const { document } = policies.find((checked) => checked.policy === one)!;
        return `policies.yaml:${document.locate(["spec", "plugins", plugin]).line}`;
      },
    );
    const readme = readFileSync(join(repoRoot, "tools", "chain", "README.md"), "utf8");
    const shown = /```\n(workloads with [^`]*)```/.exec(readme)?.[1];
    assert.ok(shown !== undefined && words.includes(shown), words);
  });

  it("begin with the phase where the target has phases", () => {
    const last = policy({ ...A }, "shop", "trace");
    const first = policy({ ...A, attach: { phase: "authn", order: 9 } }, "shop", "canary");
    const order = (hasPhases: boolean): string[] =>
      [...chainsInWords([last, first], { hasPhases }, () => "f").matchAll(/^ {2}(trace|canary)/gm)].map(
        ([, name]) => name!,
      );
    assert.deepEqual(order(false), ["trace", "canary"]);
    assert.deepEqual(order(true), ["canary", "trace"]);
  });

  it("name every policy that is for all of some proxies", () => {
    fc.assert(
      fc.property(somePolicies, (policies) => {
        const text = chainsInWords(policies, {}, (one) => one.metadata.name);
        for (const one of policies) assert.ok(text.includes(`, ${one.metadata.name}\n`));
      }),
      { numRuns: 100, seed: 3603 },
    );
  });
});
