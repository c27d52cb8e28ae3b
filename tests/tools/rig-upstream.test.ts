import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { freePorts, isPortFree } from "../../tools/ports.js";
import { valuesOf } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream } from "../../tools/upstream.js";

describe("freePorts", () => {
  it("gives ports that are free, all different, also over several calls", async () => {
    const ports = [...(await freePorts(20)), ...(await freePorts(20))];
    assert.equal(new Set(ports).size, 40);
    for (const port of ports) assert.equal(await isPortFree(port), true);
  });
});

describe("startUpstream", () => {
  it("answers with what it received, repeated headers in their order", async (t) => {
    const upstream = await startUpstream({ name: "v1" });
    t.after(upstream.close);
    const { send, close } = httpSend(upstream.port);
    t.after(close);
    const answer = await send({
      path: "/a?b=c",
      headers: [
        ["x-one", "1"],
        ["X-Two", "caf\u00e9"],
        ["x-one", "2"],
      ],
    });
    assert.equal(answer.status, 200);
    assert.deepEqual(valuesOf(answer.headers, "x-upstream"), ["v1"]);
    assert.equal(answer.upstream?.name, "v1");
    assert.deepEqual(valuesOf(answer.upstream.received, "x-one"), ["1", "2"]);
    assert.deepEqual(valuesOf(answer.upstream.received, "x-two"), ["caf\u00e9"]);
  });

  it("frees its port when closed, also under an open connection, and closes twice", async (t) => {
    const upstream = await startUpstream({ name: "v1" });
    t.after(upstream.close);
    const { send, close } = httpSend(upstream.port);
    t.after(close);
    await send({ path: "/" });
    assert.equal(await isPortFree(upstream.port), false);
    await upstream.close();
    await upstream.close();
    assert.equal(await isPortFree(upstream.port), true);
  });

  it("fails when its port is taken", async (t) => {
    const first = await startUpstream({ name: "v1" });
    t.after(first.close);
    await assert.rejects(startUpstream({ name: "v2", port: first.port }), /EADDRINUSE/);
  });
});
