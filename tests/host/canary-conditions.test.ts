// Trees of conditions through the release module: as a model in JavaScript says, and at what price.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { HeaderList, PluginModule, PropertyMap } from "../../tools/host/index.js";
import { type CanaryConfig, CanaryRig } from "../support/canary.js";
import { fuzzRequests, start } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";

const SEED = 20261121;
const GET = "proxy_get_header_map_value";

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  module = await pluginModule("canary");
  counting = await pluginModule("canary", "counting");
});

type Test = Record<string, unknown>;
type Condition = Record<string, unknown>;

const LISTS = { testers: { ids: ["42", "alice", "1000-1999"] } };

/** The sources of values that the fuzz varies, each with how the model reads it. */
const HEADERS = ["x-a", "x-b"];
const TEXTS = ["a", "ab", "b", "42", "1500", "alice", "a-b", "v1", "v12", "aab"];
const REGEXES = ["a+b?", "v[0-9]+", "(a|b)*", "[^a]+", "a-?b", ".+", "4?2?"];

/** What a header's value must be like, in JavaScript. */
function passes(value: string, test: Test): boolean {
  const [[kind, operand]] = Object.entries(test) as [[string, unknown]];
  switch (kind) {
    case "exact":
      return value === operand;
    case "prefix":
      return value.startsWith(operand as string);
    case "suffix":
      return value.endsWith(operand as string);
    case "in":
      return (operand as string[]).includes(value);
    case "in_list":
      return value === "alice" || value === "42" || (/^[1-9][0-9]{3}$/.test(value) && value[0] === "1");
    case "regex":
      return new RegExp(`^(?:${operand as string})$`).test(value);
    default:
      throw new Error(kind);
  }
}

/** Whether a condition holds for the values of a request. */
function holds(condition: Condition, values: ReadonlyMap<string, string>): boolean {
  const [[kind, inner]] = Object.entries(condition) as [[string, unknown]];
  if (kind === "all") return (inner as Condition[]).every((one) => holds(one, values));
  if (kind === "any") return (inner as Condition[]).some((one) => holds(one, values));
  if (kind === "not") return !holds(inner as Condition, values);
  const { name = "", ...test } = inner as Test & { name?: string };
  const value = values.get(`${kind} ${name}`);
  if ("present" in test) return (value !== undefined) === test["present"];
  return value !== undefined && passes(value, test);
}

const text = fc.constantFrom(...TEXTS);
const valueTest: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ exact: text }),
  fc.record({ prefix: text }),
  fc.record({ suffix: text }),
  fc.record({ in: fc.array(text, { minLength: 1, maxLength: 4 }) }),
  fc.constant({ in_list: "testers" }),
  fc.record({ regex: fc.constantFrom(...REGEXES) }),
  fc.record({ present: fc.boolean() }),
);

function on(kind: string, name?: string): fc.Arbitrary<Condition> {
  return valueTest.map((test) => ({ [kind]: { ...(name === undefined ? {} : { name }), ...test } }));
}

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 5, depthSize: "medium" },
    fc.oneof(...HEADERS.map((name) => on("header", name)), on("cookie", "c"), on("query", "q"), on("source_identity")),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("condition"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie("condition").map((not) => ({ not })),
  ),
}));

const IDENTITY = "alice";

/** Requests that have each value half of the time, in random order. */
const requests: fc.Arbitrary<HeaderList> = fc
  .record(
    {
      "x-a": text,
      "x-b": text,
      cookie: text.map((value) => `b=x; c=${value}`),
      ":path": text.map((value) => `/?q=${value}&q=no`),
    },
    { requiredKeys: [] },
  )
  .map((headers) => Object.entries(headers) as HeaderList);

function valuesOf(headers: HeaderList): Map<string, string> {
  const values = new Map([["source_identity ", IDENTITY]]);
  for (const [name, value] of headers) {
    if (name.startsWith("x-")) values.set(`header ${name}`, value);
    if (name === "cookie") values.set("cookie c", value.replace("b=x; c=", ""));
    const query = /^\/\?q=(.*)&q=no$/.exec(value)?.[1];
    if (name === ":path" && query !== undefined) values.set("query q", query);
  }
  return values;
}

test("20,000 pairs of random tree and request come to what the model says", async () => {
  const came = { true: 0, false: 0 };
  await fuzzRequests<CanaryConfig>({
    module,
    configurations: condition.map((match) => ({ lists: LISTS, rules: [{ name: "r", match, arm: "v2" }] })),
    requests: () => requests,
    properties: { connection: { uri_san_peer_certificate: IDENTITY } },
    check(config, sent, stream) {
      const expected = holds(config.rules[0]!.match as Condition, valuesOf(sent));
      const decided = [...stream.request.headers].some(([name]) => name === "x-canary");
      assert.equal(decided, expected);
      came[`${expected}`]++;
    },
    pairs: 20_000,
    requestsPerConfiguration: 50,
    seed: SEED,
  });
  assert.ok(came.true > 4_000 && came.false > 4_000, JSON.stringify(came));
});

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
