import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { type HeaderList, type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";
import { pluginModule } from "../support/plugin-module.js";
import { NEW_TRACEPARENT, TraceRig } from "../support/trace.js";
import { contextOf, JoinFilter, joinSides } from "../support/trace-join.js";

const GET = "proxy_get_shared_data";
const SET = "proxy_set_shared_data";
/** One read of the header map, by the fixture, and what it writes outbound. */
const MAP = { proxy_get_header_map_pairs: 1 };
const TOLD = { proxy_replace_header_map_value: 1 };

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  module = await fixture("trace/join");
  counting = await fixture("trace/join", "counting");
});

const requestId = (value: string): [string, string] => ["x-request-id", value];
const session = (value: string): [string, string] => ["x-session", value];
const BOTH = { by: ["x-request-id", "x-session"] };

describe("a context that the application drops", () => {
  test("comes back whole, on another worker", async () => {
    const { inbound, outbound } = await joinSides(module);
    for (let i = 1; i <= 24; i++) inbound.remember(contextOf(i), [requestId(`r${i}`)]);
    for (let i = 1; i <= 24; i++) {
      const { join, context } = outbound.recall([requestId(`r${i}`)]);
      assert.equal(join, "one");
      assert.deepEqual(context, contextOf(i));
    }
    assert.equal(inbound.count("remembered"), 24);
    assert.equal(outbound.count("parentless"), 0);
  });

  test("comes back in one VM that serves both directions, too", async () => {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module, { vmId: "group" });
    const plugins = ["inbound", "outbound"].map((mode) =>
      vm.startPlugin({ name: mode, rootId: "trace", configuration: JSON.stringify({ mode, group: "g" }) }),
    );
    const [inbound, outbound] = plugins.map((plugin) => new JoinFilter(proxy, plugin)) as [JoinFilter, JoinFilter];
    inbound.remember(contextOf(5), [requestId("r")]);
    assert.deepEqual(outbound.recall([requestId("r")]).context, contextOf(5));
  });

  test("comes back for every request that it causes, by whichever key these have", async () => {
    const { inbound, outbound } = await joinSides(module, { in: BOTH, out: BOTH });
    inbound.remember(contextOf(1), [requestId("r1"), session("s1")]);
    for (const headers of [[requestId("r1")], [session("s1")], [requestId("else"), session("s1")]] as HeaderList[]) {
      assert.deepEqual(outbound.recall(headers).context, contextOf(1));
    }
    assert.equal(outbound.recall([requestId("s1"), session("r1")]).join, "none", "a header's value is not another's");
  });

  test("is gone without a key, and counted", async () => {
    const by = { by: ["x-session"] };
    const { inbound, outbound } = await joinSides(module, { in: by, out: by });
    inbound.remember(contextOf(1), [session("s1")]);
    inbound.remember(contextOf(2), []);
    assert.equal(inbound.count("keyless"), 1);
    assert.equal(outbound.recall([]).join, "none");
    assert.equal(outbound.recall([session("s1"), session("s1")]).join, "none", "repeated");
    assert.equal(outbound.count("keyless"), 3);
    assert.equal(outbound.recall([session("s2")]).join, "none");
    assert.equal(outbound.count("missed"), 1);
  });

  test("is gone after its time", async () => {
    const { proxy, inbound, outbound } = await joinSides(module, { in: { ttl: "5s" }, out: { ttl: "5s" } });
    inbound.remember(contextOf(1), [requestId("r")]);
    proxy.clock.advanceMs(5000);
    assert.equal(outbound.recall([requestId("r")]).join, "one");
    proxy.clock.advanceMs(1);
    assert.equal(outbound.recall([requestId("r")]).join, "none");
  });

  test("stays within its group and its vm_id", async () => {
    const { proxy, inbound } = await joinSides(module);
    inbound.remember(contextOf(1), [requestId("r")]);
    const otherGroup = await JoinFilter.start(proxy, module, { mode: "outbound", group: "other" });
    const otherVm = await JoinFilter.start(proxy, module, { mode: "outbound", group: "shop" }, "other");
    assert.equal(otherGroup.recall([requestId("r")]).join, "none");
    assert.equal(otherVm.recall([requestId("r")]).join, "none");
  });

  test("is remembered inbound only, and given back outbound only", async () => {
    const { inbound, outbound } = await joinSides(module);
    outbound.remember(contextOf(1), [requestId("r1")]);
    inbound.remember(contextOf(2), [requestId("r2")]);
    for (const id of ["r1", "r2"]) assert.equal(inbound.recall([requestId(id)]).join, "none");
    assert.equal(outbound.recall([requestId("r1")]).join, "none");
    assert.equal(outbound.recall([requestId("r2")]).join, "one");
  });

  test("comes back though Envoy marked the request id on its way", async () => {
    const { inbound, outbound } = await joinSides(module);
    inbound.remember(contextOf(1), [requestId("b2a1c4d8-9f00-4e3a-8c11-0123456789ab")]);
    assert.equal(outbound.recall([requestId("b2a1c4d8-9f00-9e3a-8c11-0123456789ab")]).join, "one");
  });
});

