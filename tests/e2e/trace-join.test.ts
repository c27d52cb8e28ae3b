// Joins in a real Envoy: a workload's two listeners, each request on any of two workers, around an application that drops
// trace headers.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Headers } from "../support/json-app.js";
import { type Passed, TraceSidecar } from "../support/trace-sidecar.js";

const GROUP = { group: "reviews" };
const join = (mode: string, settings: object = {}) => ({ trust: "full", join: { mode, ...GROUP, ...settings } });

let sidecar: TraceSidecar;
before(async () => {
  const by = ["x-request-id", "x-session"];
  sidecar = await TraceSidecar.start({ inbound: join("inbound", { by }), outbound: join("outbound", { by }) });
});
after(() => sidecar?.stop());

let traces = 0;

function nextTraceparent(flags = "01"): string {
  const number = (++traces).toString(16);
  return `00-${number.padStart(32, "a")}-${number.padStart(16, "b")}-${flags}`;
}

const TRACEPARENT = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/;
const traceIdOf = (headers: Headers) => headers["traceparent"]?.split("-")[1];

/** A request whose application forwards these headers. */
function send(forward: string, headers: Headers): Promise<Passed> {
  return sidecar.send({ "x-forward": forward, ...headers });
}

describe("a trace behind an application that drops it", () => {
  test("goes on by a request id or another header, with the caller's parent and decision", async () => {
    for (const [name, value] of [
      ["x-request-id", randomUUID()],
      ["x-session", "s1"],
    ] as const) {
      for (const flags of ["00", "01", "02", "03"]) {
        const traceparent = nextTraceparent(flags);
        const { received, calls } = await send(name, { traceparent, [name]: `${value}${flags}` });
        assert.equal(received["traceparent"], traceparent);
        assert.equal(calls[0]!["traceparent"], traceparent, name);
      }
    }
  });

  test("goes on in each of the requests that it causes, for as long as they come", async () => {
    const traceparent = nextTraceparent();
    const headers = { traceparent, "x-request-id": randomUUID(), "x-calls": "20", "x-delay": "200" };
    const { calls } = await send("x-request-id", headers);
    assert.deepEqual(
      calls.map((call) => call["traceparent"]),
      Array.from({ length: 20 }, () => traceparent),
    );
  });

  test("goes on when it began in this workload's Envoy, and by an id that Envoy made", async () => {
    const { received, calls } = await send("x-request-id", {});
    assert.match(received["traceparent"] ?? "", TRACEPARENT);
    assert.equal(calls[0]!["traceparent"], received["traceparent"]);
  });

  test("ends where the application forwards nothing, or a trace of its own", async () => {
    const traceparent = nextTraceparent();
    const { calls } = await send("", { traceparent, "x-request-id": randomUUID() });
    assert.match(calls[0]!["traceparent"] ?? "", TRACEPARENT);
    assert.notEqual(traceIdOf(calls[0]!), traceIdOf({ traceparent }));
    const own = await sidecar.send({ "x-own": nextTraceparent(), traceparent, "x-request-id": "own" });
    assert.notEqual(own.received["x-own"], traceparent);
    assert.equal(own.calls[0]!["traceparent"], own.received["x-own"]);
  });

  test("is everyone's own among 1000 at once, over two workers", async () => {
    const sent = Array.from({ length: 1000 }, async (_, i) => {
      const traceparent = nextTraceparent(i % 2 ? "01" : "00");
      const key: Headers = i % 3 ? { "x-request-id": randomUUID() } : { "x-session": `session ${i}` };
      const headers = { traceparent, ...key, "x-calls": `${1 + (i % 3)}`, "x-delay": "300" };
      const { calls } = await send(Object.keys(key)[0]!, headers);
      assert.equal(calls.length, 1 + (i % 3));
      for (const call of calls) assert.equal(call["traceparent"], traceparent);
    });
    await Promise.all(sent);
    const [one, two] = await sidecar.connections(2);
    assert.ok(one! > 300 && two! > 300, `both workers take part: ${one}, ${two}`);
    assert.equal(await sidecar.count("join_lost"), 0);
    assert.equal(await sidecar.count("host_errors"), 0);
  });
});

