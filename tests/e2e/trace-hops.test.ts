// Contexts over two hops of a real Envoy, on the wire: the first writes what came in W3C's format in another one, the second
// makes W3C's of it again. Over HTTP/1 and HTTP/2.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { type HeaderClient, http1Client, http2Client } from "../support/header-client.js";
import { HeaderEcho } from "../support/header-echo.js";
import { NEW_TRACEPARENT, valuesOf } from "../support/trace.js";
import { formatOf, FORMATS } from "../support/trace-oracle-formats.js";
import { type Hop, TraceHops } from "../support/trace-hops.js";

const WRITABLE = FORMATS.filter(({ inject }) => inject !== undefined).map(({ name }) => name);
const READABLE = [...FORMATS.map(({ name }) => name), "baggage"];
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const STATE = "congo=t61rcWkgMzE,rojo=00f067aa0ba902b7";
const MEMBERS = "user.id=7,tenant=a%20b";

/**
 * Of each format a chain of two hops, over either protocol: the first reads any format and writes this one, the second
 * makes W3C's of it. Between them nothing is left of other formats, which would go on beside it if they say the same.
 */
function hops(): Hop[] {
  const chains = WRITABLE.flatMap((format) =>
    [false, true].flatMap((http2): Hop[] => {
      const chain = `${format}${http2 ? "-2" : "-1"}`;
      const there = { trust: "full", extract: READABLE, inject: [format, "baggage"] };
      const back = { trust: "full", extract: [format, "baggage"], inject: ["tracecontext", "baggage"] };
      const others = FORMATS.filter(({ name }) => name !== format).flatMap(({ headers }) => headers);
      const removes = format === "tracecontext" ? others : [...others, "tracestate"];
      return [
        { name: chain, config: there, next: `${chain}-back`, http2, removes },
        { name: `${chain}-back`, config: back, http2 },
      ];
    }),
  );
  const edges: Hop[] = [
    { name: "edge", config: {} },
    { name: "sidecar", config: { trust: "full" } },
    { name: "shared-inbound", config: {}, plugin: "shared", direction: "INBOUND" },
    { name: "shared-edge", config: {}, plugin: "shared" },
    { name: "edge-allows", config: { baggage: { allow: ["tenant"] } }, http2: true },
  ];
  return [...chains, ...edges];
}

let echo: HeaderEcho;
let chains: TraceHops;
const clients = new Map<string, HeaderClient>();
before(async () => {
  echo = await new HeaderEcho().start();
  chains = await TraceHops.start(hops(), echo);
});
after(async () => {
  for (const client of clients.values()) client.close();
  await chains?.envoy.stop();
  echo?.stop();
});

/** What arrives behind a hop; over HTTP/2 if the client is to speak that. */
function ask(hop: string, headers: HeaderList, http2 = false): Promise<HeaderList> {
  const key = `${hop} ${http2}`;
  const client = clients.get(key) ?? (http2 ? http2Client : http1Client)(chains.port(hop));
  clients.set(key, client);
  return client.ask(headers);
}

const traceparent = (flags: string, trace = TRACE) => `00-${trace}-${SPAN}-${flags}`;

