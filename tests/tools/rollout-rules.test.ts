import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { discoverPlugins } from "../../tools/plugins.js";
import { toFinding } from "../../tools/policy/fault.js";
import { keysOf, type PolicyDocument } from "../../tools/policy/model.js";
import { ruleFaults } from "../../tools/policy/rules.js";
import { stage } from "../../tools/rollout/stage.js";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { pluginConfig } from "../../tools/trace/plugin.js";

const ALL = `{ name: all, quota: { requests: 10, per: second } }`;
const LIMIT = `{ name: ratelimit, config: { rules: [${ALL}] } }`;
const CANARY = "{ name: canary, config: { rules: [{ name: all, arm: v2 }] } }";
const LESS = `{ name: ratelimit, config: { rules: [{ name: all, quota: { requests: 5, per: second } }] } }`;

/** A policy whose plugins begin at line 7, its stable ones at line 13 when there is one plugin. */
function policyText(now: string[], stable: string[], { percent = "10", salt = "salt: a", more = "" } = {}): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews, namespace: shop }
spec:
  workload: { labels: { app: reviews } }
  plugins:
${now.map((plugin) => `    - ${plugin}\n`).join("")}  rollout:
    percent: ${percent}
    ${salt}
    stable:
      plugins:${stable.length === 0 ? " []" : ""}
