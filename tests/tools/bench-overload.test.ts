import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Backend } from "../../tools/bench/overload/backend.js";
import { LIMITERS } from "../../tools/bench/overload/limiters.js";
import { openLoad, type Outcome, requestText } from "../../tools/bench/overload/open-load.js";
import { overloadReportOf, overloadText } from "../../tools/bench/overload/report.js";
import { CAPACITY, FULL, type Phase, SCENARIOS } from "../../tools/bench/overload/scenarios.js";
import { ServerQueue } from "../../tools/bench/overload/server-queue.js";
import { requestsOf } from "../../tools/bench/overload/traffic.js";
import { figuresOf } from "../../tools/bench/overload/trial.js";
import { alwaysBest, mediansOf, standingsOf, wasUndisturbed } from "../../tools/bench/overload/verdict.js";
import { tidegate } from "./memory-io.js";

const STRAIN = { loadLateMs: 1, upstreamLateMs: 1, load: 0.1, upstream: 0.1, envoy: 0.1 };

/** When each of these works, all come at once, is done. */
function done(queue: ServerQueue, works: readonly number[]): number[] {
  const times: number[] = [];
  works.forEach((work, index) => queue.arrive(0, work, (dueMs) => (times[index] = dueMs)));
  queue.advance(10_000);
  return times;
}

describe("the upstream of the overload benchmark", () => {
  it("serves first come first served, as many at a time as it has servers", () => {
    assert.deepEqual(done(new ServerQueue({ servers: 1, slowdown: 1, delayMs: 0 }), [10, 5, 1]), [10, 15, 16]);
    assert.deepEqual(done(new ServerQueue({ servers: 2, slowdown: 1, delayMs: 0 }), [10, 5, 1, 9]), [10, 5, 6, 15]);
  });

  it("loses no capacity when it is late", () => {
    const queue = new ServerQueue({ servers: 1, slowdown: 1, delayMs: 0 });
    const times: number[] = [];
    for (let i = 0; i < 3; i++) queue.arrive(0, 10, (dueMs) => times.push(dueMs));
    queue.advance(12);
    queue.advance(39);
    assert.deepEqual(times, [10, 20, 30]);
    assert.equal(queue.nextMs(), Infinity);
  });

  it("can be slower, and wait for something else without holding a server", () => {
    assert.deepEqual(done(new ServerQueue({ servers: 1, slowdown: 4, delayMs: 0 }), [10, 5]), [40, 60]);
    assert.deepEqual(done(new ServerQueue({ servers: 1, slowdown: 1, delayMs: 100 }), [10, 5]), [110, 115]);
  });

  it("changes for what has not begun", () => {
    const queue = new ServerQueue({ servers: 2, slowdown: 1, delayMs: 0 });
    const times: number[] = [];
    for (let i = 0; i < 4; i++) queue.arrive(0, 10, (dueMs) => times.push(dueMs));
    queue.change({ servers: 1 }, 5);
    assert.equal(queue.length, 2);
    queue.advance(25);
    assert.deepEqual(times, [10, 10, 20]);
    queue.clear();
    queue.advance(1000);
    assert.equal(times.length, 3);
  });

  it("is a process that a load meets over connections that it keeps", async () => {
    const backend = await Backend.start();
    try {
      await backend.change({ servers: 4, slowdown: 1, delayMs: 0 }, true);
      const request = requestText("/slow", { "x-work-ms": "20" });
      const shots = Array.from({ length: 40 }, (_, i) => ({ atMs: i, request }));
      const outcomes = await openLoad({
        port: backend.port,
        shots,
        connections: 8,
        mostConnections: 64,
        graceMs: 2000,
      });
      assert.deepEqual([...new Set(outcomes.map(({ status }) => status))], [200]);
      const last = Math.max(...outcomes.map(({ answered }) => answered)) - outcomes[0]!.due;
      assert.ok(last >= (40 * 20) / 4, `40 requests of 20 ms were done by 4 servers in ${last} ms`);
      assert.equal((await backend.report()).waiting, 0);
    } finally {
      await backend.stop();
    }
  });
});

describe("an open load", () => {
  it("tells what nobody answered, and ends all the same", async () => {
    const backend = await Backend.start();
    try {
      await backend.change({ servers: 1, slowdown: 1, delayMs: 10_000 }, true);
      const shots = [0, 1, 2].map((atMs) => ({ atMs, request: requestText("/") }));
      const options = { port: backend.port, shots, connections: 1, mostConnections: 2, graceMs: 50 };
      const outcomes = await openLoad(options);
      assert.deepEqual(
        outcomes.map(({ status, answered }) => [status, answered]),
        [0, 0, 0].map(() => [0, Infinity]),
      );
      assert.equal(outcomes[2]!.sent, Infinity, "no connection was free");
    } finally {
      await backend.stop();
    }
  });
});

describe("the requests of a scenario", () => {
  const [phase] = SCENARIOS.find(({ name }) => name === "5x")!.phases.slice(-1) as [Phase];
  const requests = requestsOf([phase], 7);

  it("are as many and as much work as the scenario says", () => {
    const seconds = phase.seconds;
    assert.ok(Math.abs(requests.length / (5 * CAPACITY * seconds) - 1) < 0.05);
    const work = requests.reduce((sum, { workMs }) => sum + workMs, 0);
    assert.ok(Math.abs(work / (5 * FULL.servers * 1000 * seconds) - 1) < 0.05);
    assert.ok(requests.every(({ atMs }, i) => atMs >= (requests[i - 1]?.atMs ?? 0) && atMs < seconds * 1000));
  });

  it("are the same for the same seed, and others for another", () => {
    assert.deepEqual(requestsOf([phase], 7), requests);
    assert.notDeepEqual(requestsOf([phase], 8), requests);
  });
});

