// Random requests and configurations: what is valid goes on byte for byte, anything else leaves a valid context or
// none, and nothing traps. The seed is fixed, so that a failure comes again.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { fuzzConfigurations, fuzzRequests } from "../support/fuzz.js";
import { nearby } from "../support/fuzz-inputs.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { NEW_TRACEPARENT, type TraceConfig, valuesOf } from "../support/trace.js";
import { isTraceparent, isTracestate } from "../support/w3c-oracle.js";

const SEED = 20261121;

let module: PluginModule;
before(async () => {
  module = await pluginModule("trace");
});

const hex = (digits: number) =>
  fc.array(fc.constantFrom(..."0123456789abcdef"), { minLength: digits, maxLength: digits }).map((all) => all.join(""));
const bytes = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 255 }), { maxLength }).map((codes) => String.fromCharCode(...codes));

const version = fc.oneof({ weight: 6, arbitrary: fc.constant("00") }, { weight: 2, arbitrary: hex(2) });
const whole = fc
  .tuple(version, hex(32), hex(16), hex(2), fc.constantFrom("", "", "", "-", "-x", ".", ","))
  .map(([first, trace, parent, flags, rest]) => `${first}-${trace}-${parent}-${flags}${rest}`);

/** A value that is nearly `value`: a byte changed, removed or put in, white space around it, or two values in one. */
const damaged = (value: fc.Arbitrary<string>) =>
  fc
    .tuple(
      value,
      fc.nat(400),
      fc.constantFrom("0", "f", "F", " ", ",", "=", "-", ".", "\t", "\xff", "\0", "\n"),
      fc.nat(4),
    )
    .map(([text, place, byte, way]) => {
      const at = text.length > 0 ? place % text.length : 0;
      const [head, tail] = [text.slice(0, at), text.slice(at)];
      return [head + byte + tail.slice(1), head + tail.slice(1), head + byte + tail, ` ${text}\t`, `${text},${text}`][
        way
      ]!;
    });

const traceparent = fc.oneof({ weight: 5, arbitrary: whole }, { weight: 4, arbitrary: damaged(whole) }, bytes(80));

const text = (allowed: string, maxLength: number) =>
  fc.array(fc.constantFrom(...allowed), { minLength: 1, maxLength }).map((all) => all.join(""));
const member = fc
  .tuple(text("abz019_-*/@", 12), text("aZ9 ~!;:", 12), fc.constantFrom(1, 1, 1, 25))
  .map(([key, value, times]) => `${key.repeat(times)}=${value.repeat(times)}`);
const list = fc.oneof(
  { weight: 6, arbitrary: fc.array(member, { maxLength: 4 }).map((members) => members.join(",")) },
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 34 }).map((count) => "k=v,".repeat(count)) },
);
const tracestate = fc.oneof({ weight: 6, arbitrary: list }, { weight: 3, arbitrary: damaged(list) }, bytes(40));

const name = (lowerCase: string) => fc.constantFrom(lowerCase, lowerCase, lowerCase.toUpperCase());
const other: fc.Arbitrary<[string, string]> = fc.tuple(
  fc.constantFrom("x-a", "trace-parent", "tracestate2", "traceparen", "b3", "cookie"),
  bytes(20),
);
const requestHeaders: fc.Arbitrary<HeaderList> = fc
  .tuple(
    fc.array(fc.tuple(name("traceparent"), traceparent), { maxLength: 2 }),
    fc.array(fc.tuple(name("tracestate"), tracestate), { maxLength: 3 }),
    fc.array(other, { maxLength: 3 }),
    fc.nat(5),
  )
  .map(([parents, states, others, turn]) => {
    const all = [...parents, ...states, ...others];
    return [...all.slice(turn), ...all.slice(0, turn)];
  });

const configurations: fc.Arbitrary<TraceConfig> = fc.record(
  {
    trust: fc.constantFrom<("full" | "none")[]>("full", "full", "none"),
    start: fc.boolean(),
    sampling: fc.record({ percent: fc.integer({ min: 0, max: 100 }) }),
  },
  { requiredKeys: [] },
);

const isTraceHeader = ([name]: [string, string]) => name === "traceparent" || name === "tracestate";

/** Throws unless `left` is what must become of `sent`. @returns whether the trace is the caller's. */
function check(config: TraceConfig, sent: HeaderList, left: HeaderList): boolean {
  const parents = valuesOf(sent, "traceparent");
  const leftParents = valuesOf(left, "traceparent");
  const lower = sent.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  const others = (headers: HeaderList) => headers.filter((header) => !isTraceHeader(header));
  assert.deepEqual(others(left), others(lower), "other headers are as they were");
  if (config.trust !== "none" && isTraceparent(parents)) {
    if (isTracestate(valuesOf(sent, "tracestate"))) assert.deepEqual(left, lower);
    else assert.deepEqual([leftParents, valuesOf(left, "tracestate")], [parents, []]);
    return true;
  }
  assert.deepEqual(valuesOf(left, "tracestate"), []);
  if (config.start === false) assert.deepEqual(leftParents, []);
  else assert.match(leftParents.join("|"), NEW_TRACEPARENT);
  return false;
}

describe("random", () => {
  test("requests, 100,000: a valid context goes on, anything else is replaced or removed", async () => {
    const callers = { kept: 0, gone: 0 };
    const pairs = await fuzzRequests<TraceConfig>({
      module,
      configurations,
      requests: () => requestHeaders,
      check: (config, sent, stream) =>
        void callers[check(config, sent, [...stream.request.headers]) ? "kept" : "gone"]++,
      pairs: 100_000,
      requestsPerConfiguration: 250,
      seed: SEED,
    });
    assert.equal(pairs, 100_000);
    assert.ok(callers.kept > 5000 && callers.gone > 5000, `one side was hardly tried: ${JSON.stringify(callers)}`);
  });

  test("configurations, 100,000: taken or refused with a reason, never a trap", async () => {
    const schema = schemaOf("trace");
    // The empty text is no JSON, so no schema takes it; the plugin does, for its defaults.
    const arbitrary = nearby(configurations).filter((text) => text.length > 0);
    const { accepted, refused } = await fuzzConfigurations({
      module,
      configurations: arbitrary,
      schema,
      count: 100_000,
      seed: SEED,
    });
    assert.ok(accepted > 1000 && refused > 1000, `one side was hardly tried: ${accepted} taken, ${refused} refused`);
  });
});
