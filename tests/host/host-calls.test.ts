import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Proxy, Status } from "../../tools/host/index.js";
import { op, type Pairs } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

const HEADERS: Pairs = [
  [":method", "POST"],
  [":path", "/check"],
  [":authority", "a"],
];
const call = (timeoutMs = 100) => ({ requestHeaders: [op.httpCall("auth", HEADERS, "body", timeoutMs)] });
const onAnswer = { httpCallResponse: [op.get(6, ":status"), op.buffer(4), op.get(7, "x-t"), op.status()] };

describe("an HTTP call", () => {
  test("can be looked at and is answered once", async () => {
    const rig = await ProbeRig.start({ root: onAnswer });
    rig.send(call());
    const [pending] = rig.proxy.httpCalls;
    assert.deepEqual([pending?.cluster, pending?.timeoutMs, pending?.trailers], ["auth", 100, []]);
    assert.deepEqual(pending?.headers.at(-1), ["content-length", "4"]);
    rig.said();
    const counts = pending!.respond({ body: "yes", trailers: [["x-t", "1"]] });
    assert.deepEqual(rig.answers(), ['0 "200"', '0 "yes"', '0 "1"', '0 "" 0']);
    assert.equal(counts.callback, "proxy_on_http_call_response");
    assert.equal(rig.proxy.httpCalls.length, 0);
    assert.throws(() => pending!.respond(), /has been answered/);
  });

  test("that fails has no headers and the status BrokenConnection", async () => {
    const rig = await ProbeRig.start({ root: onAnswer });
    rig.send(call());
    rig.said();
    rig.proxy.httpCalls[0]!.fail();
    const broken = `0 "reset" ${Status.BrokenConnection}`;
    assert.deepEqual(
      rig.answers(),
      ["2", "1", "2", broken].map((line, index) => (index === 1 ? rigNoBody : line)),
    );
  });

  test("that nobody answers becomes 504 when its time is over, never without a timeout", async () => {
    const rig = await ProbeRig.start({ root: onAnswer });
    rig.send(call(100));
    rig.send(call(0));
    rig.said();
    rig.proxy.clock.advanceMs(99);
    assert.deepEqual(rig.answers(), []);
    rig.proxy.clock.advanceMs(1_000_000);
    assert.deepEqual(rig.answers().slice(0, 2), ['0 "504"', '0 "upstream request timeout"']);
    assert.equal(rig.proxy.httpCalls.length, 1);
  });

  test("to a cluster that is not known is BadArgument", async () => {
    const rig = await ProbeRig.start({ proxy: new Proxy({ clusters: ["other"] }) });
    rig.send(call());
    assert.deepEqual(rig.answers(), ["2 0 0"]);
  });
});

/** What a body that is not there reads as. */
const rigNoBody = "1";

describe("gRPC", () => {
  const root = {
    grpcInitialMetadata: [op.get(4, "x-m")],
    grpcReceive: [op.buffer(5)],
    grpcTrailingMetadata: [op.get(5, "x-t")],
    grpcClose: [op.status()],
  };

  test("calls carry one message each way", async () => {
    const rig = await ProbeRig.start({ root });
    rig.send({ requestHeaders: [op.grpcCall("svc", "question")] });
    const [pending] = rig.proxy.grpcCalls;
    assert.deepEqual(
      [pending?.kind, pending?.service, String(Buffer.from(pending!.sent[0]!))],
      ["call", "svc", "question"],
    );
    rig.said();
    pending!.receive("answer");
    assert.deepEqual(rig.answers(), ['0 "answer"']);
    assert.equal(rig.proxy.grpcCalls.length, 0);
  });

  test("streams carry metadata and messages until either side closes", async () => {
    const rig = await ProbeRig.start({ root });
    rig.send({ requestHeaders: [op.grpcStream("svc"), op.grpcSend(0, "one"), op.grpcClose(0)] });
    const [pending] = rig.proxy.grpcCalls;
    assert.deepEqual([pending?.sent.length, pending?.localClosed], [1, true]);
    rig.said();
    pending!.receiveInitialMetadata([["x-m", "1"]]);
    pending!.receive("two");
    pending!.receiveTrailingMetadata([["x-t", "2"]]);
    pending!.close(14, "gone");
    assert.deepEqual(rig.answers(), ['0 "1"', '0 "two"', '0 "2"', '0 "gone" 14']);
  });

  test("cancelled calls are forgotten", async () => {
    const rig = await ProbeRig.start();
    rig.send({ requestHeaders: [op.grpcStream("svc"), op.grpcCancel(0), op.grpcCancel(0)] });
    assert.deepEqual(rig.answers(), ["0 2", "0", "1"]);
    assert.equal(rig.proxy.grpcCalls.length, 0);
  });
});

describe("foreign functions", () => {
  test("of the test come before Envoy's", async () => {
    const proxy = new Proxy({
      foreignFunctions: { double: (args) => Buffer.concat([args, args]), compress: () => Status.Unimplemented },
    });
    const rig = await ProbeRig.start({ proxy });
    rig.send({ requestHeaders: [op.foreign("double", "ab"), op.foreign("compress", "ab"), op.foreign("none")] });
    assert.deepEqual(rig.answers(), ['0 "abab"', "12", "1"]);
  });
});

describe("properties", () => {
  test("are found on the stream, then the plugin, then the proxy, nested or with dots", async () => {
    const proxy = new Proxy({
      properties: { xds: { node: { id: "n", metadata: { "a.b": "dotted" } } }, own: "proxy" },
    });
    const rig = await ProbeRig.start({ proxy, plugin: { properties: { own: "plugin", "list.of": ["x", "y"] } } });
    const names = [
      "xds/node/id",
      "xds/node/metadata/a.b",
      "own",
      "list/of/1",
      "list/of/2",
      "source/address",
      "source/port",
    ];
    const { stream, headers } = rig.open(
      { requestHeaders: names.map((name) => op.property(name)) },
      { properties: { own: "stream", source: { address: "1.2.3.4:5", port: 5 } } },
    );
    stream.requestHeaders(headers);
    const port = `0 ${JSON.stringify("\x05\0\0\0\0\0\0\0")}`;
    assert.deepEqual(rig.answers(), ['0 "n"', '0 "dotted"', '0 "stream"', '0 "y"', "1", '0 "1.2.3.4:5"', port]);
  });
});
