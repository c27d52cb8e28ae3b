// What a caller who is not trusted must not get through, whatever it sends and however much.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { type TraceConfig, TraceRig } from "../support/trace.js";
import { FORMATS } from "../support/trace-oracle-formats.js";

/** Of contexts that the plugin neither reads nor writes. */
const FOREIGN = [
  ...["jaeger-debug-id", "x-client-trace-id", "grpc-trace-bin", "grpc-tags-bin", "x-ot-span-context"],
  ...["ot-tracer-traceid", "ot-tracer-spanid", "ot-tracer-sampled", "ot-baggage-a"],
];
const NAMES = [
  ...FORMATS.flatMap(({ headers }) => headers),
  ...["tracestate", "baggage", "jaeger-baggage", "uberctx-a"],
  ...FOREIGN,
];
/** More than anything in the plugin has room for; Envoy has to be told to take so many. */
const MANY = 1000;

let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

/** What of these headers goes on. */
async function left(headers: HeaderList, config: TraceConfig = {}): Promise<HeaderList> {
  const rig = await TraceRig.start(module, { trust: "none", start: false, ...config });
  const { headers: gone } = rig.send(headers);
  assert.equal(rig.vm.trapped, undefined);
  return gone;
}

describe("nothing of a stranger's goes on", () => {
  for (const name of NAMES) {
    test(name, async () => {
      assert.deepEqual(await left([[name, "1"], ["x-other", "1"]]), [["x-other", "1"]]); // prettier-ignore
      assert.deepEqual(await left(Array.from({ length: MANY }, () => [name, "1"])), []);
    });

    test(`${name} behind ${MANY} others`, async () => {
      for (const other of ["tracestate", "baggage", "x-b3-flags"]) {
        const many = Array.from({ length: MANY }, (): HeaderList[number] => [other, "a=1"]);
        assert.deepEqual(await left([...many, [name, "1"], [name, "2"]]), []);
      }
    });
  }

  test(`in ${MANY} headers that have names of their own`, async () => {
    const many = Array.from({ length: MANY }, (_, i): HeaderList[number] => [`uberctx-a${i}`, "1"]);
    assert.deepEqual(await left(many), []);
    assert.deepEqual(await left(many, { extract: ["jaeger"], inject: ["jaeger"], baggage: { allow: ["a7"] } }), [["uberctx-a7", "1"]]); // prettier-ignore
  });

  test("that another rule looks at as well", async () => {
    for (const header of ["uberctx-tenant", "baggage", "b3", "tracestate"]) {
      const config: TraceConfig = { start: true, sampling: { percent: 0, force: { header } } };
      const gone = await left([[header, "1"]], config);
      assert.deepEqual(gone.map(([name]) => name), ["traceparent"]); // prettier-ignore
      assert.match(gone[0]![1], /-03$/);
    }
  });
});

test("what nobody here can read goes on from those who are trusted", async () => {
  const headers = FOREIGN.map((name): HeaderList[number] => [name, "1"]);
  assert.deepEqual(await left(headers, { trust: "full" }), headers);
});
