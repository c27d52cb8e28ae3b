import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { counted } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { play, quickstart, type SeenRow } from "../../tools/rig/scenario.js";
import { allHeld, tableText } from "../../tools/rig/table.js";
import { startUpstream } from "../../tools/upstream.js";

describe("the demo's scenario", () => {
  it("fails for every plugin when no plugin stands before the upstream", async (t) => {
    const upstream = await startUpstream({ name: "v1" });
    t.after(upstream.close);
    const { send, close } = httpSend(upstream.port);
    t.after(close);
    const rows = await play(quickstart, send);
    const held = rows.filter((row) => row.seen === row.expected).map((row) => row.sent);
    // All that needs no plugin: what no rule limits, and a trace that passes untouched.
    assert.deepEqual(held, [
      "bob, meanwhile: 3 x /api",
      "alice: 10 x /health, which has no rule",
      "good traceparent and tracestate",
    ]);
    assert.equal(allHeld(rows), false);
  });

  it("shows a failing send as what was seen, and goes on", async () => {
    const rows = await play(quickstart, () => Promise.reject(new Error("connection refused")));
    assert.equal(rows.length, quickstart.length);
    for (const row of rows) assert.equal(row.seen, "failed: connection refused");
  });
});

describe("tableText", () => {
  const row = (seen: string): SeenRow => ({
    plugin: "p",
    sent: "s",
    expected: "e",
    seen,
    see: () => Promise.resolve(""),
  });

  it("sets what was seen beside what was expected", () => {
    assert.equal(
      tableText([row("e"), row("other")], false),
      "plugin  sent  expected  seen\np       s     e         e      ok\np       s     e         other  FAILED\n",
    );
  });

  it("puts what would widen the table on a line of its own", () => {
    const long = "x".repeat(41);
    assert.match(tableText([row(long)], false), new RegExp(`see below {2}FAILED\\n {2}seen: ${long}\\n$`));
  });
});

describe("counted", () => {
  it("counts outcomes in the order of their first", () => {
    assert.equal(counted(["200", "429", "200"]), "2 x 200, 1 x 429");
    assert.equal(counted([]), "");
  });
});
