// Conditions through the release module, and their price. Trees of them at random are in canary-fuzz.test.ts.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule, PropertyMap } from "../../tools/host/index.js";
import { CanaryRig } from "../support/canary.js";
import type { Condition } from "../support/canary-conditions.js";
import { start } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";

const GET = "proxy_get_header_map_value";

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  module = await pluginModule("canary");
  counting = await pluginModule("canary", "counting");
});

type Test = Record<string, unknown>;

const LISTS = { testers: { ids: ["42", "alice", "1000-1999"] } };
const TEXTS = ["a", "ab", "b", "42", "1500", "alice", "a-b", "v1", "v12", "aab"];

/** Whether a condition holds for a request with these headers and properties. */
async function isMet(match: Condition, headers: HeaderList, properties: PropertyMap = {}): Promise<boolean> {
  const { plugin, verdict, lines } = await start(module, JSON.stringify({ rules: [{ name: "r", match, arm: "v2" }] }));
  assert.equal(verdict, "accepted", lines.join("\n"));
  const stream = plugin.openStream({ properties });
  stream.requestHeaders([[":authority", "shop.example"], [":path", "/"], [":method", "GET"], ...headers], true); // prettier-ignore
  return [...stream.request.headers].some(([name]) => name === "x-canary");
}

describe("a condition", () => {
  const claims = (payload: PropertyMap): PropertyMap => ({
    metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { jwt_payload: payload } } },
  });

  test("on a claim sees text, numbers, words and elements", async () => {
    const sub = (test: Test) => ({ claim: { name: "sub", ...test } });
    assert.equal(await isMet(sub({ exact: "42" }), [], claims({ sub: "42" })), true);
    assert.equal(await isMet(sub({ exact: "42" }), [], claims({ sub: 42 })), true);
    assert.equal(await isMet(sub({ exact: "42" }), [], claims({ sub: [7, "42"] })), true);
    assert.equal(await isMet(sub({ exact: "42" }), [], claims({ sub: 42.5 })), false);
    assert.equal(await isMet(sub({ exact: "true" }), [], claims({ sub: true })), true);
    assert.equal(await isMet(sub({ present: false }), [], {}), true);
  });

  test("on a header that is repeated sees the first", async () => {
    const match = { header: { name: "x-a", exact: "1" } };
    assert.equal(await isMet(match, [["x-a", "1"], ["x-a", "2"]]), true); // prettier-ignore
    assert.equal(await isMet(match, [["x-a", "2"], ["x-a", "1"]]), false); // prettier-ignore
  });

  test("on a path sees that there is none, as for CONNECT", async () => {
    const { plugin } = await start(
      module,
      JSON.stringify({ rules: [{ name: "r", match: { path: { present: false } }, arm: "v2" }] }),
    );
    const isMetFor = (headers: HeaderList): boolean => {
      const stream = plugin.openStream();
      stream.requestHeaders(headers, true);
      return [...stream.request.headers].some(([name]) => name === "x-canary");
    };
    assert.equal(isMetFor([[":method", "CONNECT"], [":authority", "shop.example:443"]]), true); // prettier-ignore
    assert.equal(isMetFor([[":method", "GET"], [":path", "/"]]), false); // prettier-ignore
  });

  test("on an address sees what is before trusted hops", async () => {
    const match = { client_address: { in: ["203.0.113.0/24"], trusted_hops: 1 } };
    const from = { source: { address: "10.0.0.1:5000" } };
    assert.equal(await isMet(match, [["x-forwarded-for", "203.0.113.9, 10.0.0.2"]], from), true);
    assert.equal(await isMet(match, [["x-forwarded-for", "203.0.113.9, 192.0.2.1, 10.0.0.2"]], from), false);
  });
});

test("any number of conditions read a value once and allocate nothing", async () => {
  const each = TEXTS.map((exact) => ({ header: { name: "x-a", exact } }));
  const tests = [{ regex: "z+" }, { in: TEXTS }, { in_list: "testers" }, { suffix: "z" }];
  const rest = tests.map((one) => ({ header: { name: "x-a", ...one } }));
  const match = { any: [...each, ...rest, { not: { header: { name: "x-a", present: true } } }] };
  const rules = Array.from({ length: 20 }, (_, i) => ({ name: `r${i}`, match, arm: "v2" }));
  const rig = await CanaryRig.start(counting, { default: "v1", lists: LISTS, rules });
  rig.send([["x-a", "zzy"]]);
  const { counts, decision } = rig.send([["x-a", "zzy"]]);
  assert.deepEqual(decision, ["v1"]);
  assert.equal(counts.hostCalls[GET]! <= 2, true, JSON.stringify(counts.hostCalls));
  assert.equal(counts.heapAllocations, 0);
});
