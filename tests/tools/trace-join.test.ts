import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { wasmHttpFilter } from "../../tools/generate/wasm-filter.js";
import type { Fault } from "../../tools/policy/fault.js";
import type { PolicyDocument, PolicySpec } from "../../tools/policy/model.js";
import { repoRoot } from "../../tools/root.js";
import { DEFAULTS, joinFaults, joinGroupFaults } from "../../tools/trace/join.js";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";

const SIDECAR: Partial<PolicySpec> = { workload: { labels: { app: "a" } } };
const GATEWAY: Partial<PolicySpec> = { gateway: { name: "g" } };
const attached = (direction: "inbound" | "outbound"): Partial<PolicySpec> => ({ ...SIDECAR, attach: { direction } });

function policy(settings: unknown, spec: Partial<PolicySpec>, name = "p", namespace = "shop"): PolicyDocument {
  const plugins = [{ name: "canary" }, { name: "trace", config: { join: settings } }];
  return { metadata: { name, namespace }, spec: { ...spec, plugins } } as unknown as PolicyDocument;
}

const inbound = (settings: object = {}, spec: Partial<PolicySpec> = {}) =>
  policy({ mode: "inbound", group: "g", ...settings }, { ...attached("inbound"), ...spec }, "in");
const outbound = (settings: object = {}, spec: Partial<PolicySpec> = {}) =>
  policy({ mode: "outbound", group: "g", ...settings }, { ...attached("outbound"), ...spec }, "out");

/** Faults as "place severity code message. remedy", the place counted from the configuration. */
function lines(faults: readonly Fault[]): string[] {
  return faults.map(
    ({ path, code, severity, message, remedy }) =>
      `${path.slice(4).join(".")} ${severity ?? "error"} ${code} ${message}. ${remedy}`,
  );
}

describe("join", () => {
  it("fits the direction", () => {
    assert.deepEqual(joinFaults(policy({ mode: "inbound", group: "g" }, SIDECAR)), []);
    assert.deepEqual(joinFaults(inbound()), []);
    assert.deepEqual(joinFaults(outbound()), []);
  });

  it("is refused in the other direction, and in a gateway", () => {
    const mode = "join.mode error TG3206 the policy is attached";
    assert.deepEqual(lines(joinFaults(policy({ mode: "outbound", group: "g" }, SIDECAR))), [
      `${mode} inbound, where no context is remembered that could be given back. Write mode: inbound, or another attach.direction`,
    ]);
    assert.deepEqual(lines(joinFaults(policy({ mode: "inbound", group: "g" }, attached("outbound")))), [
      `${mode} outbound, where remembering contexts is of no use. Write mode: outbound, or another attach.direction`,
    ]);
    assert.deepEqual(lines(joinFaults(policy({ mode: "inbound", group: "g" }, GATEWAY))), [
      `${mode} to a gateway, where remembering contexts is of no use. Leave join out`,
    ]);
  });

  it("leaves what the schema refuses to the schema", () => {
    for (const settings of [undefined, null, 7, [], { mode: "both", group: "g" }, { mode: "outbound", group: 7 }]) {
      const odd = policy(settings, SIDECAR);
      assert.deepEqual([joinFaults(odd), joinGroupFaults([odd])], [[], [[]]]);
    }
    const other = { metadata: {}, spec: { plugins: [{ name: "canary" }] } } as unknown as PolicyDocument;
    assert.deepEqual([joinFaults(other), joinGroupFaults([other])], [[], [[]]]);
  });

  it("has the defaults of the plugin's schema", () => {
    const text = readFileSync(join(repoRoot, "plugins/trace/schema.json"), "utf8");
    const { $defs } = JSON.parse(text) as { $defs: { join: { properties: Record<string, { default?: unknown }> } } };
    const { entries, by } = $defs.join.properties;
    assert.deepEqual({ entries: entries?.default, by: by?.default }, DEFAULTS);
  });
});

