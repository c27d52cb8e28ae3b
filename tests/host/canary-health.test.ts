// How the canary plugin watches its arms, in VMs that share data: tests/fixtures/canary/health.ts gives each request the
// arm that it asks for. What makes an arm fail is in tests/plugins/canary/health.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type Plugin, type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  [module, counting] = [await fixture("canary/health"), await fixture("canary/health", "counting")];
});

const SECOND = 1000;
const ERRORS = { errors: {} };
const GRPC: [string, string] = ["content-type", "application/grpc"];

/** What the upstream does with a request. */
interface Answer {
  headers?: HeaderList;
  endOfStream?: boolean;
  trailers?: HeaderList;
}
const FINE: Answer = { headers: [[":status", "200"]], endOfStream: true };
const FAILED: Answer = { headers: [[":status", "503"]] };
const ABORTED = -1;

/** The workers of one process. */
class Process {
  readonly proxy = new Proxy();
  readonly workers: Plugin[] = [];

  static async start(count: number, config: object = ERRORS, of = module): Promise<Process> {
    const process = new Process();
    for (let i = 0; i < count; i++) await process.join(config, of);
    return process;
  }

  async join(config: object = ERRORS, of = module): Promise<Plugin> {
    const vm = await this.proxy.createVm(of);
    const plugin = vm.startPlugin({ name: "health", rootId: "health", configuration: JSON.stringify(config) });
    this.workers.push(plugin);
    return plugin;
  }

  /** Host calls and allocations of one request; ABORTED when its arm is taken out. */
  send(worker: Plugin, arm: number, answer: Answer): { calls: number; heapAllocations: number } | typeof ABORTED {
    const stream = worker.openStream();
    const counts = [stream.requestHeaders([[":path", "/"], ["x-arm", `${arm}`]], true).counts]; // prettier-ignore
    if (stream.localResponse) return ABORTED;
    if (answer.headers) counts.push(stream.responseHeaders(answer.headers, answer.endOfStream ?? false).counts);
    if (answer.trailers) counts.push(stream.responseTrailers(answer.trailers).counts);
    stream.close();
    return {
      calls: counts.reduce((sum, one) => sum + one.hostCallTotal, 0),
      heapAllocations: counts.reduce((sum, one) => sum + one.heapAllocations, 0),
    };
  }

  /** So many seconds of ten requests to each arm, the workers in turn; how many requests v2 got. */
  run(seconds: number, answer: Answer, ofBaseline = FINE): number {
    let served = 0;
    for (let second = 0; second < seconds; second++) {
      for (let i = 0; i < 10; i++) {
        const worker = this.workers[i % this.workers.length]!;
        this.send(worker, 0, ofBaseline);
        if (this.send(worker, 1, answer) !== ABORTED) served++;
      }
      this.proxy.clock.advanceMs(SECOND);
    }
    return served;
  }

  metric(noun: string): number | undefined {
    return this.proxy.metrics.value(`arm=.=v2;.;tidegate_canary_${noun}`);
  }

  get lines(): string[] {
    return this.proxy.logs.map(({ level, message }) => `${level} ${message}`);
  }
}

describe("an arm that fails", () => {
  test("is taken out for all workers, with a metric and one line", async () => {
    const process = await Process.start(4);
    assert.equal(process.run(60, FINE), 600);
    assert.equal(process.metric("aborted"), 0);
    assert.ok(process.run(30, FAILED) < 200);
    assert.equal(process.run(500, FAILED), 0);
    assert.equal(process.metric("aborted"), 1);
    assert.equal(process.metric("aborts_total"), 1);
    assert.equal(process.lines.length, 1);
    assert.match(
      process.lines[0]!,
      /^warn canary: arm v2 is taken out for 600 s: \d\d\.\d % of \d+ requests failed; 5\.0 % were allowed, by \d+ requests of v1$/,
    );
    process.run(100, FINE);
    assert.equal(process.run(60, FINE), 600);
    assert.equal(process.metric("aborted"), 0);
    assert.equal(process.metric("aborts_total"), 1);
    assert.deepEqual(process.lines.slice(1), ["warn canary: arm v2 is let in again, and watched anew"]);
  });

  test("stays out for a worker that begins, and for the same configuration anew", async () => {
    const process = await Process.start(1);
    process.run(60, FAILED);
    assert.equal(process.send(await process.join(), 1, FINE), ABORTED);
    for (const worker of process.workers.splice(0)) worker.done();
    assert.equal(process.send(await process.join(), 1, FINE), ABORTED);
  });

  test("is let in by another configuration, beside which the old one keeps its own record", async () => {
    const process = await Process.start(1);
    process.run(60, FAILED);
    const [old] = process.workers.splice(0);
    const next = await process.join({ errors: {}, recover_after: "1h" });
    assert.notEqual(process.send(next, 1, FINE), ABORTED);
    process.run(20, FINE);
    assert.equal(process.send(old!, 1, FINE), ABORTED);
    assert.equal(process.run(20, FINE), 200);
    // A third one takes the place of the first, which goes on alone.
    const third = await process.join({ errors: {}, recover_after: "2h" });
    process.run(60, FAILED);
    assert.equal(process.send(third, 1, FINE), ABORTED);
    assert.equal(process.send(next, 1, FINE), ABORTED);
    assert.equal(process.send(old!, 1, FINE), ABORTED);
    assert.equal(process.proxy.logs.filter(({ level }) => level !== "warn").length, 0);
  });
});

