import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import {
  type CallCounts,
  type HeaderList,
  type Plugin,
  type PluginModule,
  Proxy,
  Status,
} from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

const INBOUND = { mode: "inbound", group: "shop" };
const OUTBOUND = { mode: "outbound", group: "shop" };
const ANY_LANE = { from: { header: "x-lane" }, lanes: ["team.a", "team"] };
const GET = "proxy_get_shared_data";
const SET = "proxy_set_shared_data";

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  module = await fixture("canary/labels");
  counting = await fixture("canary/labels", "counting");
});

interface Passed {
  /** Every value of x-lane that goes on. */
  labels: string[];
  arm: string | undefined;
  counts: CallCounts;
  routeCacheClears: number;
}

/** One worker's filter. */
class Filter {
  private constructor(
    readonly proxy: Proxy,
    readonly plugin: Plugin,
  ) {}

  static async start(proxy: Proxy, propagation: object, lane?: object, options: StartOptions = {}): Promise<Filter> {
    const vm = await proxy.createVm(options.module ?? module, { vmId: options.vmId ?? "group" });
    const configuration = JSON.stringify({ lane_propagation: propagation, ...(lane ? { lane } : {}) });
    return new Filter(proxy, vm.startPlugin({ name: "canary", rootId: "canary", configuration }));
  }

  send(headers: HeaderList): Passed {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([[":method", "GET"], [":path", "/"], ...headers], true); // prettier-ignore
    const sent = [...stream.request.headers];
    stream.close();
    const values = (name: string) => sent.filter(([key]) => key === name).map(([, value]) => value);
    return { labels: values("x-lane"), arm: values("x-arm")[0], counts, routeCacheClears: stream.routeCacheClears };
  }

  count(noun: string): number | undefined {
    this.plugin.tick();
    return this.proxy.metrics.value(`tidegate_canary_${noun}_total`);
  }
}

interface StartOptions {
  module?: PluginModule;
  vmId?: string;
}

/** A workload's two filters, each in a worker of its own. */
async function sidecar(options: { proxy?: Proxy; in?: object; out?: object; module?: PluginModule } = {}) {
  const { proxy = new Proxy(), module } = options;
  const inbound = await Filter.start(proxy, { ...INBOUND, ...options.in }, undefined, { module });
  const outbound = await Filter.start(proxy, { ...OUTBOUND, ...options.out }, ANY_LANE, { module });
  return { proxy, inbound, outbound };
}

function traceparent(trace: number, span: number): [string, string] {
  return ["traceparent", `00-${trace.toString(16).padStart(32, "0")}-${span.toString(16).padStart(16, "0")}-01`];
}

const label = (value: string): [string, string] => ["x-lane", value];
const requestId = (value: string): [string, string] => ["x-request-id", value];

