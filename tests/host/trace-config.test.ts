// The configuration as schema.json describes it and as the plugin takes it: one and the same set.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type PluginModule, Proxy, type Vm } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema, schemaOf } from "../support/plugin-schema.js";
import { TraceRig } from "../support/trace.js";

const schema = pluginSchema("trace");
let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

async function problemsOf(configuration: string): Promise<string[]> {
  const { plugin, proxy, vm } = await TraceRig.start(module, configuration);
  assert.equal(vm.trapped, undefined);
  const lines = proxy.logs.filter(({ level }) => level === "critical").map(({ message }) => message);
  assert.equal(plugin.ok, lines.length === 0);
  if (!plugin.ok) assert.equal(plugin.failure, "configure");
  return lines;
}

describe("a bad configuration is refused", () => {
  test("with every problem and its path, in one line each", async () => {
    assert.deepEqual(await problemsOf('{"trust":"some","start":1,"sampling":{"percent":101,"rate":1},"strat":true}'), [
      'trace: $.strat: unknown key; did you mean "start"?',
      'trace: $.trust: expected one of "full", "none", not "some"',
      "trace: $.start: expected a boolean, not a number",
      'trace: $.sampling.rate: unknown key; expected "percent"',
      "trace: $.sampling.percent: expected a number from 0.0 to 100.0, not 101",
    ]);
  });

  const rows: [what: string, configuration: string, expected: RegExp][] = [
    ["truncated", '{"trust":"full"', /^trace: \$: line 1, column 16: /],
    ["no JSON", "trust: full", /^trace: \$: line 1, column 1: /],
    ["a key twice", '{"start":true,"start":true}', /^trace: \$/],
    ["an array", "[]", /^trace: \$: expected an object, not an array/],
    ["a depth of 10,000", "[".repeat(10_000), /^trace: \$/],
    ["a protobuf Struct", "\n\x0f\n\x05trust\x12\x06\x1a\x04full", /StringValue/],
    ["not finite", '{"sampling":{"percent":1e309}}', /^trace: \$/],
    ["not a number", '{"sampling":{"percent":"100"}}', /^trace: \$\.sampling\.percent: /],
    ["line breaks in a key", '{"a\\nb":1}', /^trace: \$\["a/],
  ];
  for (const [what, configuration, expected] of rows) {
    test(what, async () => {
      const problems = await problemsOf(configuration);
      assert.match(problems[0]!, expected);
      for (const line of problems) assert.doesNotMatch(line, /[\n\x1b]/);
    });
  }

  test("10 MB long", async () => {
    const problems = await problemsOf(`{"trust":"${"f".repeat(10 << 20)}"}`);
    assert.equal(problems.length, 1);
    assert.ok(problems[0]!.length < 2048);
  });

  test("that the host does not hand over", async () => {
    const proxy = new Proxy();
    proxy.faults.inject({ call: "proxy_get_buffer_bytes", status: 10 });
    const { plugin } = await TraceRig.start(module, "{}", proxy);
    assert.equal(plugin.failure, "configure");
  });
});

describe("schema.json", () => {
  test("describes every key, with title, description, default and examples", () => {
    const undescribed: string[] = [];
    const visit = (node: Record<string, unknown>, path: string) => {
      for (const [key, value] of Object.entries(
        (node["properties"] ?? {}) as Record<string, Record<string, unknown>>,
      )) {
        const missing = ["title", "description", "default", "examples"].filter((word) => !(word in value));
        if (missing.length > 0) undescribed.push(`${path}.${key}: ${missing.join(", ")}`);
        visit(value, `${path}.${key}`);
      }
    };
    visit(schema, "$");
    assert.deepEqual(undescribed, []);
  });

  test("has defaults that mean the same as no key", async () => {
    const { start, trust } = schema["properties"] as Record<string, { default: unknown }>;
    const defaults = { start: start!.default, trust: trust!.default, sampling: { percent: 100 } };
    const [written, empty] = [await TraceRig.start(module, JSON.stringify(defaults)), await TraceRig.start(module, "")];
    for (const headers of [[], [["traceparent", "bad"]], [["tracestate", "a=1"]]] as [string, string][][]) {
      assert.deepEqual(written.send(headers).headers, empty.send(headers).headers);
    }
  });

  test("refuses what the plugin refuses, and nothing else", async () => {
    const value = fc.oneof(
      fc.constantFrom("full", "none", "FULL", "", null, true, false, 0, 100, -0.1, 100.1, 50, 1e300, [], {}),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -200, max: 200 }),
      fc.jsonValue(),
    );
    const sampling = fc.oneof(
      fc.dictionary(fc.constantFrom("percent", "percen", "rate"), value, { maxKeys: 2, noNullPrototype: true }),
      value,
    );
    const keys = fc.constantFrom("trust", "start", "trusts", "__proto__");
    const config = fc.oneof(
      { weight: 6, arbitrary: fc.record({ trust: value, start: value, sampling }, { requiredKeys: [] }) },
      { weight: 2, arbitrary: fc.dictionary(keys, value, { maxKeys: 3 }) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    const allowedBySchema = schemaOf("trace");
    let accepted = 0;
    const proxy = new Proxy();
    let vm: Vm | undefined;
    let left = 0;
    await fc.assert(
      fc.asyncProperty(config, async (candidate) => {
        if (left-- === 0) [vm, left] = [await proxy.createVm(module), 100];
        const text = JSON.stringify(candidate);
        const allowed = allowedBySchema(JSON.parse(text));
        accepted += Number(allowed);
        assert.equal(vm!.startPlugin({ configuration: text }).ok, allowed, text);
        assert.equal(vm!.trapped, undefined);
      }),
      { numRuns: 5000, seed: 20261121 },
    );
    assert.ok(accepted > 100 && accepted < 4900, `${accepted} of 5000 were allowed, so one side was hardly tried`);
  });
});
