// What formats may cost on the request path: reading one call, writing one for each header that changes, no allocation.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig, type TraceConfig } from "../support/trace.js";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** One sampled context in each format, as it is written. */
const WRITTEN: Record<string, HeaderList> = {
  tracecontext: [["traceparent", `00-${TRACE}-${SPAN}-01`]],
  b3: [["b3", `${TRACE}-${SPAN}-1`]],
  b3multi: [
    ["x-b3-traceid", TRACE],
    ["x-b3-spanid", SPAN],
    ["x-b3-sampled", "1"],
  ],
  jaeger: [["uber-trace-id", `${TRACE}:${SPAN}:0:1`]],
  xray: [["x-amzn-trace-id", `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${SPAN};Sampled=1`]],
  datadog: [
    ["x-datadog-trace-id", "11803532876627986230"],
    ["x-datadog-parent-id", "67667974448284343"],
    ["x-datadog-sampling-priority", "1"],
    ["x-datadog-tags", "_dd.p.tid=4bf92f3577b34da6"],
  ],
  google: [["x-cloud-trace-context", `${TRACE}/67667974448284343;o=1`]],
};
const NAMES = Object.keys(WRITTEN);
const READ = { proxy_get_header_map_pairs: 1 };

let counting: PluginModule;
before(async () => {
  counting = await pluginModule("trace", "counting");
  assert.ok(counting.countsAllocations);
});

/** What the last of four like requests comes to. */
async function sendTo(config: TraceConfig, headers: HeaderList) {
  const rig = await TraceRig.start(counting, { trust: "full", ...config });
  for (let i = 0; i < 3; i++) rig.send(headers);
  return rig.send(headers);
}

const sorted = (headers: HeaderList) => headers.map(([name, value]) => `${name}: ${value}`).sort();

describe("a context that goes on in the formats in which it came", () => {
  for (const name of NAMES) {
    test(`${name} costs the reading of the headers`, async () => {
      const { counts, headers } = await sendTo({ extract: [name], inject: [name] }, WRITTEN[name]!);
      assert.deepEqual(counts.hostCalls, READ);
      assert.equal(counts.heapAllocations, 0);
      assert.deepEqual(headers, WRITTEN[name]);
    });
  }

  test("all of them together cost no more", async () => {
    const { counts } = await sendTo({ extract: NAMES, inject: NAMES }, Object.values(WRITTEN).flat());
    assert.deepEqual(counts.hostCalls, READ);
    assert.equal(counts.heapAllocations, 0);
  });
});

describe("a context that is converted", () => {
  const pairs = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to) => [from, to] as const));
  for (const [from, to] of pairs) {
    test(`from ${from} to ${to} costs a call for each header`, async () => {
      const { counts, headers } = await sendTo({ extract: [from], inject: [to] }, WRITTEN[from]!);
      assert.deepEqual(counts.hostCalls, { ...READ, proxy_replace_header_map_value: WRITTEN[to]!.length });
      assert.equal(counts.heapAllocations, 0);
      assert.deepEqual(sorted(headers), sorted([...WRITTEN[from]!, ...WRITTEN[to]!]));
    });
  }
});

test("what cannot be read allocates nothing either", async () => {
  const broken: HeaderList = Object.values(WRITTEN)
    .flat()
    .map(([name, value]) => [name, `${value}-${"x".repeat(200)}`]);
  const { counts } = await sendTo({ extract: NAMES, inject: NAMES }, broken);
  assert.equal(counts.heapAllocations, 0);
});