describe("a label that the application drops", () => {
  test("comes back by the trace id, on another worker", async () => {
    const { inbound, outbound } = await sidecar();
    assert.deepEqual(inbound.send([label("team.a"), traceparent(1, 1)]).labels, ["team.a"]);
    const passed = outbound.send([traceparent(1, 2)]);
    assert.deepEqual(passed.labels, ["team.a"]);
    assert.equal(passed.arm, "team.a", "rules see it");
    assert.equal(outbound.count("labels_restored"), 1);
    assert.equal(inbound.count("labels_remembered"), 1);
  });

  test("comes back by the request id, whichever id the application forwards", async () => {
    const { inbound, outbound } = await sidecar();
    inbound.send([label("team.b"), traceparent(1, 1), requestId("r1")]);
    assert.deepEqual(outbound.send([requestId("r1")]).labels, ["team.b"]);
    assert.deepEqual(outbound.send([traceparent(9, 9), requestId("r1")]).labels, ["team.b"]);
    assert.deepEqual(outbound.send([traceparent(1, 9), requestId("r9")]).labels, ["team.b"]);
  });

  test("comes back in one VM that serves both directions, too", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module, { vmId: "group" });
    const plugins = [INBOUND, OUTBOUND].map((propagation) =>
      vm.startPlugin({ name: propagation.mode, configuration: JSON.stringify({ lane_propagation: propagation }) }),
    );
    const send = (plugin: Plugin, headers: HeaderList) => {
      const stream = plugin.openStream();
      stream.requestHeaders(headers, true);
      return stream.request.headers.find(([name]) => name === "x-lane")?.[1];
    };
    send(plugins[0]!, [label("team"), requestId("r")]);
    assert.equal(send(plugins[1]!, [requestId("r")]), "team");
  });

  test("is gone when the application forwards no id", async () => {
    const { inbound, outbound } = await sidecar();
    inbound.send([label("team"), traceparent(1, 1), requestId("r1")]);
    assert.deepEqual(outbound.send([traceparent(2, 1), requestId("r2")]).labels, []);
    assert.deepEqual(outbound.send([]).labels, []);
  });

  test("is gone after its time", async () => {
    const { proxy, inbound, outbound } = await sidecar({ in: { ttl: "5s" }, out: { ttl: "5s" } });
    inbound.send([label("team"), requestId("r")]);
    proxy.clock.advanceMs(5000);
    assert.deepEqual(outbound.send([requestId("r")]).labels, ["team"]);
    proxy.clock.advanceMs(1);
    assert.deepEqual(outbound.send([requestId("r")]).labels, []);
  });

  test("is nobody's when its id came with two labels", async () => {
    const { inbound, outbound } = await sidecar();
    inbound.send([label("team.a"), traceparent(1, 1), requestId("r1")]);
    inbound.send([label("team.b"), traceparent(1, 2), requestId("r2")]);
    assert.deepEqual(outbound.send([traceparent(1, 3)]).labels, []);
    assert.equal(outbound.count("labels_ambiguous"), 1);
    assert.deepEqual(outbound.send([traceparent(1, 3), requestId("r2")]).labels, ["team.b"], "another id tells");
  });

  test("stays within its group and its vm_id", async () => {
    const { proxy, inbound } = await sidecar();
    inbound.send([label("team"), requestId("r")]);
    const otherGroup = await Filter.start(proxy, { ...OUTBOUND, group: "other" });
    const otherVm = await Filter.start(proxy, OUTBOUND, undefined, { vmId: "other" });
    assert.deepEqual(otherGroup.send([requestId("r")]).labels, []);
    assert.deepEqual(otherVm.send([requestId("r")]).labels, []);
  });
});

describe("a label", () => {
  test("that the application forwards is left as it is, without a look at shared data", async () => {
    const { inbound, outbound } = await sidecar();
    inbound.send([label("team.a"), requestId("r")]);
    const { labels, counts, arm } = outbound.send([label("team.b"), requestId("r")]);
    assert.deepEqual(labels, ["team.b"]);
    assert.equal(arm, "team");
    assert.equal(counts.hostCalls[GET], undefined);
  });

  test("that is none is not remembered", async () => {
    const { inbound, outbound } = await sidecar();
    for (const value of ["", "a b", "<x>", ".a", "a,b", "x".repeat(64)]) {
      assert.equal(inbound.send([label(value), requestId("r")]).counts.hostCalls[SET], undefined, value);
    }
    assert.deepEqual(outbound.send([requestId("r")]).labels, []);
    inbound.send([label("x".repeat(63)), requestId("r")]);
    assert.deepEqual(outbound.send([requestId("r")]).labels, ["x".repeat(63)]);
  });

  test("under an id of more than 256 bytes is not remembered", async () => {
    const { inbound, outbound } = await sidecar();
    inbound.send([label("team"), requestId("r".repeat(257))]);
    assert.deepEqual(outbound.send([requestId("r".repeat(257))]).labels, []);
    inbound.send([label("team"), requestId("r".repeat(256))]);
    assert.deepEqual(outbound.send([requestId("r".repeat(256))]).labels, ["team"]);
  });
});

