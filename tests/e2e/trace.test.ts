// The trace plugin in a real Envoy, on the wire: what the upstream receives.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { pluginModule } from "../support/plugin-module.js";
import { EchoEnvoy, startPolicyEnvoy } from "../support/policy-envoy.js";
import { NEW_TRACEPARENT, type TraceConfig, valuesOf } from "../support/trace.js";
import { untilThere } from "../support/until.js";

const VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const OTHER = "00-12345678901234567890123456789012-1234567890123456-01";
const STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7";

/** One Envoy with the plugin before an upstream that says what it received. */
class Chain {
  private constructor(private readonly echo: EchoEnvoy) {}

  static async start(config: TraceConfig): Promise<Chain> {
    await pluginModule("trace");
    return new Chain(await EchoEnvoy.start({ plugins: [{ name: "trace", config: { ...config } }] }));
  }

  /** The traceparents and tracestates that reach the upstream, each in order. */
  async send(headers: HeaderList): Promise<{ traceparent: string[]; tracestate: string[] }> {
    const answer = await this.echo.send(headers);
    assert.equal(answer.status, 200);
    const { received } = answer.upstream!;
    return { traceparent: valuesOf(received, "traceparent"), tracestate: valuesOf(received, "tracestate") };
  }

  /** The plugin's counters as Envoy's admin interface shows them, once they add up to `total`. */
  async counters(total: number): Promise<Record<string, number>> {
    return untilThere(`Envoy's counters add up to ${total}`, 5_000, async () => {
      const stats = await this.echo.envoy.admin("/stats?filter=tidegate_trace");
      const lines = stats.matchAll(/tidegate_trace_(\w+)_total: (\d+)/g);
      const counters = Object.fromEntries([...lines].map(([, noun, value]) => [noun!, Number(value)]));
      return Object.values(counters).reduce((sum, count) => sum + count, 0) >= total ? counters : undefined;
    });
  }

  stop(): Promise<void> {
    return this.echo.stop();
  }
}

/** Runs tests against one chain. */
function withChain(config: TraceConfig, tests: (chain: () => Chain) => void): void {
  describe(JSON.stringify(config), () => {
    let chain: Chain;
    before(async () => {
      chain = await Chain.start(config);
    });
    after(async () => chain?.stop());
    tests(() => chain);
  });
}

withChain({}, (chain) => {
  test("continues a context byte for byte, tracestates in order", async () => {
    const sent: HeaderList = [
      ["traceparent", VALID],
      ["tracestate", STATE],
      ["tracestate", "third=3"],
    ];
    assert.deepEqual(await chain().send(sent), { traceparent: [VALID], tracestate: [STATE, "third=3"] });
    const future = `cc${VALID.slice(2)}-what-the-future-will-be-like`;
    assert.deepEqual((await chain().send([["TraceParent", future]])).traceparent, [future]);
  });

  test("starts a trace where there is none", async () => {
    const [first, second] = [await chain().send([]), await chain().send([])];
    assert.match(first.traceparent.join("|"), /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
    assert.match(second.traceparent.join("|"), NEW_TRACEPARENT);
    assert.notEqual(first.traceparent[0], second.traceparent[0]);
  });

  test("restarts on repeated traceparents, which leave as one", async () => {
    for (const values of [
      [VALID, OTHER],
      [VALID, VALID],
      [VALID, ""],
      ["", VALID],
      [VALID, OTHER, VALID],
    ]) {
      const headers = values.map((value): [string, string] => ["traceparent", value]);
      const { traceparent, tracestate } = await chain().send([...headers, ["tracestate", STATE]]);
      assert.match(traceparent.join("|"), NEW_TRACEPARENT);
      assert.ok(![VALID, OTHER].some((old) => old.slice(3, 35) === traceparent[0]!.slice(3, 35)));
      assert.deepEqual(tracestate, []);
    }
  });

  test("repairs what is invalid", async () => {
    for (const bad of [VALID.toUpperCase(), VALID.slice(0, 54), `${VALID}-00`, `ff${VALID.slice(2)}`, "", "\xff"]) {
      const { traceparent, tracestate } = await chain().send([["traceparent", bad], ["tracestate", STATE]]); // prettier-ignore
      assert.match(traceparent.join("|"), NEW_TRACEPARENT, bad);
      assert.deepEqual(tracestate, [], bad);
    }
    const orphan = await chain().send([["tracestate", STATE], ["tracestate", "a=1"]]); // prettier-ignore
    assert.match(orphan.traceparent.join("|"), NEW_TRACEPARENT);
    assert.deepEqual(orphan.tracestate, []);
    const states: HeaderList = [["tracestate", STATE], ["tracestate", "BAD"]]; // prettier-ignore
    assert.deepEqual(await chain().send([["traceparent", VALID], ...states]), { traceparent: [VALID], tracestate: [] });
  });

  test("takes 50 KB of tracestate for what it is", async () => {
    const long = "k=".padEnd(50_000, "v");
    assert.deepEqual((await chain().send([["traceparent", VALID], ["tracestate", long]])).tracestate, []); // prettier-ignore
  });
});

withChain({ start: false }, (chain) => {
  test("never starts a trace; removes what is invalid", async () => {
    const nothing = { traceparent: [], tracestate: [] };
    assert.deepEqual(await chain().send([]), nothing);
    assert.deepEqual(await chain().send([["traceparent", VALID], ["traceparent", OTHER]]), nothing); // prettier-ignore
    assert.deepEqual(await chain().send([["traceparent", "bad"], ["tracestate", STATE]]), nothing); // prettier-ignore
    assert.deepEqual(await chain().send([["traceparent", VALID]]), { traceparent: [VALID], tracestate: [] });
  });
});

withChain({ trust: "none", sampling: { percent: 0 } }, (chain) => {
  test("replaces whatever the caller sent, and samples by its own share", async () => {
    for (const headers of [
      [
        ["traceparent", VALID],
        ["tracestate", STATE],
      ],
      [["tracestate", STATE]],
      [],
    ] as HeaderList[]) {
      const { traceparent, tracestate } = await chain().send(headers);
      assert.match(traceparent.join("|"), /^00-[0-9a-f]{32}-[0-9a-f]{16}-02$/);
      assert.notEqual(traceparent[0]!.slice(3, 35), VALID.slice(3, 35));
      assert.deepEqual(tracestate, []);
    }
  });
});

test("counts in Envoy's statistics", async () => {
  const chain = await Chain.start({});
  try {
    await chain.send([["traceparent", VALID]]);
    await chain.send([]);
    await chain.send([["traceparent", "bad"]]);
    await chain.send([["tracestate", STATE]]);
    const { continued, started, repaired, sampled } = await chain.counters(8);
    assert.deepEqual({ continued, started, repaired, sampled }, { continued: 1, started: 1, repaired: 2, sampled: 4 });
  } finally {
    await chain.stop();
  }
});

test("Envoy refuses a bad configuration, and its log names every problem", async () => {
  await pluginModule("trace");
  const plugins = [{ name: "trace", config: { trust: "some", strat: true } }];
  const lines: string[] = [];
  const starting = startPolicyEnvoy({ plugins, onLine: (line) => lines.push(line) });
  await assert.rejects(starting);
  assert.ok(lines.some((line) => line.includes('trace: $.strat: unknown key; did you mean "start"?')));
  assert.ok(
    lines.some((line) => line.includes('trace: $.trust: expected one of "full", "sampled-only", "none", not "some"')),
  );
});
