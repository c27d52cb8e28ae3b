import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EnvoyCrash } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe("a stream", () => {
  test("tells what goes on, route cache clears and filter state", async () => {
    const rig = await ProbeRig.start();
    const stream = rig.send({
      requestHeaders: [op.replace(0, "x-a", "1"), op.foreign("clear_route_cache"), op.setProperty("mine", "v")],
    });
    assert.equal(stream.routeCacheClears, 2);
    assert.deepEqual(stream.request.headers.at(-1), ["x-a", "1"]);
    assert.deepEqual([...stream.filterState], [["wasm.mine", "v"]]);
  });

  test("refuses what no proxy would do", async () => {
    const rig = await ProbeRig.start();
    const answered = rig.send({ requestHeaders: [op.localResponse(403)] });
    assert.throws(() => answered.responseHeaders([[":status", "200"]]), /local response/);
    const stream = rig.send({});
    stream.responseHeaders([[":status", "200"]], true);
    assert.throws(() => stream.responseHeaders([[":status", "200"]]), /has its response headers/);
    stream.close();
    assert.throws(() => stream.close(), /closed/);
    assert.throws(() => stream.requestBody("x"), /closed/);
  });

  test("holds body and trailers while its headers are paused, until a tick continues it", async () => {
    const rig = await ProbeRig.start({ root: { tick: [op.effectiveContext(1), op.continueStream(0)] } });
    const stream = rig.send({ requestHeaders: [op.returns(1)], requestBody: [op.buffer(0)] }, false);
    assert.equal(stream.requestBody("he").paused, true);
    stream.requestBody("llo");
    stream.requestTrailers([["x-t", "1"]]);
    assert.equal(text(stream.request.body), "");
    rig.plugin.tick();
    assert.equal(stream.requestPaused, false);
    assert.equal(text(stream.request.body), "hello");
    assert.deepEqual(stream.request.trailers, [["x-t", "1"]]);
  });

  test("with allow_on_headers_stop_iteration may hold its headers and see the body", async () => {
    const rig = await ProbeRig.start({ plugin: { allowOnHeadersStopIteration: true } });
    const { stream, headers } = rig.open({ requestHeaders: [op.returns(1)], requestBody: [op.buffer(0)] });
    assert.deepEqual(pick(stream.requestHeaders(headers)), [1, true]);
    assert.deepEqual(pick(stream.requestBody("hello", true)), [0, false]);
  });

  test("says which status Envoy acts on: unknown ones stop", async () => {
    const rig = await ProbeRig.start();
    const { stream, headers } = rig.open({ requestHeaders: [op.returns(17)] });
    assert.deepEqual(pick(stream.requestHeaders(headers)), [4, true]);
    const body = rig.send({ requestBody: [op.returns(2)] }, false);
    assert.deepEqual(pick(body.requestBody("x")), [2, true]);
  });

  test("that would end Envoy ends the test", async () => {
    const rig = await ProbeRig.start();
    const logging = rig.send({ log: [op.localResponse(500)] });
    assert.throws(() => logging.close(), EnvoyCrash);
    const early = rig.open({ requestHeaders: [op.continueStream(1)] });
    assert.throws(() => early.stream.requestHeaders(early.headers), EnvoyCrash);
    const twice = rig.send({ responseHeaders: [op.continueStream(1)] });
    assert.throws(() => twice.responseHeaders([[":status", "200"]]), EnvoyCrash);
  });
});

function pick({ status, paused }: { status: number; paused: boolean }): [number, boolean] {
  return [status, paused];
}
