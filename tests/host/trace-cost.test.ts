// What the request path may cost: host calls, allocations, memory. Counted on the module as Envoy would run it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig, type TraceConfig } from "../support/trace.js";
import { formatOf, FORMATS } from "../support/trace-oracle-formats.js";

const VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/** Formats that can be written, and headers that say the same in all of them. */
const WRITABLE = FORMATS.filter(({ inject }) => inject !== undefined);
const ALL = WRITABLE.map(({ name }) => name);
const everywhere: HeaderList = WRITABLE.flatMap(({ inject }) => {
  const context = formatOf("tracecontext")!.extract([["traceparent", VALID]]);
  assert.ok(context.found === "trace");
  return Object.entries(inject!(context.context, [])).filter((entry): entry is [string, string] => entry[1] !== null);
});
const ORDINARY: HeaderList = Array.from({ length: 25 }, (_, index) => [`x-header-${index}`, `value ${index}`]);

let counting: PluginModule;
let release: PluginModule;
before(async () => {
  [counting, release] = [await pluginModule("trace", "counting"), await pluginModule("trace")];
  assert.ok(counting.countsAllocations);
});

/** What the request costs once the plugin is warm. */
async function costOf(headers: HeaderList, config: TraceConfig = {}) {
  const rig = await TraceRig.start(counting, { trust: "full", ...config });
  for (let i = 0; i < 3; i++) rig.send(headers);
  return rig.send(headers).counts;
}

describe("host calls and allocations of a request", () => {
  const context: HeaderList = [
    ["traceparent", VALID],
    ["tracestate", "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"],
  ];
  const read = { proxy_get_header_map_pairs: 1 };
  const replaced = { ...read, proxy_replace_header_map_value: 1 };
  const replacing = (count: number) => ({ ...read, proxy_replace_header_map_value: count });
  const rows: [what: string, headers: HeaderList, config: TraceConfig, calls: Record<string, number>][] = [
    ["continuing a context", [...ORDINARY, ...context], {}, read],
    ["a context over several tracestates", [...context, ["tracestate", "a=1"]], {}, read],
    ["nothing to do", ORDINARY, { start: false }, read],
    ["starting a trace", ORDINARY, {}, replaced],
    ["continuing in all formats at once", everywhere, { extract: ALL, inject: ALL }, read],
    ["a parent of this hop", context, { span: "new" }, replaced],
    ["a parent of this hop in tracestate too", context, { span: "new", tracestate_key: "acme" }, replacing(2)],
    ["W3C to B3", [...ORDINARY, ["traceparent", VALID]], { inject: ["b3"] }, replaced],
    ["W3C to Datadog", [["traceparent", VALID]], { inject: ["datadog"] }, replacing(4)],
    ["restarting one", [["traceparent", "bad"]], {}, replaced],
    [
      "restarting one with a tracestate",
      [
        ["traceparent", "bad"],
        ["tracestate", "a=1"],
      ],
      {},
      { ...replaced, proxy_remove_header_map_value: 1 },
    ],
    [
      "dropping a tracestate",
      [
        ["traceparent", VALID],
        ["tracestate", "A"],
      ],
      {},
      { ...read, proxy_remove_header_map_value: 1 },
    ],
  ];
  for (const [what, headers, config, calls] of rows) {
    test(what, async () => {
      const counts = await costOf(headers, config);
      assert.deepEqual(counts.hostCalls, calls);
      assert.equal(counts.heapAllocations, 0);
    });
  }

  test("headers of 60 KB take one block from the heap, given back with the next request", async () => {
    const rig = await TraceRig.start(counting, { trust: "full" });
    const large: HeaderList = [...context, ["cookie", "c".repeat(60_000)]];
    for (let i = 0; i < 3; i++) rig.send(large);
    assert.equal(rig.send(large).counts.heapAllocations, 1);
    const before = rig.vm.memoryBytes;
    for (let i = 0; i < 1000; i++) rig.send(large);
    assert.equal(rig.vm.memoryBytes, before);
  });
});

test("a request costs one host call more, and no allocation, where the listener decides", async () => {
  const spans = {
    cluster: "otel",
    authority: "otel:4318",
    service_name: "reviews",
    max_queue: 16_384,
    max_batch: 2048,
  };
  const join = { mode: "inbound", group: "reviews", entries: 262_144 };
  const inbound = { properties: { xds: { listener_direction: 1 } } };
  const config: TraceConfig = { span: "new", sampling: { per_second: 100 }, join, spans };
  const [told, left] = [{ ...config, trust: "full" as const, spans: { ...spans, kind: "server" } }, config];
  const [first, same] = await Promise.all(
    [left, told].map(async (each) => {
      const rig = await TraceRig.start(counting, each, new Proxy(inbound));
      const before = rig.vm.memoryBytes;
      const { counts } = rig.send([["traceparent", VALID]]);
      assert.equal(rig.vm.memoryBytes, before);
      return counts;
    }),
  );
  assert.deepEqual(first!.hostCalls, { ...same!.hostCalls, proxy_get_property: 1 });
  assert.equal(first!.heapAllocations, same!.heapAllocations);
});

test("a tick makes one call for each counter that moved", async () => {
  const rig = await TraceRig.start(counting, { trust: "full" });
  rig.send([["traceparent", VALID]]);
  // That it was continued, and that it is sampled.
  assert.deepEqual(rig.plugin.tick().hostCalls, { proxy_increment_metric: 2 });
  assert.equal(rig.plugin.tick().hostCallTotal, 0);
});

test("memory stays as it is over 200,000 requests with contexts of their own", async () => {
  const rig = await TraceRig.start(release, { trust: "full" });
  const request = (index: number): HeaderList => {
    const id = index.toString(16).padStart(16, "0");
    if (index % 4 === 0) return [];
    if (index % 4 === 1) return [["traceparent", `00-${id}${id}-${id}-0`]];
    return [["traceparent", `00-${id}${id}-${id}-01`], ["tracestate", `a=${id},b${id}=1`]]; // prettier-ignore
  };
  for (let index = 1; index <= 1000; index++) rig.send(request(index));
  const before = rig.vm.memoryBytes;
  for (let index = 1001; index <= 201_000; index++) rig.send(request(index));
  assert.equal(rig.vm.memoryBytes, before);
  assert.equal(rig.vm.trapped, undefined);
});
