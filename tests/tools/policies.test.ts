import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFinding } from "../../tools/errors.js";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";

const canary = {
  type: "object",
  additionalProperties: false,
  properties: { rules: { type: "array" }, default: { type: "string" } },
  required: ["rules"],
};
const catalog = new Map([
  ["canary", { name: "canary", folder: "canary", schema: canary, ownSchema: canary }],
  ["trace", { name: "trace", folder: "trace", schema: { type: "object" }, ownSchema: { type: "object" } }],
]);
const checker = new PolicyChecker(catalog);

/** Findings as they are printed, without the file. */
function lines(text: string): string[] {
  return findingsOf(checker.check([{ file: "p", text }])).map((finding) => formatFinding(finding).replace(/^p:/, ""));
}

/** A policy whose spec is given, in flow form; it starts at line 4, column 7. */
function policy(spec: string, metadata = "name: reviews, namespace: shop"): string {
  return `apiVersion: tidegate.dev/v1alpha1\nkind: PluginPolicy\nmetadata: { ${metadata} }\nspec: ${spec}\n`;
}

const WORKLOAD = "workload: { labels: { app: reviews } }";
const PLUGINS = "plugins: [{ name: trace }]";

describe("PolicyChecker", () => {
  it("accepts a sound policy", () => {
    const checked = checker.check([{ file: "p", text: policy(`{ ${WORKLOAD}, ${PLUGINS} }`) }]);
    assert.deepEqual(findingsOf(checked), []);
    assert.equal(checked.policies[0]?.policy.metadata.name, "reviews");
  });

  it("refuses a policy without workload, unless it says that it means the namespace", () => {
    assert.deepEqual(lines(policy(`{ ${PLUGINS} }`)), [
      "4:1: error TG3001 the policy names no workload, so it would reach every proxy of its namespace. " +
        "Add workload: { labels: { app: ... } }, or allowNamespaceWide: true if that is meant.",
    ]);
    assert.match(lines(policy(`{ allowNamespaceWide: false, ${PLUGINS} }`))[0]!, /TG3001/);
    assert.deepEqual(lines(policy(`{ allowNamespaceWide: true, ${PLUGINS} }`)), []);
    assert.match(lines(policy(`{ workload: { labels: {} }, ${PLUGINS} }`))[0]!, /^4:29: error TG2005/);
  });

  it("takes a misspelt workload for one fault", () => {
    assert.deepEqual(lines(policy(`{ worklaod: { labels: { app: a } }, ${PLUGINS} }`)), [
      '4:9: error TG2001 unknown key "worklaod". Did you mean "workload"?',
    ]);
  });

  it("refuses workload beside gateway, and a direction that does not fit", () => {
    const gateway = "gateway: { labels: { istio: ingressgateway } }";
    assert.match(
      lines(policy(`{ ${WORKLOAD}, ${gateway}, ${PLUGINS} }`))[0]!,
      /^4:49: error TG2008 workload and gateway exclude/,
    );
    assert.match(
      lines(policy(`{ ${gateway}, attach: { direction: inbound }, ${PLUGINS} }`))[0]!,
      /TG3005 a gateway's traffic/,
    );
    assert.match(
      lines(policy(`{ ${WORKLOAD}, attach: { direction: gateway }, ${PLUGINS} }`))[0]!,
      /TG3005 a workload's sidecar/,
    );
    assert.deepEqual(lines(policy(`{ ${gateway}, ${PLUGINS} }`)), []);
  });

  it("refuses Istio's own ports", () => {
    const found = lines(policy(`{ ${WORKLOAD}, attach: { ports: [80, 15090, 15021] }, ${PLUGINS} }`));
    assert.deepEqual(
      found.map((line) => /^.*belongs to/.exec(line)?.[0]),
      ["4:71: error TG3004 port 15090 belongs to", "4:78: error TG3004 port 15021 belongs to"],
    );
  });

  it("warns of Istio's root namespace", () => {
    const found = lines(policy(`{ allowNamespaceWide: true, ${PLUGINS} }`, "name: all, namespace: istio-system"));
    assert.match(found[0]!, /^3:35: warning TG3010 .* every proxy of the mesh\./);
  });

  it("knows the plugins, and their configurations", () => {
    const plugins = "plugins: [{ name: cannary }, { name: canary, config: { defualt: v1 } }]";
    assert.deepEqual(lines(policy(`{ ${WORKLOAD}, ${plugins} }`)), [
      '4:67: error TG3002 there is no plugin "cannary". Did you mean "canary"?',
      '4:102: error TG2002 the key "rules" is missing. Add "rules".',
      '4:104: error TG2001 unknown key "defualt". Did you mean "default"?',
    ]);
  });

  it("asks an absent configuration for what is required", () => {
    assert.match(
      lines(policy(`{ ${WORKLOAD}, plugins: [{ name: canary }] }`))[0]!,
      /^4:59: error TG2002 the key "rules"/,
    );
  });

  it("says of a configuration that is no object only that", () => {
    const text = (config: string): string =>
      `${policy(`\n  ${WORKLOAD}\n  plugins:\n    - name: canary\n      config: ${config}`)}`;
    for (const config of ["|\n        { }", "[]", "null", "'{}'"]) {
      const found = lines(text(config));
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, /^8:15: error TG2003 .* where an object( or a string)? belongs\. (Write keys|Give it)/);
    }
  });

  it("refuses a plugin that stands twice", () => {
    const found = lines(policy(`{ ${WORKLOAD}, plugins: [{ name: trace }, { name: trace }] }`));
    assert.match(found[0]!, /^4:84: error TG3007/);
  });

  it("refuses line breaks and NUL in keys and values", () => {
    const config = '{ a: "x\\r\\ny", "b\\n": 1, c: ["\\0"] }';
    const found = lines(policy(`{ ${WORKLOAD}, plugins: [{ name: trace, config: ${config} }] }`));
    assert.equal(found.filter((line) => line.includes("TG3006")).length, 3);
    const block = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: a }
spec:
  ${WORKLOAD}
  plugins:
    - name: trace
      config:
        salt: |
          x
`;
    assert.match(lines(block)[0]!, /^9:15: error TG3006 .*\|-/);
  });

  it("refuses two policies of one name in one namespace, over files", () => {
    const text = policy(`{ ${WORKLOAD}, ${PLUGINS} }`);
    const other = policy(`{ ${WORKLOAD}, ${PLUGINS} }`, "name: reviews, namespace: other");
    const checked = checker.check([
      { file: "a", text: `${text}---\n${other}` },
      { file: "b", text },
    ]);
    assert.deepEqual(findingsOf(checked).map(formatFinding), [
      "b:3:19: error TG3003 the policy shop/reviews already stands at a:3. Give each policy of a namespace its own name.",
    ]);
  });

  it("checks every document of a file", () => {
    const text = `${policy(`{ ${PLUGINS} }`)}---\n---\n- 1\n---\n${policy(`{ ${WORKLOAD}, plugins: [] }`)}`;
    assert.deepEqual(
      lines(text)
        .map((line) => line.replace(/(\d+):.* (TG\d+) .*/, "$1 $2"))
        .sort(),
      ["12 TG2005", "4 TG3001", "5 TG1006", "7 TG2003"].sort(),
    );
  });

  it("wants upstreams that requests can reach", () => {
    const envoy = (upstreams: string, more = ""): string[] =>
      lines(policy(`{ ${WORKLOAD}, ${PLUGINS}, envoy: { ${more} upstreams: [${upstreams}] } }`)).map((line) =>
        line.replace(/^.*(TG\d+).*$/, "$1"),
      );
    const v1 = "{ name: v1, address: 127.0.0.1, port: 81 }";
    const v2 = "{ name: v2, address: 127.0.0.1, port: 82, when: { header: x-canary, exact: v2 } }";
    assert.deepEqual(envoy(`${v1}, ${v2}`), []);
    assert.deepEqual(envoy(v2), ["TG3009"], "nothing takes the rest");
    assert.deepEqual(envoy(`${v1}, ${v2.replace("v2", "v3")}, ${v2}`), ["TG3009"], "the same condition");
    assert.deepEqual(envoy(`${v1}, ${v2.replace("v2", "v1")}`), ["TG3009"], "the same name");
    assert.deepEqual(envoy(v1, "listener: { port: 81 },"), ["TG3012"], "its own listener");
    assert.deepEqual(envoy(v1, "listener: { port: 9901 },"), ["TG3012"], "the admin's port");
  });
});
