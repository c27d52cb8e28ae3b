// The configuration of spans as schema.json describes it and as the plugin takes it: one and the same set.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import fc from "fast-check";
import { type PluginModule, Proxy } from "../../tools/host/index.js";
import { sample } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";

const accepts = schemaOf("trace");
let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

const NEEDED = { cluster: "otel", authority: "otel:4318", service_name: "reviews" };
const whole = (spans: object) => ({ trust: "full", span: "new", spans: { ...NEEDED, ...spans } });

/** A VM that takes one configuration after another; a new one now and then, since it keeps the memory of each. */
async function trials(): Promise<(text: string) => Promise<string[]>> {
  const proxy = new Proxy();
  let vm = await proxy.createVm(module);
  let count = 0;
  return async (text) => {
    if (++count % 50 === 0) vm = await proxy.createVm(module);
    const before = proxy.logs.length;
    const { ok } = vm.startPlugin({ configuration: text });
    assert.equal(vm.trapped, undefined);
    const lines = proxy.logs.slice(before).filter(({ level }) => level === "critical");
    assert.equal(ok, lines.length === 0);
    return lines.map(({ message }) => message);
  };
}

test("schema and plugin take the same at the limits", async () => {
  const text = (length: number) => "x".repeat(length);
  const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, "v"]));
  const rows: [key: string, good: unknown[], bad: unknown[]][] = [
    ["cluster", ["a|b", text(256)], ["", "a b", "é", text(257), 1]],
    ["authority", ["[::1]:1", text(256)], ["", "a\n", "http://a:4318", "a/", text(257)]],
    ["path", ["/", "/a?b", `/${text(1023)}`], ["", "a", "/ ", `/${text(1024)}`]],
    ["service_name", ["é €", "𝄞".repeat(256)], ["", "𝄞".repeat(257)]],
    ["kind", ["server", "client"], ["internal", "SERVER", 2]],
    ["headers", [{}, pairs(16), { a: "" }, { a: "a b~" }, { [text(128)]: text(1024) }], [pairs(17), { "": "a" }, []]],
    ["headers", [], [{ A: "b" }, { a: " b" }, { a: "b\t" }, { a: "é" }, { a: "\x7f" }, { a: text(1025) }, { a: 1 }]],
    ["headers", [], [{ host: "a" }, { accept: "a" }, { te: "a" }, { ":path": "/" }, { [text(129)]: "a" }, { "a b": "" }]],
    ["resource", [{}, pairs(32), { A: "" }, { a: "𝄞".repeat(1024) }, { [text(256)]: "\n" }], [pairs(33), { "": "a" }]],
    ["resource", [], [{ "service.name": "a" }, { "é": "a" }, { a: "𝄞".repeat(1025) }, { a: null }, { [text(257)]: "" }]],
    ["max_queue", [1, 16384, 2.0], [0, 16385, 1.5, "1"]],
    ["max_batch", [1, 2048], [0, 2049, -1]],
    ["timeout", ["100ms", "60s", "1m"], ["5", "", 5, "s"]],
  ]; // prettier-ignore
  const problemsOf = await trials();
  for (const [key, good, bad] of rows) {
    for (const [values, isGood] of [
      [good, true],
      [bad, false],
    ] as const) {
      // prettier-ignore
      for (const value of values) {
        const config = whole({ [key]: value });
        const problems = await problemsOf(JSON.stringify(config));
        assert.equal(problems.length === 0, isGood, `${key} ${JSON.stringify(value)}: ${problems.join()}`);
        assert.equal(accepts(config), isGood, `${key} ${JSON.stringify(value)}`);
        if (!isGood) assert.match(problems[0]!, new RegExp(`^trace: \\$\\.spans\\.${key}`));
      }
    }
  }
  for (const key of Object.keys(NEEDED)) {
    const config = whole({ [key]: undefined });
    assert.equal((await problemsOf(JSON.stringify(config))).length, 1);
    assert.ok(!accepts(JSON.parse(JSON.stringify(config))));
  }
});

/** What only the plugin can refuse: durations out of range. */
const ONLY_PLUGIN = /^trace: \$\.spans\.timeout: expected a duration/;

test("schema and plugin take the same near good ones", async () => {
  const dictionary = fc.dictionary(fc.constantFrom("a", "b-c", "x.y"), fc.constantFrom("", "v", "v w"), { maxKeys: 3 });
  const spans = fc.record(
    {
      path: fc.constantFrom("/", "/v1/traces"),
      kind: fc.constantFrom("server", "client"),
      headers: dictionary,
      resource: dictionary,
      max_queue: fc.integer({ min: 1, max: 64 }),
      max_batch: fc.integer({ min: 1, max: 64 }),
      timeout: fc.constantFrom("100ms", "2s"),
    },
    { requiredKeys: [] },
  );
  const problemsOf = await trials();
  const counts = { accepted: 0, refused: 0 };
  const inputs = nearby(spans.map(whole), ["change", "remove", "add", "wrap", "graft"]);
  for (const bytes of sample(inputs, 3000, 20261122)) {
    const text = Buffer.from(bytes).toString();
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      continue;
    }
    const problems = await problemsOf(text);
    counts[problems.length === 0 ? "accepted" : "refused"]++;
    const isDifferent = accepts(value) && problems.length > 0;
    if (isDifferent) for (const line of problems) assert.match(line, ONLY_PLUGIN, text);
    else assert.equal(accepts(value), problems.length === 0, text);
  }
  assert.ok(counts.accepted > 300 && counts.refused > 300, JSON.stringify(counts));
});
