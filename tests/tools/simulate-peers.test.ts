import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Limiter, SimRequest } from "../../tools/simulate/limiter.js";
import { LIMITERS } from "../../tools/simulate/limiters.js";
import { AdmissionControl } from "../../tools/simulate/peers/admission-control.js";
import { Aimd } from "../../tools/simulate/peers/aimd.js";
import { Bbr } from "../../tools/simulate/peers/bbr.js";
import { EnvoyGradient } from "../../tools/simulate/peers/envoy-gradient.js";
import { Gradient2 } from "../../tools/simulate/peers/gradient2.js";
import { Quota } from "../../tools/simulate/peers/quota.js";
import { Vegas } from "../../tools/simulate/peers/vegas.js";
import { Random } from "../../tools/simulate/random.js";
import { simulate } from "../../tools/simulate/run.js";
import { lasting } from "../../tools/simulate/scenario.js";
import { SCENARIOS } from "../../tools/simulate/scenarios.js";
import { Workload } from "../../tools/simulate/workload.js";

const workload = new Workload(SCENARIOS[0]!, 1, 1);
const request = (more: Partial<SimRequest> = {}): SimRequest => ({ ...workload.request(0), ...more });

/** Lets `count` requests, all admitted with `inflight` in flight, take `latencyMs` one after the other. */
function feed(limiter: Limiter, count: number, latencyMs: number, inflight: number, fromMs = 0): number {
  let nowMs = fromMs;
  for (let i = 0; i < count; i++) {
    const one = request({ inflight });
    assert.equal(limiter.admit(nowMs, one), true);
    one.admittedMs = nowMs;
    nowMs += latencyMs;
    limiter.served?.(nowMs, one);
    limiter.done(nowMs, one, latencyMs, "ok");
  }
  return nowMs;
}

describe("the model of", () => {
  it("a quota admits the burst, then its rate", () => {
    const quota = new Quota(100, 3);
    const admitted = (nowMs: number): number => [1, 2, 3, 4, 5].filter(() => quota.admit(nowMs)).length;
    assert.deepEqual([admitted(0), admitted(9), admitted(10), admitted(1000)], [3, 0, 1, 3]);
  });

  it("AIMD adds one an answer when half of the limit was used, and takes a tenth off for a drop", () => {
    const aimd = new Aimd();
    feed(aimd, 5, 10, 9);
    assert.equal(aimd.limit(0), 20);
    feed(aimd, 80, 10, 60);
    assert.equal(aimd.limit(0), 100);
    aimd.admit(0, request());
    aimd.done(0, request(), 500, "timeout");
    assert.equal(aimd.limit(0), 90);
    feed(aimd, 500, 10, 200);
    assert.equal(aimd.limit(0), 200);
  });

  it("Vegas grows while nothing waits, and shrinks by one when more than six do", () => {
    const vegas = new Vegas(new Random(1));
    feed(vegas, 2, 10, 20);
    assert.equal(vegas.limit(0), 26);
    feed(vegas, 1, 20, 26);
    assert.equal(vegas.limit(0), 25);
  });

  it("Gradient2 grows by a fifth of the queue allowed, and never below 20", () => {
    const gradient = new Gradient2();
    feed(gradient, 5, 10, 20);
    assert.equal(gradient.limit(0), 24);
    feed(gradient, 200, 1000, 100);
    assert.equal(gradient.limit(0) >= 20, true);
  });

  it("BBR lets everything pass until the processors have long been busy", () => {
    let utilization = 0.5;
    const bbr = new Bbr(() => utilization);
    feed(bbr, 100, 10, 1);
    utilization = 1;
    const admitted = (nowMs: number): number =>
      Array.from({ length: 50 }, () => bbr.admit(nowMs)).filter(Boolean).length;
    assert.equal(admitted(1500), 50);
    assert.ok(admitted(60_000) > 0, "nothing was measured in the last ten seconds");
  });

  it("admission control rejects what failed of the last 30 s, at most 80 %, for each worker by itself", () => {
    const control = new AdmissionControl(2, new Random(1));
    for (let i = 0; i < 1000; i++) control.done(0, request(), 1, i % 2 === 0 ? "ok" : "failed");
    const rejected = (nowMs: number, worker: number): number =>
      Array.from({ length: 10_000 }, () => control.admit(nowMs, request({ worker }))).filter((one) => !one).length /
      1e4;
    assert.ok(Math.abs(rejected(29_000, 0) - (1000 - 500 / 0.95) / 1001) < 0.02);
    assert.equal(rejected(29_000, 1), 0);
    assert.equal(rejected(31_000, 0), 0);
    for (let i = 0; i < 1000; i++) control.done(31_000, request(), 1, "failed");
    assert.ok(Math.abs(rejected(31_000, 0) - 0.8) < 0.02);
    for (let i = 0; i < 10_000; i++) control.done(31_000, request({ worker: 1 }), 1, "gone");
    assert.equal(rejected(31_000, 1), 0, "a client that leaves is no failure");
  });

  it("Envoy's gradient starts with 3, grows after 50 samples, and measures again after a minute", () => {
    const gradient = new EnvoyGradient(new Random(1));
    let nowMs = feed(gradient, 49, 10, 1);
    assert.equal(gradient.limit(nowMs), 3);
    nowMs = feed(gradient, 1, 10, 1, nowMs);
    nowMs = feed(gradient, 11, 10, 1, nowMs);
    assert.equal(gradient.limit(nowMs), Math.floor(3 * 1.25 + Math.sqrt(3 * 1.25)));
    feed(gradient, 6000, 10, 1, nowMs);
    assert.equal(gradient.limit(nowMs + 59_000) > 3, true);
    assert.equal(gradient.limit(nowMs + 70_000), 3);
  });

  it("Envoy's gradient at its least for five windows measures again at once", () => {
    const gradient = new EnvoyGradient(new Random(1));
    let nowMs = feed(gradient, 50, 10, 1);
    nowMs = feed(gradient, 40, 40, 1, nowMs);
    nowMs = feed(gradient, 52, 40, 1, nowMs);
    nowMs = feed(gradient, 10, 40, 1, nowMs);
    assert.ok(gradient.limit(nowMs) > 3, "40 ms is the new latency without load");
  });
});

describe("what the models come to", () => {
  const goodput = async (limiter: string, scenario: string): Promise<number> => {
    const found = SCENARIOS.find(({ name }) => name === scenario)!;
    const kind = LIMITERS.find(({ name }) => name === limiter)!;
    const { run } = await simulate(lasting(found, 5), kind, { workers: 1, seed: 1 });
    return run.measures.goodput;
  };

  it("is nothing without a limit, all with the right one, and nothing again when capacity falls", async () => {
    assert.ok((await goodput("none", "overload-2x")) < 0.05);
    assert.ok((await goodput("static", "overload-2x")) > 0.99);
    assert.ok(Math.abs((await goodput("quota", "overload-2x")) - 0.9) < 0.01);
    assert.ok((await goodput("quota", "quarter-speed")) < 0.05);
    assert.ok((await goodput("none", "steady")) > 0.99);
  });
});