describe("the two halves of a join", () => {
  it("find each other in one workload of one namespace", () => {
    assert.deepEqual(joinGroupFaults([inbound(), outbound()]), [[], []]);
    const wide: Partial<PolicySpec> = { workload: undefined, allowNamespaceWide: true };
    assert.deepEqual(joinGroupFaults([inbound({}, wide), outbound()]), [[], []]);
    const more: Partial<PolicySpec> = { workload: { labels: { app: "a", version: "v1" } } };
    assert.deepEqual(joinGroupFaults([outbound(), inbound({}, more)]), [[], []]);
  });

  it("are missed elsewhere", () => {
    const alone = (mode: string) =>
      `join.group warning TG3206 no policy in these files has mode ${mode} of the group g for the same workload. ` +
      "Add it, or check it together with this one";
    assert.deepEqual(joinGroupFaults([inbound()]).map(lines), [[alone("outbound")]]);
    assert.deepEqual(joinGroupFaults([inbound(), inbound()]).map(lines), [[alone("outbound")], [alone("outbound")]]);
    const elsewhere = [
      outbound({}, { workload: { labels: { app: "b" } } }),
      policy({ mode: "outbound", group: "g" }, attached("outbound"), "out", "other"),
    ];
    for (const other of elsewhere) {
      assert.deepEqual(joinGroupFaults([inbound(), other]).map(lines), [[alone("outbound")], [alone("inbound")]]);
    }
    const [own, others] = joinGroupFaults([inbound(), outbound({ group: "h" })]).map(lines);
    assert.deepEqual([own?.length, others?.length], [1, 1]);
  });

  it("are not told so twice when the direction is wrong", () => {
    assert.deepEqual(joinGroupFaults([policy({ mode: "outbound", group: "g" }, SIDECAR)]), [[]]);
  });

  it("agree on the number of entries", () => {
    assert.deepEqual(joinGroupFaults([inbound({ entries: 4096 }), outbound()]), [[], []]);
    assert.deepEqual(joinGroupFaults([inbound({ entries: 64 }), outbound()]).map(lines), [
      [
        "join.entries error TG3206 shop/out has 4096 entries for the same group, this one 64. Write the same number in both",
      ],
      ["join error TG3206 shop/in has 64 entries for the same group, this one 4096. Write the same number in both"],
    ]);
  });

  it("have keys in common", () => {
    const nothing = (name: string) => `warning TG3206 shop/in remembers nothing by ${name}. Add it to its by`;
    const faults = joinGroupFaults([inbound({ by: ["a", "b"] }), outbound({ by: ["b", "c"] })]).map(lines);
    assert.deepEqual(faults, [[], [`join.by.1 ${nothing("c")}`]]);
    assert.deepEqual(joinGroupFaults([inbound({ by: ["a"] }), outbound()]).map(lines), [
      [],
      [`join ${nothing("x-request-id")}`],
    ]);
  });

  it("are looked for in all files together", () => {
    const catalog = new Map([["trace", { name: "trace", folder: "trace", schema: { type: "object" }, ownSchema: {} }]]);
    const text = (direction: string) =>
      `apiVersion: tidegate.dev/v1alpha1\nkind: PluginPolicy\nmetadata: { name: ${direction}, namespace: shop }\n` +
      `spec: { workload: { labels: { app: a } }, attach: { direction: ${direction} }, ` +
      `plugins: [{ name: trace, config: { join: { mode: ${direction}, group: g } } }] }\n`;
    const files = ["inbound", "outbound"].map((direction) => ({ file: direction, text: text(direction) }));
    const found = (texts: typeof files) => findingsOf(new PolicyChecker(catalog).check(texts)).map(({ code }) => code);
    assert.deepEqual(found(files), []);
    assert.deepEqual(found(files.slice(0, 1)), ["TG3206"]);
  });
});

it("both halves run in one vm_id under names of their own, which other plugins share with nobody", () => {
  const ids = [inbound(), outbound()].map((one) => {
    const [canary, trace] = one.spec.plugins;
    const read = (filter: object) =>
      (filter as { typed_config: { config: { name: string; root_id: string; vm_config: { vm_id: string } } } })
        .typed_config.config;
    const code = { local: { filename: "x.wasm" } };
    return { canary: read(wasmHttpFilter(one, canary!, code)), trace: read(wasmHttpFilter(one, trace!, code)) };
  });
  assert.deepEqual(
    ids.map(({ trace: { name, root_id, vm_config } }) => [name, root_id, vm_config.vm_id]),
    [
      ["tidegate.shop.in.trace", "trace", "tidegate.shop.trace/g"],
      ["tidegate.shop.out.trace", "trace", "tidegate.shop.trace/g"],
    ],
  );
  assert.deepEqual(
    ids.map(({ canary }) => canary.vm_config.vm_id),
    ["tidegate.shop.in.canary", "tidegate.shop.out.canary"],
  );
});