for (const http2 of [false, true]) {
  const end = http2 ? "-2" : "-1";
  describe(http2 ? "over HTTP/2" : "over HTTP/1", () => {
    for (const format of WRITABLE) {
      for (const from of READABLE.filter((name) => name !== "baggage")) {
        test(`${from} to ${format} to W3C keeps trace, parent and decision`, async () => {
          for (const { headers, trace, parent, sampled } of sentIn(from)) {
            const between = await ask(`${format}${end}`, [...headers, ["baggage", MEMBERS], ["x-stop", "1"]], http2);
            assertSays(format, between, { trace, parent, sampled });
            const arrived = await ask(`${format}${end}`, [...headers, ["baggage", MEMBERS]], http2);
            assertSays("tracecontext", arrived, { trace, parent, sampled });
            assert.deepEqual(valuesOf(arrived, "baggage"), [MEMBERS]);
          }
        });
      }
    }

    test("a trace that starts at the first hop is the same behind the second, in every format", async () => {
      for (const format of WRITABLE) {
        const arrived = await ask(`${format}${end}`, [], http2);
        assert.match(valuesOf(arrived, "traceparent").join("|"), format === "tracecontext" ? NEW_TRACEPARENT : /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/); // prettier-ignore
      }
    });

    test("a context that goes on in its own format goes on byte for byte", async () => {
      const sent: HeaderList = [["traceparent", traceparent("03")], ["tracestate", STATE], ["tracestate", "third=3"]]; // prettier-ignore
      const arrived = await ask(`tracecontext${end}`, sent, http2);
      assert.deepEqual(valuesOf(arrived, "traceparent"), [traceparent("03")]);
      assert.equal(valuesOf(arrived, "tracestate").join(","), `${STATE},third=3`);
    });

    test("60 KB of baggage arrive within their limits, members whole and in order", async () => {
      const members = Array.from({ length: 1200 }, (_, i) => `user.${i}=${"v".repeat(40)}`);
      const sent: HeaderList = [["traceparent", traceparent("01")], ["baggage", members.join(",")]]; // prettier-ignore
      const arrived = valuesOf(await ask(`b3${end}`, sent, http2), "baggage");
      assert.deepEqual(arrived.join(",").split(","), members.slice(0, 64));
      const large: HeaderList = [["baggage", `big=${"v".repeat(60_000)}`], ["baggage", MEMBERS]]; // prettier-ignore
      assert.deepEqual(valuesOf(await ask(`b3${end}`, large, http2), "baggage").join(","), MEMBERS);
      for (const odd of [",".repeat(60_000), "=".repeat(60_000), ";".repeat(60_000), "a=b;".repeat(15_000)]) {
        assert.deepEqual(valuesOf(await ask(`b3${end}`, [["baggage", odd]], http2), "baggage"), []);
      }
    });

    test("malformed contexts of every format are replaced by one new trace", async () => {
      for (const format of FORMATS.filter(({ inject }) => inject !== undefined)) {
        for (const bad of MALFORMED[format.name]!) {
          const arrived = await ask(`${format.name}${end}-back`, [...bad, ["tracestate", STATE]], http2);
          const what = JSON.stringify(bad);
          assert.match(valuesOf(arrived, "traceparent").join("|"), NEW_TRACEPARENT, what);
          assert.ok(!arrived.some(([name, value]) => name === "traceparent" && value.includes(TRACE)), what);
          assert.deepEqual(valuesOf(arrived, "tracestate"), [], what);
          for (const header of format.headers) {
            if (header !== "traceparent") assert.deepEqual(valuesOf(arrived, header), [], what);
          }
        }
      }
    });
  });
}

/** What a hop is to know. */
interface Said {
  trace: bigint;
  parent: bigint;
  sampled: boolean;
}

/** Contexts with ids of 128 bits and of 64, sampled or not, as a format has them. */
function sentIn(name: string): (Said & { headers: HeaderList })[] {
  const [whole, parent] = [BigInt(`0x${TRACE}`), BigInt(`0x${SPAN}`)];
  if (name === "skywalking") return [sw8("0"), sw8("1")];
  const { inject } = formatOf(name)!;
  return [whole, whole % (1n << 64n)].flatMap((trace) =>
    [false, true].map((sampled) => {
      const context = { trace, parent, sampling: sampled ? ("sampled" as const) : ("dropped" as const) };
      const written = Object.entries(inject!({ ...context, short: trace !== whole }, []));
      const headers = written.filter((entry): entry is [string, string] => entry[1] !== null);
      return { trace, parent, sampled, headers };
    }),
  );
}

function sw8(sample: string): Said & { headers: HeaderList } {
  const texts = [TRACE, "0af7651916cd43dd8448eb211c80319c", "service", "instance", "/shop", "10.0.0.2:8080"];
  const [trace, segment, ...others] = texts.map((text) => Buffer.from(text).toString("base64"));
  const headers: HeaderList = [["sw8", [sample, trace, segment, "3", ...others].join("-")]];
  const found = formatOf("skywalking")!.extract(headers);
  assert.ok(found.found === "trace" && found.context.trace === BigInt(`0x${TRACE}`));
  return { trace: found.context.trace, parent: found.context.parent, sampled: sample === "1", headers };
}

function assertSays(format: string, headers: HeaderList, said: Said): void {
  const found = formatOf(format)!.extract(headers);
  assert.ok(found.found === "trace", `${format}: ${JSON.stringify(headers)}`);
  const { trace, parent, sampling } = found.context;
  assert.deepEqual({ trace, parent, sampled: sampling === "sampled" }, said);
}