describe("costs", () => {
  const ids: HeaderList = [traceparent(1, 1), requestId("r")];
  const header = "proxy_get_header_map_value";

  test("requests without a label: no shared data inbound, one read for each id outbound, no allocation", async () => {
    const { inbound, outbound } = await sidecar({ module: counting });
    for (const filter of [inbound, outbound]) filter.send(ids);
    const cost = inbound.send(ids).counts;
    assert.deepEqual(cost.hostCalls, { [header]: 1 });
    assert.equal(cost.heapAllocations, 0);
    const { counts, routeCacheClears } = outbound.send(ids);
    assert.deepEqual(counts.hostCalls, { [header]: 3, [GET]: 2 });
    assert.equal(counts.heapAllocations, 0);
    assert.equal(routeCacheClears, 0);
  });

  test("requests with a label: a read and at most a write for each id, no allocation", async () => {
    const { inbound, outbound } = await sidecar({ module: counting });
    const labelled: HeaderList = [label("team"), ...ids];
    const first = inbound.send(labelled).counts;
    assert.deepEqual(first.hostCalls, { [header]: 3, [GET]: 2, [SET]: 2, clock_time_get: 2 });
    const again = inbound.send(labelled).counts;
    assert.deepEqual(again.hostCalls, { [header]: 3, [GET]: 2, clock_time_get: 2 }, "nothing new");
    assert.equal(again.heapAllocations, 0);
    outbound.send(ids);
    const { counts } = outbound.send(ids);
    assert.equal(counts.hostCalls[GET], 1);
    assert.equal(counts.hostCalls["proxy_replace_header_map_value"], 2, "the label, the arm");
    assert.equal(counts.heapAllocations, 0);
  });

  test("memory is fixed: 100,000 requests leave 256 pages of at most 1280 bytes, and the newest labels", async () => {
    const { proxy, inbound, outbound } = await sidecar({ in: { by: ["x-request-id"] } });
    for (let i = 0; i < 100_000; i++) inbound.send([label(`team.${i}`), requestId(`r${i}`)]);
    const keys = proxy.sharedData.keys("group");
    const sizes = keys.map((key) => proxy.sharedData.get("group", key)!.value.length);
    assert.equal(keys.length, 257);
    assert.ok(Math.max(...sizes) <= 1280);
    for (let i = 99_000; i < 100_000; i++) assert.deepEqual(outbound.send([requestId(`r${i}`)]).labels, [`team.${i}`]);
    assert.ok(inbound.count("labels_evicted")! >= 95_000);
  });
});