describe("the figures of a phase", () => {
  const phase = (row: string | undefined, servers: number): Phase => ({
    ...(row === undefined ? {} : { row }),
    seconds: 1,
    load: 1,
    slowShare: 0,
    capacity: { servers, slowdown: 1, delayMs: 0 },
  });
  const request = { atMs: 0, request: "", workMs: 200 };
  const outcome = (due: number, answered: number, status: number): Outcome => ({ due, sent: due, answered, status });

  it("tell work in time, by when it was answered, of what came or could be done", () => {
    const outcomes = [
      outcome(100, 300, 200), // before the phase that is measured
      outcome(800, 1100, 200), // answered within it
      outcome(1100, 1200, 200),
      outcome(1200, 1600, 200),
      outcome(1300, 1301, 503),
      outcome(1400, 1900, 504),
      outcome(1500, Infinity, 0),
      outcome(1600, 2050, 200), // answered after it
    ];
    const requests = outcomes.map(() => request);
    const figures = figuresOf([phase(undefined, 1), phase("measured", 1)], requests, outcomes, 0).get("measured")!;
    assert.equal(figures.goodput, 600 / 1000);
    assert.equal(figures.p50Ms, 400);
    assert.equal(figures.rejected, 1 / 6);
    assert.equal(figures.late, 2 / 6);
  });

  it("tell what share of the work that came was done in time, if all of it could be", () => {
    const outcomes = [outcome(100, 300, 200), outcome(900, 1100, 200), outcome(950, 951, 503)];
    const requests = outcomes.map(() => request);
    assert.equal(figuresOf([phase("all", 1)], requests, outcomes, 0).get("all")!.goodput, 2 / 3);
  });
});

describe("the verdict", () => {
  const figures = (goodput: number) => ({ goodput, p50Ms: 1, p99Ms: 2, rejected: 0, late: 0 });
  const row = (name: string, limiter: string, goodput: number) => ({ row: name, limiter, figures: figures(goodput) });
  const rows = [
    row("a", "tidegate", 0.97),
    row("a", "none", 0.1),
    row("a", "local_half", 0.98),
    row("b", "tidegate", 0.9),
    row("b", "none", 1),
    row("b", "local_half", 0.5),
    row("c", "tidegate", 1),
    row("c", "none", 1),
    row("c", "local_half", 1),
  ];

  it("compares us with the best of the others, row by row", () => {
    assert.deepEqual(
      standingsOf(rows, "tidegate").map(({ row, bestPeer, verdict }) => [row, bestPeer.limiter, verdict]),
      [
        ["a", "local_half", "within 2 %"],
        ["b", "none", "BEHIND"],
        ["c", "none", "highest"],
      ],
    );
    assert.deepEqual(alwaysBest(rows), []);
    assert.deepEqual(alwaysBest(rows.filter(({ row }) => row !== "b")), ["tidegate", "local_half"]);
  });

  it("takes medians over the rounds", () => {
    const trials = [0.9, 0.1, 0.8].map((goodput) => ({ figures: new Map([["a", figures(goodput)]]), strain: STRAIN }));
    assert.deepEqual(mediansOf("none", trials), [row("a", "none", 0.8)]);
  });

  it("says when load or upstream were themselves too late", () => {
    assert.equal(wasUndisturbed(STRAIN), true);
    assert.equal(wasUndisturbed({ ...STRAIN, loadLateMs: 51 }), false);
    assert.equal(wasUndisturbed({ ...STRAIN, upstreamLateMs: 51 }), false);
    const run = { envoy: "1.40.0", workers: 2, rounds: 3, processors: 2 };
    const strains = [STRAIN, { ...STRAIN, loadLateMs: 80 }].map((strain) => ({ scenario: "2x", strain }));
    const text = overloadText(overloadReportOf(rows, strains, run));
    assert.match(text, /^ {2}tidegate +ratelimit, "concurrency": \{\} +97\.0 +1 +2 +0\.0 +0\.0$/m);
    assert.match(text, /^a +tidegate 97\.0, best of the others local_half 98\.0: within 2 %$/m);
    assert.match(text, /^The best or within 2 % of it in every row: nobody\.$/m);
    assert.match(text, /^ {2}2x +MEASURED ITSELF: not to be relied on +80\.0 +1\.0 +0\.10 +0\.10 +0\.10$/m);
  });
});

describe("tidegate bench overload", () => {
  it("names all limiters and scenarios in its help", async () => {
    const out = (await tidegate(["bench", "overload", "--help"])).out.replace(/\s+/g, " ");
    assert.ok(out.includes(`compared: ${LIMITERS.map(({ name }) => name).join(", ")}.`));
    for (const { name } of SCENARIOS) assert.ok(out.includes(` ${name}`), name);
  });

  it("refuses what it does not know in one line", async () => {
    const lines: [string[], RegExp][] = [
      [["--only", "none,lua"], /^tidegate: no limiter lua; there are none, adaptive_concurrency.*\n$/],
      [["--scenarios", "3x"], /^tidegate: no scenario 3x; there are 0\.8x, .*\n$/],
      [["--rounds", "0"], /^tidegate: .*'0' is invalid.* whole number from 1 to 100\.\n$/],
      [["--workers", "0"], /^tidegate: .*'0' is invalid.* whole number from 1 to 64\.\n$/],
    ];
    for (const [args, line] of lines) {
      const { exitCode, out, err } = await tidegate(["bench", "overload", ...args]);
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
      assert.match(err, line);
    }
  });
});
