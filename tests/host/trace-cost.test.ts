// What the request path may cost: host calls, allocations, memory. Counted on the module as Envoy would run it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig, type TraceConfig } from "../support/trace.js";

const VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const ORDINARY: HeaderList = Array.from({ length: 25 }, (_, index) => [`x-header-${index}`, `value ${index}`]);

let counting: PluginModule;
let release: PluginModule;
before(async () => {
  [counting, release] = [await pluginModule("trace", "counting"), await pluginModule("trace")];
  assert.ok(counting.countsAllocations);
});

/** What the request costs once the plugin is warm. */
async function costOf(headers: HeaderList, config: TraceConfig = {}) {
  const rig = await TraceRig.start(counting, config);
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
  const rows: [what: string, headers: HeaderList, config: TraceConfig, calls: Record<string, number>][] = [
    ["continuing a context", [...ORDINARY, ...context], {}, read],
    ["a context over several tracestates", [...context, ["tracestate", "a=1"]], {}, read],
    ["nothing to do", ORDINARY, { start: false }, read],
    ["starting a trace", ORDINARY, {}, replaced],
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
    const rig = await TraceRig.start(counting);
    const large: HeaderList = [...context, ["cookie", "c".repeat(60_000)]];
    for (let i = 0; i < 3; i++) rig.send(large);
    assert.equal(rig.send(large).counts.heapAllocations, 1);
    const before = rig.vm.memoryBytes;
    for (let i = 0; i < 1000; i++) rig.send(large);
    assert.equal(rig.vm.memoryBytes, before);
  });
});

test("a tick makes one call for each counter that moved", async () => {
  const rig = await TraceRig.start(counting);
  rig.send([["traceparent", VALID]]);
  assert.deepEqual(rig.plugin.tick().hostCalls, { proxy_increment_metric: 1 });
  assert.equal(rig.plugin.tick().hostCallTotal, 0);
});

test("memory stays as it is over 200,000 requests with contexts of their own", async () => {
  const rig = await TraceRig.start(release);
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