describe("a key that is not one request's", () => {
  test("joins nothing when it came with two traces, and another key still may", async () => {
    const { inbound, outbound } = await joinSides(module, { in: BOTH, out: BOTH });
    inbound.remember(contextOf(1), [requestId("r1"), session("same")]);
    inbound.remember(contextOf(2), [requestId("r2"), session("same")]);
    assert.equal(outbound.recall([session("same")]).join, "ambiguous");
    assert.equal(outbound.count("ambiguous"), 1);
    assert.deepEqual(outbound.recall([requestId("r2"), session("same")]).context, contextOf(2));
    inbound.remember(contextOf(3), [requestId("r1"), session("s3")]);
    assert.equal(outbound.recall([requestId("r1")]).join, "ambiguous");
    assert.deepEqual(outbound.recall([requestId("r1"), session("s3")]).context, contextOf(3));
    assert.equal(outbound.count("ambiguous"), 2);
  });

  test("leads to the trace, and to no parent, when one trace calls a workload several times", async () => {
    const { inbound, outbound } = await joinSides(module);
    for (const parent of [1, 2, 1, 3]) inbound.remember(contextOf(6, parent), [requestId("r")]);
    const { join, context } = outbound.recall([requestId("r")]);
    assert.equal(join, "one");
    assert.deepEqual(context, { ...contextOf(6), parentId: 0n });
    assert.equal(outbound.count("parentless"), 1);
  });

  test("leads to the parent when a request is only tried again", async () => {
    const { inbound, outbound } = await joinSides(module);
    for (let i = 0; i < 3; i++) inbound.remember(contextOf(6), [requestId("r")]);
    assert.deepEqual(outbound.recall([requestId("r")]).context, contextOf(6));
  });
});

describe("costs", () => {
  test("a read, a time and at most a write for each key; no header is read, nothing is allocated", async () => {
    const { inbound, outbound } = await joinSides(counting, { in: BOTH, out: BOTH });
    const keys: HeaderList = [requestId("b2a1c4d8-9f00-9e3a-8c11-0123456789ab"), session("s")];
    inbound.remember(contextOf(1), [requestId("r0"), session("s0")]);
    const first = inbound.remember(contextOf(2), keys);
    assert.deepEqual(first.hostCalls, { ...MAP, [GET]: 2, [SET]: 2, clock_time_get: 2 });
    assert.equal(first.heapAllocations, 0);
    const again = inbound.remember(contextOf(2), keys);
    assert.deepEqual(again.hostCalls, { ...MAP, [GET]: 2, clock_time_get: 2 }, "nothing new");
    outbound.recall(keys);
    const one = outbound.recall(keys).counts;
    assert.deepEqual(one.hostCalls, {
      ...MAP,
      [GET]: 1,
      clock_time_get: 1,
      proxy_replace_header_map_value: 2,
    });
    assert.equal(one.heapAllocations, 0);
    const none = outbound.recall([requestId("x"), session("y")]).counts;
    assert.deepEqual(none.hostCalls, { ...MAP, ...TOLD, [GET]: 2 });
    assert.equal(none.heapAllocations, 0);
    assert.deepEqual(outbound.recall([]).counts.hostCalls, { ...MAP, ...TOLD }, "without a key");
  });

  test("memory is fixed: 80 bytes an entry, whatever comes, and the newest contexts are there", async () => {
    const { proxy, inbound, outbound } = await joinSides(module, { in: { entries: 1024 }, out: { entries: 1024 } });
    const count = 20_000;
    for (let i = 1; i <= count; i++) inbound.remember(contextOf(i), [requestId(`r${i}`)]);
    const keys = proxy.sharedData.keys("group");
    const sizes = keys.map((key) => proxy.sharedData.get("group", key)!.value.length);
    assert.equal(keys.length, 64 + 2, "pages and secrets");
    assert.equal(Math.max(...sizes), 16 * 80);
    assert.equal(inbound.count("evicted"), count - 1024);
    for (let i = count - 200; i <= count; i++) {
      assert.deepEqual(outbound.recall([requestId(`r${i}`)]).context, contextOf(i));
    }
  });

  test("contexts are lost only when many requests come between one and those that it causes", async () => {
    const entries = 1024;
    for (const [between, least] of [
      [entries / 4, 1],
      [entries / 2, 0.98],
      [entries, 0.4],
    ] as const) {
      const { inbound, outbound } = await joinSides(module, { in: { entries }, out: { entries } });
      let joined = 0;
      const count = 8 * entries;
      for (let i = 1; i <= count + between; i++) {
        inbound.remember(contextOf(i), [requestId(`r${i}`)]);
        if (i > between && outbound.recall([requestId(`r${i - between}`)]).join === "one") joined++;
      }
      assert.ok(joined >= least * count, `${joined} of ${count} after ${between} others`);
    }
  });
});