describe("other workers", () => {
  test("that write at the same time cost another attempt, and a label only when all 8 are lost", async () => {
    const { proxy, inbound, outbound } = await sidecar({ in: { by: ["x-request-id"] } });
    const few = proxy.faults.inject({ call: SET, status: Status.CasMismatch, times: 7 });
    inbound.send([label("team"), requestId("r1")]);
    assert.equal(few.hits, 7);
    assert.deepEqual(outbound.send([requestId("r1")]).labels, ["team"]);
    assert.equal(inbound.count("labels_lost"), 0);
    few.remove();
    const all = proxy.faults.inject({ call: SET, status: Status.CasMismatch });
    inbound.send([label("team"), requestId("r2")]);
    assert.equal(all.hits, 8);
    assert.equal(inbound.count("labels_lost"), 1);
    assert.equal(inbound.count("host_errors"), 0, "that is no error");
  });

  test("see each other's labels and never a wrong one", async () => {
    const step = fc.record({
      worker: fc.nat(2),
      id: fc.nat(5),
      label: fc.option(fc.constantFrom("team", "team.a", "team.b")),
      waitMs: fc.constantFrom(0, 10, 600),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const proxy = new Proxy();
        const workers: { in: Filter; out: Filter }[] = [];
        for (let i = 0; i < 3; i++) {
          const one = await sidecar({ proxy, in: { ttl: "1s" }, out: { ttl: "1s" } });
          workers.push({ in: one.inbound, out: one.outbound });
        }
        let now = 0;
        const model = new Map<number, { labels: Set<string>; at: number }>();
        for (const { worker, id, label: given, waitMs } of steps) {
          proxy.clock.advanceMs(waitMs);
          now += waitMs;
          const filters = workers[worker]!;
          const known = model.get(id);
          const isYoung = known !== undefined && now - known.at <= 1000;
          if (given === null) {
            const expected = isYoung && known.labels.size === 1 ? [...known.labels] : [];
            assert.deepEqual(filters.out.send([requestId(`r${id}`)]).labels, expected);
            continue;
          }
          filters.in.send([label(given), requestId(`r${id}`)]);
          const isNew = !isYoung || (known.labels.size === 1 && !known.labels.has(given));
          const labels = new Set([...(isYoung ? known.labels : []), given]);
          model.set(id, { labels, at: isNew || now - known.at > 500 ? now : known.at });
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

describe("a host that does not answer", () => {
  test("costs labels, never a request", async () => {
    const { proxy, inbound, outbound } = await sidecar();
    inbound.send([label("team"), requestId("r")]);
    const down = [GET, SET].map((call) => proxy.faults.inject({ call, status: Status.InternalFailure }));
    assert.deepEqual(inbound.send([label("team"), requestId("r2")]).labels, ["team"]);
    assert.deepEqual(outbound.send([requestId("r")]).labels, []);
    assert.ok(outbound.count("host_errors")! > 0);
    assert.equal(inbound.count("labels_lost"), 1);
    for (const fault of down) fault.remove();
    assert.deepEqual(outbound.send([requestId("r")]).labels, ["team"]);
  });

  test("or whose pages are somebody else's bytes leads to no label, and the page is ours again", async () => {
    const { proxy, inbound, outbound } = await sidecar();
    for (const garbage of ["x", "x".repeat(80), "x".repeat(1280), "x".repeat(5000)]) {
      const pages = proxy.sharedData.keys("group").filter((name) => name.includes(".page."));
      for (const key of pages) proxy.sharedData.set("group", key, garbage);
      assert.deepEqual(outbound.send([requestId("r")]).labels, []);
      inbound.send([label("team"), requestId("r")]);
      assert.deepEqual(outbound.send([requestId("r")]).labels, ["team"]);
    }
  });
});

test("what the host lent is not overwritten by a page", async () => {
  const proxy = new Proxy();
  const lane = { from: { header: "x-request-id" }, lanes: [`v${"1".repeat(62)}`] };
  const filter = await Filter.start(proxy, { ...INBOUND, by: ["x-request-id"] }, lane);
  const name = lane.lanes[0]!;
  // The page of the first id has one note of 80 bytes, read again by the second request and lent after 16 bytes of its
  // own. The third request's headers end where that page ended.
  for (let i = 0; i < 2; i++) filter.send([label("team.aaaa"), requestId("r1")]);
  for (let length = 1; length <= 63; length++) {
    for (let i = 0; i < 2; i++) filter.send([label("team.aaaa"), requestId("r1")]);
    assert.equal(filter.send([label("x".repeat(length)), requestId(name)]).arm, name, `${length}`);
  }
});

describe("at the edge", () => {
  const users = { from: { header: "x-user" }, lanes: ["team"], users: [{ ids: [42], lane: "team.alice" }] };
  const edge = (lane?: object) => Filter.start(new Proxy(), { mode: "edge" }, lane);

  test("the label of a user's lane begins its way, whatever the client sent", async () => {
    const filter = await edge(users);
    const mine = label("team.alice");
    const asked: HeaderList[] = [[], [label("team.bob")], [label("a"), mine], [mine, label("b")], [mine, mine]];
    for (const headers of asked) {
      const { labels, arm } = filter.send([["x-user", "42"], ...headers]);
      assert.deepEqual([labels, arm], [["team.alice"], "team"]);
    }
  });

  test("a label by which no lane was chosen ends", async () => {
    const filter = await edge(users);
    assert.deepEqual(filter.send([["x-user", "43"], label("team.alice")]).labels, []);
    assert.deepEqual((await edge()).send([label("team.alice")]).labels, []);
    assert.deepEqual((await edge(ANY_LANE)).send([label("nobody")]).labels, []);
  });

  test("a label that cannot be written is not left to the client", async () => {
    const filter = await edge(users);
    const fault = filter.proxy.faults.inject({
      call: "proxy_replace_header_map_value",
      status: Status.InternalFailure,
    });
    assert.deepEqual(filter.send([["x-user", "42"], label("team.bob")]).labels, []);
    assert.equal(fault.hits, 2, "that of x-arm, too");
    assert.equal(filter.count("host_errors"), 1);
  });

  test("a label that is right already is not written again", async () => {
    const filter = await edge(ANY_LANE);
    const { labels, counts } = filter.send([label("team.a.b")]);
    assert.deepEqual(labels, ["team.a.b"], "whole, since the next hop may have that lane");
    const reads = { proxy_get_header_map_value: 1, proxy_get_property: 1 };
    assert.deepEqual(counts.hostCalls, { ...reads, proxy_replace_header_map_value: 1 }, "that is x-arm");
  });
});
