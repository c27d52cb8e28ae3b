import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "node:test";
import { EventQueue } from "../../tools/simulate/event-queue.js";
import type { SimRequest } from "../../tools/simulate/limiter.js";
import { Random } from "../../tools/simulate/random.js";
import { capacityPerSecond, lasting, measuredPhase } from "../../tools/simulate/scenario.js";
import { SCENARIO_NAMES, SCENARIOS } from "../../tools/simulate/scenarios.js";
import { Upstream } from "../../tools/simulate/upstream.js";
import { Workload } from "../../tools/simulate/workload.js";

const scenario = (name: string) => SCENARIOS.find((one) => one.name === name)!;

describe("the queue of events", () => {
  it("gives them by time, those of one moment as they came, whatever is taken in between", () => {
    const times = fc.array(fc.option(fc.integer({ min: 0, max: 20 })), { maxLength: 200 });
    fc.assert(
      fc.property(times, (steps) => {
        const queue = new EventQueue<{ atMs: number; order: number }>();
        let waiting: { atMs: number; order: number }[] = [];
        for (const [order, atMs] of steps.entries()) {
          if (atMs !== null) {
            queue.add(atMs, { atMs, order });
            waiting = [...waiting, { atMs, order }].sort((a, b) => a.atMs - b.atMs || a.order - b.order);
            continue;
          }
          assert.equal(queue.nextMs, waiting[0]?.atMs ?? Infinity);
          assert.deepEqual(queue.take(), waiting.shift());
        }
        for (const event of waiting) assert.deepEqual(queue.take(), event);
        assert.equal(queue.take(), undefined);
      }),
    );
  });
});

describe("chance", () => {
  it("draws the mean that was asked for", () => {
    const random = new Random(3);
    for (const kind of ["fixed", "exponential", "lognormal"] as const) {
      let sum = 0;
      for (let i = 0; i < 100_000; i++) sum += random.draw({ kind, meanMs: 16, sigma: 1 });
      assert.ok(Math.abs(sum / 100_000 / 16 - 1) < 0.02, `${kind}: ${sum / 100_000}`);
    }
  });

  it("chooses by weight", () => {
    const random = new Random(4);
    const counts = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[random.weighted([1, 0, 3])]!++;
    assert.equal(counts[1], 0);
    assert.ok(Math.abs(counts[2]! / 10_000 - 0.75) < 0.02);
  });
});

/** An upstream whose events are written down. */
function upstreamOf(servers: number) {
  const told: string[] = [];
  const upstream = new Upstream(servers, {
    serve: (request, milliseconds) => told.push(`serve ${request.number} ${milliseconds}`),
    answer: (request, milliseconds, ok) => told.push(`${ok ? "answer" : "fail"} ${request.number} ${milliseconds}`),
  });
  const request = (number: number, more: Partial<SimRequest> = {}): SimRequest => {
    return { ...new Workload(scenario("steady"), 1, 1).request(0), number, ...more };
  };
  return { upstream, told, request };
}

describe("the upstream", () => {
  it("serves in order, as many at once as it has servers", () => {
    const { upstream, told, request } = upstreamOf(2);
    const requests = [0, 1, 2].map((number) => request(number));
    for (const one of requests) upstream.take(one);
    assert.equal(upstream.waiting, 1);
    upstream.served(requests[1]!);
    assert.deepEqual(told, ["serve 0 16", "serve 1 16", "answer 1 0", "serve 2 16"]);
  });

  it("slows what it begins to serve, and adds what a dependency takes", () => {
    const { upstream, told, request } = upstreamOf(1);
    const slow = request(0);
    upstream.speed = 1 / 4;
    upstream.dependency = [4];
    upstream.take(slow);
    upstream.served(slow);
    assert.deepEqual(told, ["serve 0 64", "answer 0 64"]);
    assert.equal(slow.unloadedMs, 128);
  });

  it("loses servers only when they have done", () => {
    const { upstream, told, request } = upstreamOf(2);
    const requests = [0, 1, 2, 3].map((number) => request(number));
    for (const one of requests) upstream.take(one);
    upstream.servers = 1;
    upstream.served(requests[0]!);
    assert.equal(told.includes("serve 2 16"), false);
    upstream.served(requests[1]!);
    assert.equal(told.at(-1), "serve 2 16");
    upstream.servers = 2;
    upstream.work();
    assert.equal(told.at(-1), "serve 3 16");
  });

  it("fails at once what it is told to fail, and what finds too many waiting", () => {
    const { upstream, told, request } = upstreamOf(1);
    upstream.queueLimit = 1;
    upstream.take(request(0, { fails: true }));
    for (const number of [1, 2, 3]) upstream.take(request(number));
    assert.deepEqual(told, ["fail 0 1", "serve 1 16", "fail 3 1"]);
  });
});

describe("the workload", () => {
  it("is the same for the same seed", () => {
    const requests = (seed: number): SimRequest[] => {
      const workload = new Workload(scenario("priorities-10x"), 4, seed);
      workload.begin({ seconds: 1, load: 1 });
      return Array.from({ length: 50 }, () => workload.request(workload.gapMs()));
    };
    assert.deepEqual(requests(5), requests(5));
    assert.notDeepEqual(requests(5), requests(6));
  });

  it("offers a multiple of what can be served of its mix", () => {
    const shift = scenario("mix-shift");
    assert.equal(capacityPerSecond(shift, [8, 1]), 1000);
    assert.equal(capacityPerSecond(shift, [3, 2]), 16_000 / 36.8);
    const workload = new Workload(shift, 1, 1);
    workload.begin({ seconds: 1, load: 2, mix: [3, 2] });
    assert.equal(workload.ratePerSecond, 32_000 / 36.8);
  });

  it("spreads over workers evenly, unevenly, or not at all", () => {
    const first = (name: string): number => {
      const workload = new Workload(scenario(name), 4, 1);
      const workers = Array.from({ length: 10_000 }, () => workload.request(0).worker);
      return workers.filter((worker) => worker === 0).length / 10_000;
    };
    assert.ok(Math.abs(first("steady") - 0.25) < 0.02);
    assert.ok(Math.abs(first("skewed") - 0.7) < 0.02);
    assert.equal(first("one-worker"), 1);
  });
});

describe("scenarios", () => {
  it("have names of their own, and a last phase or another that is measured", () => {
    assert.equal(new Set(SCENARIO_NAMES).size, SCENARIOS.length);
    for (const one of SCENARIOS) assert.equal(one.phases[measuredPhase(one)]!.paused, undefined, one.name);
  });

  it("can be made longer in the phase that is measured", () => {
    const longer = lasting(scenario("paused"), 77);
    assert.deepEqual(
      longer.phases.map(({ seconds }) => seconds),
      [20, 3, 77],
    );
    assert.equal(lasting(longer, undefined), longer);
  });
});
