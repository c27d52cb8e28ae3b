// The configuration as schema.json describes it and as the plugin takes it: one and the same set.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { sample } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { pluginSchema, schemaOf } from "../support/plugin-schema.js";
import { TraceRig } from "../support/trace.js";
import { traceConfigurations } from "../support/trace-configs.js";
import { traceRequests } from "../support/trace-inputs.js";

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
      'trace: $.trust: expected one of "full", "sampled-only", "none", not "some"',
      "trace: $.start: expected a boolean, not a number",
      'trace: $.sampling.rate: unknown key; expected "continued", "percent", "per_second", "force", "paths", "threshold"',
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

/** What only the plugin can refuse: names and paths that are compared. */
const ONLY_PLUGIN = [/^trace: \$\.(extract|inject)\[\d+\]: "\w+" stands here twice$/];

/** The schema of a key, wherever it is written down. */
function resolved(node: Record<string, unknown>): Record<string, unknown> {
  const reference = node["$ref"];
  if (typeof reference !== "string") return node;
  const definitions = schema["$defs"] as Record<string, Record<string, unknown>>;
  return { ...definitions[reference.replace("#/$defs/", "")]!, ...node };
}

/** All keys below a schema, with their paths. */
function keysOf(node: Record<string, unknown>, path: string): [path: string, schema: Record<string, unknown>][] {
  const properties = (node["properties"] ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(properties).flatMap(([key, value]) => {
    const found = resolved(value);
    const inner = resolved((found["items"] ?? found) as Record<string, unknown>);
    return [[`${path}.${key}`, found], ...keysOf(inner, `${path}.${key}`)];
  });
}

/** A configuration that says all that is so anyway. */
function defaultsOf(node: Record<string, unknown>): Record<string, unknown> {
  const properties = (node["properties"] ?? {}) as Record<string, Record<string, unknown>>;
  const said = Object.entries(properties).map(([key, value]): [string, unknown] => {
    const found = resolved(value);
    const inner = found["required"] === undefined ? defaultsOf(found) : {};
    return [key, Object.keys(inner).length > 0 ? inner : found["default"]];
  });
  return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

describe("schema.json", () => {
  test("describes every key, with title, description and examples", () => {
    const keys = keysOf(schema, "$");
    assert.ok(keys.length > 40, `${keys.length} keys`);
    const undescribed = keys.flatMap(([path, value]) => {
      const missing = ["title", "description", "examples"].filter((word) => !(word in value));
      return missing.length > 0 ? [`${path}: ${missing.join(", ")}`] : [];
    });
    assert.deepEqual(undescribed, []);
  });

  test("has defaults that mean the same as no key", async () => {
    const defaults = { ...defaultsOf(schema), trust: "full" as const };
    for (const key of ["start", "extract", "inject", "span", "sampling", "baggage"]) assert.ok(key in defaults, key);
    const [written, none] = [await TraceRig.start(module, defaults), await TraceRig.start(module, { trust: "full" })];
    for (const headers of sample(traceRequests(["tracecontext"]), 500, 20261121)) {
      assert.deepEqual(written.send(headers).headers, none.send(headers).headers);
    }
  });

  test("has examples that plugin and schema take", async () => {
    const accepts = schemaOf("trace");
    for (const example of schema["examples"] as object[]) {
      assert.ok(accepts(example), JSON.stringify(example));
      assert.deepEqual(await problemsOf(JSON.stringify(example)), []);
    }
  });

  test("refuses what the plugin refuses, where keys ask for each other and names are taken", async () => {
    const spans = { cluster: "otel", authority: "otel:4318", service_name: "reviews" };
    const by = (name: string): object => ({ join: { mode: "inbound", group: "g", by: [name] } });
    const response = (name: string): object => ({ response: { trace_id: name } });
    const rows: [path: string, bad: object[], good: object[]][] = [
      ["tracestate_key", [{ tracestate_key: "a" }, { span: "pass", tracestate_key: "a" }], [{ span: "new", tracestate_key: "a" }]],
      ["spans", [{ spans }, { span: "pass", spans }], [{ span: "new", spans }]],
      ["response.trace_id", ["host", "te", "set-cookie", "server-timing", "traceresponse"].map(response), ["trace", "x-host"].map(response)],
      ["join.by[0]", ["traceparent", "b3", "sw8", "x-b3-x", "uberctx-", "x-datadog-a"].map(by), ["host", "b3x", "sw8-x", "x-b3", "x-sw8"].map(by)],
    ]; // prettier-ignore
    const accepts = schemaOf("trace");
    for (const [path, bad, good] of rows) {
      for (const config of good) {
        assert.deepEqual(await problemsOf(JSON.stringify(config)), []);
        assert.ok(accepts(config), JSON.stringify(config));
      }
      for (const config of bad) {
        const problems = await problemsOf(JSON.stringify(config));
        assert.equal(problems.length, 1);
        assert.ok(problems[0]!.startsWith(`trace: $.${path}: expected `), problems[0]);
        assert.ok(!accepts(config), JSON.stringify(config));
      }
    }
  });

  test("refuses what the plugin refuses, and nothing else", async () => {
    const good = fc.constantFrom(...sample(traceConfigurations, 1000, 20261121));
    const accepts = schemaOf("trace");
    const counts = { accepted: 0, refused: 0 };
    const proxy = new Proxy();
    let vm = await proxy.createVm(module);
    for (const [index, bytes] of sample(
      nearby(good, ["change", "remove", "add", "wrap", "graft"]),
      5000,
      1,
    ).entries()) {
      const text = Buffer.from(bytes).toString();
      const value = parsed(text);
      if (value === undefined) continue;
      if (index % 100 === 99) vm = await proxy.createVm(module);
      const before = proxy.logs.length;
      const { ok } = vm.startPlugin({ configuration: text });
      assert.equal(vm.trapped, undefined);
      counts[ok ? "accepted" : "refused"]++;
      const lines = proxy.logs.slice(before).map(({ message }) => message);
      if (ok || !accepts(value)) assert.equal(ok, accepts(value), `${text}\n${lines.join("\n")}`);
      else
        for (const line of lines)
          assert.ok(
            ONLY_PLUGIN.some((one) => one.test(line)),
            `${text}\n${line}`,
          );
    }
    assert.ok(counts.accepted > 500 && counts.refused > 500, JSON.stringify(counts));
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
