import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sumCounts } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

describe("counts of a callback", () => {
  test("hold its host calls, allocations for the host and bytes, context_create included", async () => {
    const rig = await ProbeRig.start({ root: { streamCreate: [op.clockTime(1)] } });
    const { stream, headers } = rig.open({
      requestHeaders: [op.get(0, ":path"), op.get(0, "x-no"), op.add(0, "x-a", "1")],
    });
    const { counts } = stream.requestHeaders(headers, true);
    assert.equal(counts.callback, "proxy_on_request_headers");
    assert.equal(counts.hostCalls["clock_time_get"], 1);
    assert.equal(counts.hostCalls["proxy_get_header_map_value"], 3, "two and the probe's own for its script");
    assert.equal(counts.hostCalls["proxy_add_header_map_value"], 1);
    assert.equal(counts.hostAllocations, 2, ":path and the script");
    const script = headers.at(-1)![1];
    assert.equal(counts.bytesIn, 1 + script.length);
    assert.equal(
      counts.hostCallTotal,
      Object.values(counts.hostCalls).reduce((sum, calls) => sum + calls),
    );
  });

  test("begin at 0 with the next callback, and are empty when the module has none", async () => {
    const rig = await ProbeRig.start({
      vm: { capabilities: ["proxy_on_request_headers", "proxy_log", "proxy_get_header_map_value"] },
    });
    const stream = rig.send({ requestHeaders: [op.get(0, ":path")] }, false);
    const { counts, returned } = stream.requestBody("body", true);
    assert.equal(returned, undefined);
    assert.deepEqual([counts.callback, counts.hostCallTotal, counts.hostAllocations], ["", 0, 0]);
  });

  test("can be summed", () => {
    const counts = { hostCallTotal: 1, hostAllocations: 2, heapAllocations: 3, bytesIn: 4, bytesOut: 5 };
    const sum = sumCounts([
      { callback: "", hostCalls: { a: 1 }, ...counts },
      { callback: "x", hostCalls: { a: 2, b: 1 }, ...counts },
    ]);
    assert.deepEqual([sum.callback, sum.hostCalls, sum.bytesOut], ["x", { a: 3, b: 1 }, 10]);
  });
});