${stable.map((plugin) => `        - ${plugin}\n`).join("")}${more}`;
}

const checker = new PolicyChecker(discoverPlugins());

/** What is found, as `line:column CODE message`. */
function found(text: string): string[] {
  const findings = findingsOf(checker.check([{ file: "p.yaml", text }]));
  return findings.map(({ line, column, code, message }) => `${line}:${column} ${code} ${message}`);
}

const codesOf = (text: string): string[] => found(text).map((line) => line.split(" ")[1]!);

describe("a rollout in a policy", () => {
  it("may change, add and remove plugins", () => {
    assert.deepEqual(found(policyText([LIMIT], [LESS])), []);
    assert.deepEqual(found(policyText([LIMIT], [])), []);
    assert.deepEqual(found(policyText(["{ name: trace }", LIMIT], [LIMIT, CANARY])), []);
  });

  it("has a salt and a share with two decimals", () => {
    for (const percent of ["0", "100", "33.33", "0.07", "12.5"])
      assert.deepEqual(found(policyText([LIMIT], [LESS], { percent })), [], percent);
    const wrong = [["-1", "TG2005"], ["100.01", "TG2005"], ["33.333", "TG2005"], ["ten", "TG2003"]] as const; // prettier-ignore
    for (const [percent, code] of wrong) assert.deepEqual(codesOf(policyText([LIMIT], [LESS], { percent })), [code]);
    assert.deepEqual(codesOf(policyText([LIMIT], [LESS], { salt: "" })), ["TG2002"]);
    for (const salt of ["salt: a b", "salt: ''", `salt: ${"x".repeat(64)}`])
      assert.deepEqual(codesOf(policyText([LIMIT], [LESS], { salt })), ["TG2006"], salt);
  });

  it("lists no plugin twice, on either side", () => {
    assert.deepEqual(found(policyText([LIMIT], [LESS, LESS])), ["14:19 TG3007 the plugin ratelimit stands twice"]);
    assert.deepEqual(codesOf(policyText([LIMIT, LIMIT], [LESS])), ["TG3007"]);
  });

  it("keeps the order of those that both sides have", () => {
    const order = (now: string[], stable: string[]): string[] => codesOf(policyText(now, stable));
    const trace = "{ name: trace }";
    assert.deepEqual(order([trace, CANARY], [CANARY]), []);
    assert.deepEqual(order([trace, CANARY], [LESS, trace]), []);
    assert.deepEqual(order([trace, CANARY], [CANARY, trace]), ["TG3401"]);
  });

  it("stages configurations alone", () => {
    const module = (url: string): string => `{ name: ratelimit, config: { rules: [${ALL}] }, moduleUrl: "${url}" }`;
    const url = "oci://reg.example/ratelimit:1";
    assert.deepEqual(codesOf(policyText([module(url)], [LESS])), []);
    assert.deepEqual(codesOf(policyText([module(url)], [`{ name: trace, moduleUrl: "${url}" }`])), []);
    assert.deepEqual(found(policyText([LESS], [module(url)])), [
      "13:104 TG3402 moduleUrl of ratelimit is one for both sides: only configurations are staged",
    ]);
  });

  it("stands in the policy or in a configuration, not in both", () => {
    const own = policyText([LIMIT], [LESS]);
    const value = parse(own) as PolicyDocument;
    keysOf(value.spec.plugins[0]!)["rollout"] = { percent: 1, salt: "a", stable: {} };
    const codes = ruleFaults(value, []).map(({ code, path }) => `${code} ${path.join(".")}`);
    assert.deepEqual(codes, ["TG3403 spec.plugins.0.config.rollout"]);
    delete value.spec.rollout;
    assert.deepEqual(ruleFaults(value, []), []);
  });

  it("is of something", () => {
    const same = `{ name: ratelimit, config: { rules: [{ quota: { per: second, requests: 10 }, name: all }] } }`;
    assert.deepEqual(codesOf(policyText([LIMIT], [same])), ["TG3406"]);
    assert.deepEqual(codesOf(policyText([LIMIT], [same, "{ name: trace }"])), []);
  });
});

describe("any rollout in a policy", () => {
  const key = fc.constantFrom("percent", "salt", "stable", "plugins", "revert", "name", "config", "settings", "rollout", "disabled", "rules", "default", "lists", "join", "match"); // prettier-ignore
  const leaf = fc.constantFrom<unknown>(0, 10, -1, 0.001, "a", "", null, true, "ratelimit", "trace", "canary", "v1");
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 5 }, leaf, tie("list"), tie("map")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    map: fc.dictionary(key, tie("value"), { maxKeys: 4 }),
  }));
  const name = fc.constantFrom("ratelimit", "trace", "canary", "none");
  const plugins = fc.array(fc.record({ name, config: json.map }), { maxLength: 3 });
  const rollout = fc.oneof(
    json.value,
    fc.record({ percent: leaf, salt: leaf, stable: json.value }),
    fc.record({ percent: fc.constant(5), salt: fc.constant("a"), stable: fc.record({ plugins }) }),
  );

  it("is sound, or found wrong, at a line of the policy", () => {
    fc.assert(
      fc.property(plugins, rollout, (now, given) => {
        const value = parse(policyText([LIMIT], [])) as { spec: object };
        const text = stringify({ ...value, spec: { ...value.spec, plugins: now, rollout: given } });
        const { policies, findings } = checker.check([{ file: "p.yaml", text }]);
        const all = findingsOf({ policies, findings });
        for (const { line, message } of all) assert.ok(line >= 1 && line <= text.split("\n").length, message);
        for (const { policy } of policies) assert.equal(stage(policy).policy.spec.rollout, undefined);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the stable side of a rollout", () => {
  it("is checked by the plugins' schemas", () => {
    const misspelt = "{ name: ratelimit, config: { ruels: [] } }";
    assert.deepEqual(found(policyText([LIMIT], [misspelt])), ['13:40 TG2001 unknown key "ruels"']);
    assert.deepEqual(found(policyText([LIMIT], ["{ name: ratelimt }"])), [
      '13:19 TG3002 there is no plugin "ratelimt"',
    ]);
  });

  it("is checked by the rules, like the new one", () => {
    const canary = (lists: string): string => `{ name: canary, config: { default: v1, rules: [{ name: a, match: { header: { name: x, in_list: ${lists} } }, arm: v1 }], lists: { vip: { ids: [a] } } } }`; // prettier-ignore
    assert.deepEqual(codesOf(policyText([canary("vip")], [LESS])), []);
    assert.deepEqual(codesOf(policyText([LIMIT], [canary("vip")])), []);
    assert.deepEqual(codesOf(policyText([LIMIT], [canary("vop")])), ["TG3106"]);
    assert.deepEqual(codesOf(policyText([canary("vop")], [canary("vip")])), ["TG3106"]);
    assert.match(found(policyText([LIMIT], [canary("vop")]))[0]!, /^13:/);
  });

  it("joins no traces on the wrong side", () => {
    const join = "{ name: trace, config: { join: { mode: outbound, group: a } } }";
    assert.deepEqual(codesOf(policyText([LIMIT], [join])), ["TG3206"]);
    assert.deepEqual(codesOf(policyText(["{ name: trace }"], [join])), ["TG3206"]);
  });

  it("is told apart from settings, whose configurations are checked like any other", () => {
    const value = parse(policyText([LIMIT], ["{ name: trace }"])) as PolicyDocument;
    const join = { join: { mode: "outbound", group: "a" } };
    const found = (config: Record<string, unknown>): string[] => {
      value.spec.rollout!.stable.plugins[0]!.config = config;
      return ruleFaults(value, []).map(({ code, path }) => `${code} ${path.slice(5).join(".")}`);
    };
    assert.deepEqual(found({ settings: [{ config: {} }, { config: join }] }), [
      "TG3206 config.settings.1.config.join.mode",
    ]);
    assert.deepEqual(found({ ...join, settings: [{ config: {} }] }), ["TG3206 config.join.mode"]);
    assert.deepEqual(found({ disabled: true, settings: [{ config: {} }, { disabled: true }] }), []);
    assert.deepEqual(found({ settings: [null, { config: 1 }, "x"] }), []);
    assert.deepEqual(found({ settings: 1 }), []);
  });

  it("needs routes for its arms, and for none of the other side's", () => {
    const canary = (arm: string): string =>
      `{ name: canary, config: { default: v1, rules: [{ name: all, arm: ${arm} }] } }`;
    const routes = (...arms: string[]): string =>
      `  attach: { direction: outbound }\n  routes: { service: reviews, arms: [${arms.map((arm) => `{ name: ${arm}, subset: ${arm} }`).join(", ")}] }\n`;
    const codes = (now: string[], stable: string[], ...arms: string[]): string[] =>
      codesOf(policyText(now, stable, { more: routes(...arms) }));
    assert.deepEqual(codes([canary("v3")], [canary("v2")], "v1", "v2", "v3"), []);
    assert.deepEqual(codes([canary("v3")], [canary("v2")], "v1", "v3"), ["TG3101"]);
    assert.deepEqual(codes([canary("v3")], [canary("v2")], "v1", "v2"), ["TG3101"]);
    assert.deepEqual(codes([canary("v2")], [LESS], "v1", "v2"), []);
    assert.deepEqual(codes([LIMIT], [canary("v2")], "v1", "v2"), []);
    assert.deepEqual(codes([LIMIT], [canary("v2")], "v1"), ["TG3101"]);
    assert.deepEqual(codes([LIMIT], [LESS], "v1"), ["TG3107"]);
  });

  it("has the same of what counts outside of plugins", () => {
    const canary = (more: string): string => `{ name: canary, config: { default: v1, rules: [], ${more} } }`;
    const more = `  attach: { direction: outbound }\n  routes: { service: reviews, arms: [{ name: v1, subset: v1 }] }\n`;
    const codes = (now: string, stable: string): string[] =>
      codesOf(policyText([canary(now)], [canary(stable)], { more }));
    assert.deepEqual(
      codes("decision_header: x-a", "decision_header: x-a, metadata: a").filter((code) => code === "TG3405"),
      [],
    );
    assert.deepEqual(codes("decision_header: x-a", "decision_header: x-b"), ["TG3405"]);
    assert.deepEqual(codes("arms: [{ name: v1, value: one }]", "arms: [{ name: v1, value: two }]"), ["TG3405"]);
    assert.deepEqual(codes("arms: [{ name: v1, value: one }]", "decision_header: x-canary"), ["TG3405"]);
    const free = codesOf(policyText([canary("decision_header: x-a")], [canary("decision_header: x-b")]));
    assert.deepEqual(free, []);
    const join = (group: string): string => `{ name: trace, config: { join: { mode: inbound, group: ${group} } } }`;
    assert.deepEqual(
      codesOf(policyText([join("a")], [join("b")])).filter((code) => code !== "TG3206"),
      ["TG3405"],
    );
  });

  it("trusts callers as the new one does where Envoy's tracer reads their headers", () => {
    const trust = (now: string, stable: string, tracer: string): string[] =>
      codesOf(policyText([`{ name: trace, config: { trust: ${now} } }`], [`{ name: trace, config: { trust: ${stable} } }`], { more: `  tracer: ${tracer}\n` })); // prettier-ignore
    assert.deepEqual(trust("none", "full", "none"), []);
    assert.deepEqual(trust("none", "full", "reports"), ["TG3405"]);
  });
});

describe("a policy with a rollout, for generators", () => {
  const staged = (text: string): { value: PolicyDocument; at(path: (string | number)[]): string } => {
    const { policies } = checker.check([{ file: "p.yaml", text }]);
    const { policy, origin } = stage(policies[0]!.policy);
    const document = policies[0]!.document.movedBy(origin);
    const at = (path: (string | number)[]): string => {
      const { line, column } = toFinding({ code: "TG4001", path, message: "" }, document);
      return `${line}:${column}`;
    };
    return { value: policy, at };
  };

  it("has both configurations in each plugin, disabled where one side lacks it", () => {
    const { value } = staged(policyText(["{ name: trace }", LIMIT], [LESS, "{ name: canary }"]));
    assert.equal(value.spec.rollout, undefined);
    const limits = (requests: number): object => ({ rules: [{ name: "all", quota: { requests, per: "second" } }] });
    const share = { percent: 10, salt: "a" };
    assert.deepEqual(value.spec.plugins, [
      { name: "trace", config: { rollout: { ...share, stable: { disabled: true } } } },
      { name: "ratelimit", config: { ...limits(10), rollout: { ...share, stable: limits(5) } } },
      { name: "canary", config: { disabled: true, rollout: { ...share, stable: {} } } },
    ]);
  });

  it("knows where in the policy each part stands", () => {
    const { at } = staged(policyText(["{ name: trace }", LIMIT], [LESS, "{ name: canary, config: { default: v1 } }"]));
    const config = (plugin: number, ...path: (string | number)[]): string =>
      at(["spec", "plugins", plugin, "config", ...path]);
    assert.equal(config(1, "rules", 0), "8:44");
    assert.equal(config(1, "rollout", "stable", "rules", 0), "14:48");
    assert.equal(config(1, "rollout", "percent"), "10:14");
    assert.equal(config(2, "rollout", "stable", "default"), "15:46");
    assert.equal(at(["spec", "plugins", 2]), "15:11");
    assert.equal(at(["spec", "workload"]), "5:13");
  });

  it("has trace trust nobody at a gateway, on either side and in each setting", () => {
    const value = parse(
      policyText(["{ name: trace }"], ["{ name: trace, config: { disabled: true } }"]),
    ) as PolicyDocument;
    delete value.spec.workload;
    value.spec.gateway = { labels: { istio: "ingressgateway" } };
    keysOf(value.spec.rollout!.stable.plugins[0]!)["settings"] = [{ name: "a", match: {}, config: { trust: "full" } }];
    const { policy } = stage(value);
    const config = pluginConfig(policy, policy.spec.plugins[0]!);
    const settings = [{ name: "a", match: {}, config: { trust: "full" } }];
    const stable = { disabled: true, settings };
    assert.deepEqual(config, { trust: "none", rollout: { percent: 10, salt: "a", stable } });
  });
});