describe("other workers", () => {
  test("that write at the same time cost another attempt, and a context only when all 8 are lost", async () => {
    const { proxy, inbound, outbound } = await joinSides(module);
    const few = proxy.faults.inject({ call: SET, status: Status.CasMismatch, times: 7 });
    inbound.remember(contextOf(1), [requestId("r1")]);
    assert.equal(few.hits, 7);
    assert.equal(outbound.recall([requestId("r1")]).join, "one");
    assert.equal(inbound.count("lost"), 0);
    few.remove();
    const all = proxy.faults.inject({ call: SET, status: Status.CasMismatch });
    inbound.remember(contextOf(2), [requestId("r2")]);
    assert.equal(all.hits, 8);
    assert.equal(inbound.count("lost"), 1);
  });

  test("see each other's contexts and never a wrong one, as a model says that keeps everything", async () => {
    const step = fc.record({
      worker: fc.nat(2),
      key: fc.nat(5),
      context: fc.option(fc.record({ trace: fc.integer({ min: 1, max: 3 }), parent: fc.nat(1) })),
      waitMs: fc.constantFrom(0, 10, 600),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const proxy = new Proxy();
        const options = { proxy, in: { ttl: "1s" }, out: { ttl: "1s" } };
        const workers = [];
        for (let i = 0; i < 3; i++) workers.push(await joinSides(module, options));
        const model = new Model(1000);
        let now = 0;
        for (const { worker, key, context, waitMs } of steps) {
          proxy.clock.advanceMs(waitMs);
          now += waitMs;
          const { inbound, outbound }: { inbound: JoinFilter; outbound: JoinFilter } = workers[worker]!;
          if (context === null) {
            assert.equal(described(outbound.recall([requestId(`r${key}`)])), model.recall(key, now));
            continue;
          }
          inbound.remember(contextOf(context.trace, context.parent), [requestId(`r${key}`)]);
          model.remember(key, context.trace, context.parent, now);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

/** What a key stands for: the traces and parents that came under it, until the note of them is too old. */
class Model {
  private readonly notes = new Map<number, { traces: Set<number>; parents: Set<number>; at: number }>();

  constructor(private readonly ttlMs: number) {}

  remember(key: number, trace: number, parent: number, now: number): void {
    const before = this.recall(key, now);
    const old = this.notes.get(key);
    const note = old !== undefined && before !== "none" ? old : { traces: new Set(), parents: new Set(), at: now };
    note.traces.add(trace);
    note.parents.add(parent);
    this.notes.set(key, note as { traces: Set<number>; parents: Set<number>; at: number });
    if (this.recall(key, now) !== before || now - note.at > this.ttlMs / 2) note.at = now;
  }

  recall(key: number, now: number): string {
    const note = this.notes.get(key);
    if (note === undefined || now - note.at > this.ttlMs) return "none";
    if (note.traces.size > 1) return "ambiguous";
    const [trace] = note.traces;
    const [parent, other] = note.parents;
    return `one ${contextOf(trace!).traceId} ${other === undefined ? contextOf(1, parent).parentId : 0n}`;
  }
}

function described({ join, context }: ReturnType<JoinFilter["recall"]>): string {
  return context ? `${join} ${context.traceId} ${context.parentId}` : `${join}`;
}

describe("a host that does not answer", () => {
  test("costs joins, never a request", async () => {
    const { proxy, inbound, outbound } = await joinSides(module);
    inbound.remember(contextOf(1), [requestId("r")]);
    const down = [GET, SET].map((call) => proxy.faults.inject({ call, status: Status.InternalFailure }));
    inbound.remember(contextOf(2), [requestId("r2")]);
    assert.equal(outbound.recall([requestId("r")]).join, "none");
    assert.equal(inbound.count("lost"), 1);
    outbound.plugin.tick();
    assert.equal(proxy.metrics.value("tidegate_trace_host_errors_total"), 2);
    for (const fault of down) fault.remove();
    assert.equal(outbound.recall([requestId("r")]).join, "one");
  });

  test("or whose pages are somebody else's bytes leads to no context, and the page is ours again", async () => {
    const { proxy, inbound, outbound } = await joinSides(module);
    for (const garbage of ["x", "x".repeat(80), "x".repeat(1280), "x".repeat(5000)]) {
      for (const key of proxy.sharedData.keys("group").filter((name) => name.includes(".page."))) {
        proxy.sharedData.set("group", key, garbage);
      }
      assert.equal(outbound.recall([requestId("r")]).join, "none");
      inbound.remember(contextOf(3), [requestId("r")]);
      assert.deepEqual(outbound.recall([requestId("r")]).context, contextOf(3));
    }
  });
});

describe("the plugin", () => {
  const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const traceparent: [string, string] = ["traceparent", TRACEPARENT];
  const config = (mode: string) => ({ trust: "full" as const, join: { mode, group: "shop" } });
  let plugin: PluginModule;
  before(async () => {
    plugin = await pluginModule("trace", "counting");
  });

  async function sides() {
    const proxy = new Proxy();
    const inbound = await TraceRig.start(plugin, config("inbound"), proxy);
    const outbound = await TraceRig.start(plugin, config("outbound"), proxy);
    for (const one of [inbound, outbound]) one.send([requestId("first")]);
    return { inbound, outbound };
  }

  test("remembers with what context a request goes on, its own or a new one", async () => {
    const { inbound, outbound } = await sides();
    const started = inbound.send([requestId("r1")]).traceparent;
    assert.match(started[0]!, NEW_TRACEPARENT);
    inbound.send([traceparent, requestId("r2")]);
    assert.deepEqual(outbound.send([requestId("r1")]).traceparent, started);
    assert.deepEqual(outbound.send([requestId("r2")]).traceparent, [TRACEPARENT]);
    assert.match(outbound.send([requestId("r3")]).traceparent[0]!, NEW_TRACEPARENT);
    outbound.plugin.tick();
    const counted = ["joined", "join_missed"].map((noun) =>
      outbound.proxy.metrics.value(`tidegate_trace_${noun}_total`),
    );
    assert.deepEqual(counted, [3, 1], "the first one, too");
  });

  test("leaves a request alone that has a context, or something that is none", async () => {
    const { inbound, outbound } = await sides();
    inbound.send([traceparent, requestId("r")]);
    const other = TRACEPARENT.replace("4bf9", "ffff");
    const { traceparent: kept, counts } = outbound.send([["traceparent", other], requestId("r")]);
    assert.deepEqual(kept, [other]);
    assert.equal(counts.hostCalls[GET], undefined);
    assert.match(outbound.send([["traceparent", "00-bad"], requestId("r")]).traceparent[0]!, NEW_TRACEPARENT);
  });

  test("adds three host calls to a request that comes in, and two to one that is joined", async () => {
    const { inbound, outbound } = await sides();
    const read = { proxy_get_header_map_pairs: 1 };
    const remembered = inbound.send([traceparent, requestId("r")]).counts;
    assert.deepEqual(remembered.hostCalls, { ...read, [GET]: 1, clock_time_get: 1, [SET]: 1 });
    assert.equal(remembered.heapAllocations, 0);
    outbound.send([requestId("r")]);
    const joined = outbound.send([requestId("r")]).counts;
    const write = { proxy_replace_header_map_value: 1 };
    assert.deepEqual(joined.hostCalls, { ...read, [GET]: 1, clock_time_get: 1, ...write });
    assert.equal(joined.heapAllocations, 0);
  });
});