const ZEROS = "0".repeat(32);
/** Faults 21 and 22, and their like in the other formats. */
const MALFORMED: Record<string, HeaderList[]> = {
  tracecontext: [
    [["traceparent", traceparent("01", ZEROS)]],
    [["traceparent", `00-${TRACE}-${"0".repeat(16)}-01`]],
    [["traceparent", `ff${traceparent("01").slice(2)}`]],
    [["traceparent", traceparent("01").toUpperCase()]],
    [["traceparent", traceparent("01").slice(0, 54)]],
    [["traceparent", `${traceparent("01")}0`]],
    [["traceparent", `${traceparent("01")}-extra`]],
    [["traceparent", traceparent("01")], ["traceparent", traceparent("01")]], // prettier-ignore
    [["traceparent", ""]],
  ],
  b3: [
    [["b3", `${TRACE}-${SPAN}-2`]],
    [["b3", `${TRACE.slice(1)}-${SPAN}-1`]],
    [["b3", `${ZEROS}-${SPAN}-1`]],
    [["b3", TRACE]],
    [["b3", `${TRACE}-${SPAN}-1-`]],
    [["b3", `${TRACE}-${SPAN}-1`], ["b3", `${TRACE}-${SPAN}-0`]], // prettier-ignore
    [["b3", ""]],
  ],
  b3multi: [
    [["x-b3-traceid", TRACE]],
    [["x-b3-spanid", SPAN]],
    [["x-b3-traceid", TRACE], ["x-b3-spanid", SPAN.slice(1)]], // prettier-ignore
    [["x-b3-traceid", ZEROS], ["x-b3-spanid", SPAN]], // prettier-ignore
    [["x-b3-traceid", TRACE], ["x-b3-spanid", SPAN], ["x-b3-sampled", "2"]], // prettier-ignore
  ],
  jaeger: [
    [["uber-trace-id", `${TRACE}:${SPAN}:0`]],
    [["uber-trace-id", `${TRACE}0:${SPAN}:0:1`]],
    [["uber-trace-id", `0:${SPAN}:0:1`]],
    [["uber-trace-id", `${TRACE}:0:0:1`]],
    [["uber-trace-id", `${TRACE}:g:0:1`]],
    [["uber-trace-id", ""]],
  ],
  xray: [
    [["x-amzn-trace-id", "Root=1-4bf92f35-77b34da6a3ce929d0e0e473"]],
    [["x-amzn-trace-id", `Root=2-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=${SPAN}`]],
    [["x-amzn-trace-id", `Parent=${SPAN};Sampled=1`]],
    [["x-amzn-trace-id", `Root=1-00000000-${ZEROS.slice(8)};Parent=${SPAN}`]],
    [["x-amzn-trace-id", ""]],
  ],
  datadog: [
    [["x-datadog-trace-id", "0"], ["x-datadog-parent-id", "7"]], // prettier-ignore
    [["x-datadog-trace-id", "18446744073709551616"], ["x-datadog-parent-id", "7"]], // prettier-ignore
    [["x-datadog-trace-id", "-9223372036854775809"], ["x-datadog-parent-id", "7"]], // prettier-ignore
    [["x-datadog-trace-id", "7"], ["x-datadog-trace-id", "7"], ["x-datadog-parent-id", "7"]], // prettier-ignore
    [["x-datadog-trace-id", "0x7"], ["x-datadog-parent-id", "7"]], // prettier-ignore
  ],
  google: [
    [["x-cloud-trace-context", `${ZEROS}/7;o=1`]],
    [["x-cloud-trace-context", `${TRACE.slice(1)}/7;o=1`]],
    [["x-cloud-trace-context", `${TRACE}/18446744073709551616;o=1`]],
    [["x-cloud-trace-context", `${TRACE}/${SPAN};o=1`]],
    [["x-cloud-trace-context", ""]],
  ],
};

describe("a listener", () => {
  const context: HeaderList = [["traceparent", traceparent("01")], ["tracestate", STATE], ["b3", `${TRACE}-${SPAN}-1`], ["baggage", MEMBERS]]; // prettier-ignore

  test("is an edge unless it is told otherwise: nothing of the caller's goes on", async () => {
    for (const http2 of [false, true]) {
      const arrived = await ask("edge", context, http2);
      assert.match(valuesOf(arrived, "traceparent").join("|"), NEW_TRACEPARENT);
      assert.ok(!arrived.some(([, value]) => value.includes(TRACE)));
      for (const name of ["tracestate", "b3", "baggage"]) assert.deepEqual(valuesOf(arrived, name), [], name);
    }
  });

  test("of a sidecar continues what its caller sent", async () => {
    const arrived = await ask("sidecar", context);
    assert.deepEqual(arrived.filter(([name]) => context.some(([sent]) => sent === name)), context); // prettier-ignore
  });

  test("is an edge beside a sidecar's that has the same plugin", async () => {
    for (const hop of ["shared-inbound", "shared-edge", "shared-inbound", "shared-edge", "shared-edge"]) {
      const isEdge = hop === "shared-edge";
      const arrived = await ask(hop, context);
      assert.equal(arrived.some(([, value]) => value.includes(TRACE)), !isEdge, hop); // prettier-ignore
      assert.deepEqual(valuesOf(arrived, "baggage"), isEdge ? [] : [MEMBERS], hop);
    }
  });

  test("with an allow list lets no other baggage in", async () => {
    assert.deepEqual(valuesOf(await ask("edge-allows", context), "baggage"), ["tenant=a%20b"]);
  });
});
