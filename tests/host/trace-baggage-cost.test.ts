// What baggage and tracestate may cost on the request path: no call unless something changes, no allocation, and an end to
// the work however much arrives.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { TraceRig, type TraceConfig } from "../support/trace.js";

const TRACEPARENT: HeaderList = [["traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"]];
const MEMBERS = Array.from({ length: 64 }, (_, i) => `key${i}=value${i};p`).join(" , ");
const READ = { proxy_get_header_map_pairs: 1 };

let counting: PluginModule;
before(async () => {
  counting = await pluginModule("trace", "counting");
  assert.ok(counting.countsAllocations);
});

/** What the last of four like requests comes to, beside its traceparent. */
async function sendTo(config: TraceConfig, headers: HeaderList) {
  const rig = await TraceRig.start(counting, { trust: "full", ...config });
  for (let i = 0; i < 3; i++) rig.send([...TRACEPARENT, ...headers]);
  const { counts, headers: sent } = rig.send([...TRACEPARENT, ...headers]);
  return { counts, sent: sent.filter(([name]) => name !== "traceparent"), dropped: rig.count("baggage_dropped") };
}

describe("baggage", () => {
  test("that goes on costs the reading of the headers", async () => {
    const lists = { allow: ["key*"], deny: Array.from({ length: 64 }, (_, i) => `internal.${i}.*`) };
    for (const baggage of [{}, lists]) {
      const headers: HeaderList = [
        ["baggage", MEMBERS],
        ["uberctx-key1", "1"],
      ];
      const { counts, sent } = await sendTo({ baggage }, headers);
      assert.deepEqual(counts.hostCalls, READ);
      assert.equal(counts.heapAllocations, 0);
      assert.deepEqual(sent, headers);
    }
  });

  test("of which a member goes costs one more call", async () => {
    const { counts, sent, dropped } = await sendTo({ baggage: { deny: ["key7"] } }, [["baggage", MEMBERS]]);
    assert.deepEqual(counts.hostCalls, { ...READ, proxy_replace_header_map_value: 1 });
    assert.equal(counts.heapAllocations, 0);
    assert.deepEqual(sent, [["baggage", MEMBERS.split(" , ").toSpliced(7, 1).join()]]);
    assert.equal(dropped, 4);
  });

  test("that is converted costs a call for each header", async () => {
    const toJaeger = await sendTo({ extract: ["baggage"], inject: ["jaeger", "baggage"] }, [
      ["baggage", "a=1,b=2,c=3"],
    ]);
    // The trace itself, which is not read, starts anew in the fourth.
    assert.deepEqual(toJaeger.counts.hostCalls, { ...READ, proxy_replace_header_map_value: 4 });
    assert.equal(toJaeger.counts.heapAllocations, 0);
    const toList = await sendTo({ extract: ["tracecontext", "jaeger"] }, [["uberctx-a", "x y"]]);
    assert.deepEqual(toList.counts.hostCalls, { ...READ, proxy_replace_header_map_value: 1 });
    assert.equal(toList.counts.heapAllocations, 0);
    assert.deepEqual(toList.sent.at(-1), ["baggage", "a=x%20y"]);
  });
});

describe("60 KB of baggage", () => {
  const denied = {
    allow: ["a"],
    deny: Array.from({ length: 64 }, (_, i) => `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa${i}*`),
  };
  const kinds: Record<string, [baggage: string, left: string[]]> = {
    "of few long members": [`a=1,b=${"x".repeat(30_000)},a=${"y".repeat(30_000)}`, ["a=1"]],
    "of short members": ["a=,".repeat(20_000), [Array(64).fill("a=").join()]],
    "of nothing but commas": [",".repeat(60_000), []],
    "of names that are nearly denied": [`${"a".repeat(37)}=,`.repeat(1_500), []],
    "of white space": [`a${" ".repeat(60_000)}=1`, []],
    "of properties": [`a=1${";p".repeat(30_000)}`, []],
  };
  for (const [kind, [baggage, left]] of Object.entries(kinds)) {
    test(`${kind} is settled at once`, async () => {
      const { counts, sent } = await sendTo({ baggage: denied }, [["baggage", baggage]]);
      assert.deepEqual(
        sent.map(([, value]) => value),
        left,
      );
      // What the host puts into memory is more than what is kept for it.
      assert.ok((counts.heapAllocations ?? 0) <= 1, `${counts.heapAllocations} allocations`);
    });
  }
});

test("names that differ only at the end are told apart as fast as others", async () => {
  const limits = { max_members: 256, max_bytes: 65_536 };
  const both = ["baggage", "jaeger"];
  const rig = await TraceRig.start(counting, { trust: "full", extract: both, inject: both, baggage: limits });
  const named = (nameOf: (number: string) => string): HeaderList =>
    Array.from({ length: 240 }, (_, i) => [`uberctx-${nameOf(String(i).padStart(3, "0"))}`, ""]);
  const fastest = (headers: HeaderList) => {
    const times = Array.from({ length: 8 }, () => {
      const start = performance.now();
      rig.send(headers);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  const early = fastest(named((number) => number + "a".repeat(237)));
  const late = fastest(named((number) => "a".repeat(237) + number));
  assert.ok(late < 3 * early, `${late.toFixed(1)} ms, and ${early.toFixed(1)} ms of names that differ at once`);
});

describe("a tracestate", () => {
  const tracestate = Array.from({ length: 32 }, (_, i) => `k${i}=v${i}`).join(", ");
  const own = { span: "new", tracestate_key: "acme" } as const;

  test("that goes on costs the reading of the headers", async () => {
    const { counts, sent } = await sendTo({}, [["tracestate", tracestate]]);
    assert.deepEqual(counts.hostCalls, READ);
    assert.equal(counts.heapAllocations, 0);
    assert.deepEqual(sent, [["tracestate", tracestate]]);
  });

  test("with an entry of this hop costs one more call, beside traceparent's", async () => {
    const { counts, sent } = await sendTo(own, [["tracestate", tracestate]]);
    assert.deepEqual(counts.hostCalls, { ...READ, proxy_replace_header_map_value: 2 });
    assert.equal(counts.heapAllocations, 0);
    assert.match(sent[0]![1], /^acme=[0-9a-f]{16},k0=v0,.*,k30=v30$/);
  });
});
