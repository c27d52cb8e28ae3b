import { EventQueue } from "./event-queue.js";
import type { Ending, Limiter, SimRequest } from "./limiter.js";
import type { RunRecord } from "./record.js";
import type { Phase, Scenario } from "./scenario.js";
import { Upstream } from "./upstream.js";
import type { Workload } from "./workload.js";

/** What happens at one moment. Those of the proxy wait while no worker runs. */
type SimEvent =
  | { kind: "arrival"; phase: number }
  | { kind: "served"; request: SimRequest }
  | { kind: "answer"; request: SimRequest; ok: boolean }
  | { kind: "deadline"; request: SimRequest }
  | { kind: "phase"; index: number }
  | { kind: "stall"; phase: number; forMs: number }
  | { kind: "resume"; phase: number }
  | { kind: "sample" };

/** What the proxy has to do, kept while it cannot. */
type ProxyWork = (nowMs: number) => void;

/** One run of a scenario: clients, the proxy with a limiter, the upstream, in virtual time. */
export class Simulation {
  readonly #queue = new EventQueue<SimEvent>();
  readonly #upstream: Upstream;
  #limiter!: Limiter;
  #nowMs = 0;
  #inflight = 0;
  /** Counts the phases that have begun. */
  #phase = 0;
  /** Stalls of the workers a second, in this phase. */
  #stalls = 0;
  /** Set while no worker runs. */
  #backlog: ProxyWork[] | undefined;

  constructor(
    private readonly scenario: Scenario,
    private readonly workload: Workload,
    private readonly record: RunRecord,
  ) {
    this.#upstream = new Upstream(scenario.servers, {
      serve: (request, milliseconds) => this.#later(milliseconds, { kind: "served", request }),
      answer: (request, milliseconds, ok) => this.#later(milliseconds, { kind: "answer", request, ok }),
    });
    this.#upstream.queueLimit = scenario.queueLimit ?? Infinity;
  }

  /** Share of the servers that is busy now. */
  get utilization(): number {
    return Math.min(1, this.#upstream.busy / this.#upstream.servers);
  }

  /** Runs all phases, and then until the last request's deadline. */
  run(limiter: Limiter): void {
    this.#limiter = limiter;
    let atMs = 0;
    for (const [index, { seconds }] of this.scenario.phases.entries()) {
      this.#queue.add(atMs, { kind: "phase", index });
      atMs += seconds * 1000;
    }
    this.#queue.add(0, { kind: "sample" });
    const endMs = atMs + this.scenario.deadlineMs;
    while (this.#queue.nextMs <= endMs) {
      this.#nowMs = this.#queue.nextMs;
      this.#happen(this.#queue.take()!);
    }
  }

  #happen(event: SimEvent): void {
    switch (event.kind) {
      case "arrival":
        return event.phase === this.#phase ? this.#arrival() : undefined;
      case "served":
        this.#limiter.served?.(this.#nowMs, event.request);
        return this.#upstream.served(event.request);
      case "answer":
        return this.#inProxy((nowMs) => this.#end(nowMs, event.request, event.ok ? "ok" : "failed"));
      case "deadline":
        if (event.request.over) return;
        return this.#inProxy((nowMs) => this.#end(nowMs, event.request, this.scenario.deadlineEnds));
      case "phase":
        return this.#begin(this.scenario.phases[event.index]!);
      case "stall":
        return event.phase === this.#phase ? this.#stall(event.forMs) : undefined;
      case "resume":
        if (event.phase !== this.#phase) return;
        this.#resume();
        return this.#expectStall();
      case "sample":
        this.#sample();
        return this.#later(this.record.slotMs, { kind: "sample" });
    }
  }

  #begin(phase: Phase): void {
    const upstream = this.#upstream;
    this.workload.begin(phase);
    this.#phase++;
    this.#expectArrival();
    upstream.servers = phase.servers ?? upstream.servers;
    upstream.speed = phase.speed ?? upstream.speed;
    upstream.dependency = phase.dependency ?? upstream.dependency;
    upstream.work();
    if (phase.stepWallMs) this.#limiter.stepWall?.(phase.stepWallMs);
    if (phase.paused) this.#backlog ??= [];
    else this.#resume();
    this.#stalls = phase.stalls ?? this.#stalls;
    this.#expectStall();
  }

  #stall(forMs: number): void {
    this.#backlog ??= [];
    this.#later(forMs, { kind: "resume", phase: this.#phase });
  }

  #expectStall(): void {
    if (this.#stalls === 0) return;
    const { inMs, forMs } = this.workload.stall(this.#stalls);
    this.#later(inMs, { kind: "stall", phase: this.#phase, forMs });
  }

  #resume(): void {
    const backlog = this.#backlog;
    if (!backlog) return;
    this.#backlog = undefined;
    this.#limiter.stall?.(this.#nowMs);
    for (const work of backlog) work(this.#nowMs);
  }

  #arrival(): void {
    const request = this.workload.request(this.#nowMs);
    this.record.offered(this.#nowMs, request);
    this.#inProxy((nowMs) => this.#decide(nowMs, request));
    this.#expectArrival();
  }

  /** Of a Poisson process: what was expected at the rate of an earlier phase is forgotten. */
  #expectArrival(): void {
    if (this.workload.ratePerSecond > 0) this.#later(this.workload.gapMs(), { kind: "arrival", phase: this.#phase });
  }

  #decide(nowMs: number, request: SimRequest): void {
    if (!this.#limiter.admit(nowMs, request)) {
      request.over = true;
      return this.record.rejected(nowMs, request);
    }
    request.admittedMs = nowMs;
    request.inflight = ++this.#inflight;
    this.record.admitted(nowMs, request);
    this.#queue.add(Math.max(nowMs, request.arrivedMs + this.scenario.deadlineMs), { kind: "deadline", request });
    this.#upstream.take(request);
  }

  #end(nowMs: number, request: SimRequest, ending: Ending): void {
    if (request.over) return;
    request.over = true;
    this.#inflight--;
    this.#limiter.done(nowMs, request, nowMs - request.admittedMs, ending);
    this.record.end(nowMs, request, ending);
  }

  #sample(): void {
    const { servers, speed, waiting } = this.#upstream;
    this.record.sample(this.#nowMs, {
      limit: this.#limiter.limit(this.#nowMs),
      inflight: this.#inflight,
      waiting,
      capacityMs: servers * speed * this.record.slotMs,
    });
  }

  #inProxy(work: ProxyWork): void {
    if (this.#backlog) this.#backlog.push(work);
    else work(this.#nowMs);
  }

  #later(milliseconds: number, event: SimEvent): void {
    this.#queue.add(this.#nowMs + milliseconds, event);
  }
}