describe("a key that several requests share", () => {
  test("never leads to another's trace: each goes on in its own, or in a new one", async () => {
    const own: string[] = [];
    const came = await Promise.all(
      Array.from({ length: 300 }, async (_, i) => {
        const traceparent = nextTraceparent();
        own.push(traceparent);
        const { calls } = await send("x-session", { traceparent, "x-session": `shared ${i % 30}`, "x-delay": "200" });
        return { traceparent, call: calls[0]!["traceparent"]! };
      }),
    );
    const joined = came.filter(({ traceparent, call }) => call === traceparent).length;
    for (const { traceparent, call } of came) assert.ok(call === traceparent || !own.includes(call), call);
    assert.ok(joined < 100, `${joined} were the first under their key, and fast`);
  });

  test("leads to the trace, and to none of the parents, when they are of one trace", async () => {
    const ids = { "x-request-id": randomUUID() };
    const traceparent = nextTraceparent();
    const parents = ["1111111111111111", "2222222222222222", "3333333333333333"];
    const seen = [];
    for (const parent of parents) {
      const headers = { traceparent: traceparent.replace(/b{10}[^-]*-/, `${parent}-`), ...ids };
      const { received, calls } = await send("x-request-id", headers);
      assert.equal(received["traceparent"], headers.traceparent);
      assert.equal(traceIdOf(calls[0]!), traceIdOf({ traceparent }));
      seen.push(calls[0]!["traceparent"]!.split("-")[2]!);
    }
    assert.equal(seen[0], parents[0]);
    for (const parent of seen.slice(1)) assert.ok(!parents.includes(parent), parent);
    assert.equal(new Set(seen).size, 3);
  });
});

test("a joined trace is written in the formats of its listener, under a span of this hop", async () => {
  const other = await TraceSidecar.start({
    inbound: { ...join("inbound"), span: "new" },
    outbound: { ...join("outbound"), span: "new", inject: ["b3"] },
  });
  try {
    const headers = { traceparent: nextTraceparent(), "x-request-id": randomUUID(), "x-forward": "x-request-id" };
    const { received, calls } = await other.send(headers);
    assert.equal(traceIdOf(received), traceIdOf(headers));
    const [traceId, span, sampled] = calls[0]!["b3"]!.split("-");
    assert.deepEqual([traceId, sampled], [traceIdOf(headers), "1"]);
    const spans = [headers, received].map(({ traceparent }) => traceparent!.split("-")[2]);
    assert.equal(new Set([...spans, span]).size, 3);
    assert.equal(calls[0]!["traceparent"], undefined);
  } finally {
    await other.stop();
  }
});

test("a request id leads to its trace though Envoy marks it on its way out", async () => {
  const marking = await TraceSidecar.start({ inbound: join("inbound"), outbound: join("outbound"), marksIds: true });
  try {
    for (let i = 0; i < 20; i++) {
      const headers = { traceparent: nextTraceparent(), "x-request-id": randomUUID(), "x-forward": "x-request-id" };
      const { calls } = await marking.send(headers);
      const marked = headers["x-request-id"].replace(/^(.{14})4/, "$19");
      assert.equal(calls[0]!["x-request-id"], marked, "or this test shows nothing");
      assert.equal(calls[0]!["traceparent"], headers.traceparent);
    }
  } finally {
    await marking.stop();
  }
});

test("counts tell what became of requests", async () => {
  await eventually(async () => {
    const nouns = ["join_remembered", "joined", "join_ambiguous", "join_missed", "join_parentless"];
    const counts = await Promise.all(nouns.map((noun) => sidecar.count(noun)));
    for (const [i, count] of counts.entries()) assert.ok(count > 0, `${nouns[i]} ${count}`);
  });
});

/** Counters are handed to Envoy once a second. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempts = 0; ; attempts++) {
    try {
      return await check();
    } catch (error) {
      if (attempts === 50) throw error;
      await wait(100);
    }
  }
}