describe("what counts as failed", () => {
  const cases: [name: string, answer: Answer, isFailed: boolean][] = [
    ["404", { headers: [[":status", "404"]] }, false],
    ["429", { headers: [[":status", "429"]] }, false],
    ["500", { headers: [[":status", "500"]] }, true],
    ["a client that gave up, or a reset", {}, true],
    ["a gRPC call that is fine", { headers: [[":status", "200"], GRPC], trailers: [["grpc-status", "0"]] }, false],
    ["INTERNAL", { headers: [[":status", "200"], GRPC], trailers: [["grpc-status", "13"]] }, true],
    ["NOT_FOUND", { headers: [[":status", "200"], GRPC], trailers: [["grpc-status", "5"]] }, false],
    ["UNAVAILABLE in the headers", { headers: [[":status", "200"], GRPC, ["grpc-status", "14"]], endOfStream: true }, true], // prettier-ignore
    ["NOT_FOUND in the headers", { headers: [[":status", "200"], GRPC, ["grpc-status", "5"]], endOfStream: true }, false], // prettier-ignore
    ["trailers without a status", { headers: [[":status", "200"], GRPC], trailers: [["x-other", "1"]] }, true],
    [
      "a gRPC call that is reset",
      {
        headers: [
          [":status", "200"],
          ["content-type", "application/grpc+proto"],
        ],
      },
      true,
    ],
    ["gRPC-Web, which has no trailers", { headers: [[":status", "200"], ["content-type", "application/grpc-web"]] }, false], // prettier-ignore
    ["no status at all", { headers: [["x-other", "1"]] }, true],
  ];
  for (const [name, answer, isFailed] of cases) {
    test(`${name}: ${isFailed ? "yes" : "no"}`, async () => {
      const process = await Process.start(1);
      process.run(60, answer);
      assert.equal(process.metric("aborted"), isFailed ? 1 : 0);
    });
  }
});

describe("latency", () => {
  test("is that of the answer's headers, not of its end", async () => {
    for (const [before, after, aborted] of [
      [200, 0, 1],
      [0, 200, 0],
    ] as const) {
      // prettier-ignore
      const process = await Process.start(1, { latency: {}, dwell: "0s" });
      const [worker] = process.workers;
      for (let i = 0; i < 100; i++) {
        process.send(worker!, 0, FINE);
        const stream = worker!.openStream();
        stream.requestHeaders([[":path", "/"], ["x-arm", "1"]], true); // prettier-ignore
        process.proxy.clock.advanceMs(before);
        if (stream.localResponse) break;
        stream.responseHeaders([[":status", "200"], GRPC]);
        process.proxy.clock.advanceMs(after);
        stream.responseTrailers([["grpc-status", "0"]]);
        stream.close();
      }
      process.proxy.clock.advanceMs(SECOND);
      assert.equal(process.metric("aborted"), aborted);
    }
  });
});

describe("what it costs", () => {
  test("no allocation; a clock before, a clock and two headers after", async () => {
    const process = await Process.start(1, ERRORS, counting);
    const [worker] = process.workers;
    const withTrailers: Answer = { headers: [[":status", "200"], GRPC], trailers: [["grpc-status", "0"]] }; // prettier-ignore
    for (const answer of [FINE, FAILED, withTrailers]) process.send(worker!, 1, answer);
    // Each reads `x-arm` too.
    assert.deepEqual(process.send(worker!, 1, { headers: [[":status", "200"]] }), { calls: 5, heapAllocations: 0 });
    assert.deepEqual(process.send(worker!, 1, FAILED), { calls: 4, heapAllocations: 0 });
    assert.deepEqual(process.send(worker!, 1, FINE), { calls: 5, heapAllocations: 0 });
    assert.deepEqual(process.send(worker!, 1, withTrailers), { calls: 6, heapAllocations: 0 });
    assert.deepEqual(process.send(worker!, 7, FINE), { calls: 1, heapAllocations: 0 });
  });

  test("a tick: one read and one write, nothing allocated", async () => {
    const process = await Process.start(1, { errors: {}, latency: {} }, counting);
    process.run(20, FINE);
    const [worker] = process.workers;
    process.send(worker!, 1, FAILED);
    const busy = worker!.tick();
    assert.deepEqual(busy.hostCalls, { clock_time_get: 1, proxy_get_shared_data: 1, proxy_set_shared_data: 1 });
    assert.equal(busy.heapAllocations, 0);
    const idle = worker!.tick();
    assert.deepEqual(idle.hostCalls, { clock_time_get: 1, proxy_get_shared_data: 1 });
  });
});

test("without shared data each worker judges by itself, and says so", async () => {
  const process = new Process();
  process.proxy.faults.inject({ call: "proxy_get_shared_data", status: Status.InternalFailure });
  await process.join();
  assert.deepEqual(process.lines, ["warn canary: no shared data; every worker judges arms by its own requests"]);
  process.run(60, FAILED);
  assert.equal(process.metric("aborted"), 1);
});
