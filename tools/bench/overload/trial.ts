import { setTimeout as sleep } from "node:timers/promises";
import { startEnvoy } from "../../envoy/process.js";
import { freePorts } from "../../ports.js";
import { cpuMicroseconds } from "../process-cost.js";
import { quantile } from "../statistics.js";
import type { Backend } from "./backend.js";
import { overloadBootstrap } from "./envoy-config.js";
import type { Limiter } from "./limiters.js";
import { openLoad, type Outcome } from "./open-load.js";
import { FULL, type Phase, type Scenario } from "./scenarios.js";
import { type Request, requestsOf } from "./traffic.js";

/** An answer that comes later is of no use to anybody. */
export const DEADLINE_MS = 500;
/** Open before the load begins; others are opened as needed. */
const CONNECTIONS = 64;
const MOST_CONNECTIONS = 6000;

/** What one limiter made of one phase. Shares are from 0 to 1. */
export interface Figures {
  /** Work answered in time, of the most that could have been: the lesser of what came and what the servers could do. */
  goodput: number;
  /** Of answers in time. */
  p50Ms: number;
  p99Ms: number;
  /** Of the requests: turned away by the limiter. */
  rejected: number;
  /** Of the requests: not answered in time. */
  late: number;
}

/** What else the machine did in a trial: whether it measured the limiter or itself. */
export interface Strain {
  /** How long after its time a request was sent, and an answer of the upstream. 99 of 100 were not later. */
  loadLateMs: number;
  upstreamLateMs: number;
  /** Processors in use, on average. */
  load: number;
  upstream: number;
  envoy: number;
}

export interface Trial {
  /** By the row of the phase. */
  figures: Map<string, Figures>;
  strain: Strain;
}

export interface TrialOptions {
  envoy: { path: string };
  workers: number;
  backend: Backend;
  seed: number;
  signal: AbortSignal;
}

/** Puts one limiter, in an Envoy of its own, through one scenario. */
export async function tryOut(limiter: Limiter, scenario: Scenario, options: TrialOptions): Promise<Trial> {
  const { backend, signal, workers } = options;
  const [listener = 0] = await freePorts(1);
  const config = overloadBootstrap(limiter.filters(), { listener, upstream: backend.port, deadlineMs: DEADLINE_MS });
  const envoy = await startEnvoy({ envoy: options.envoy, config, logLevel: "error", concurrency: workers, signal });
  try {
    const requests = requestsOf(scenario.phases, options.seed);
    await backend.change(FULL, true);
    const before = { cpu: process.cpuUsage(), envoy: await cpuMicroseconds(envoy.pid) };
    const { outcomes, begin } = await load(listener, requests, scenario, options);
    const own = process.cpuUsage(before.cpu);
    const report = await backend.report();
    const seconds = (performance.now() - begin) / 1000;
    const strain = {
      loadLateMs: quantile(outcomes.map(lateness), 0.99),
      upstreamLateMs: report.lateP99Ms,
      load: (own.user + own.system) / 1e6 / seconds,
      upstream: report.cpuMs / 1e3 / seconds,
      envoy: ((await cpuMicroseconds(envoy.pid)) - before.envoy) / 1e6 / seconds,
    };
    return { figures: figuresOf(scenario.phases, requests, outcomes, begin), strain };
  } finally {
    await envoy.stop();
  }
}

/** What was never sent is as late as can be. */
function lateness({ due, sent }: Outcome): number {
  return sent === Infinity ? 1e6 : sent - due;
}

/** Sends the requests, and changes the upstream's capacity from phase to phase. */
async function load(
  port: number,
  requests: readonly Request[],
  { phases }: Scenario,
  { backend, signal }: TrialOptions,
): Promise<{ outcomes: Outcome[]; begin: number }> {
  let begin = 0;
  let changes: Promise<void> = Promise.resolve();
  const change = async (): Promise<void> => {
    let end = begin;
    for (const phase of phases) {
      await sleep(Math.max(0, end - performance.now()), undefined, { signal });
      await backend.change(phase.capacity);
      end += phase.seconds * 1000;
    }
  };
  const outcomes = await openLoad({
    port,
    shots: requests,
    connections: CONNECTIONS,
    mostConnections: MOST_CONNECTIONS,
    graceMs: 2 * DEADLINE_MS,
    signal,
    onBegin: (at) => {
      begin = at;
      changes = change();
      changes.catch(() => undefined); // seen below, where nothing else has failed first
    },
  });
  await changes;
  return { outcomes, begin };
}

/** @param outcomes of the requests, in the same order. */
export function figuresOf(
  phases: readonly Phase[],
  requests: readonly Request[],
  outcomes: readonly Outcome[],
  begin: number,
): Map<string, Figures> {
  const figures = new Map<string, Figures>();
  let from = begin;
  for (const phase of phases) {
    const to = from + phase.seconds * 1000;
    if (phase.row !== undefined) figures.set(phase.row, figuresIn(phase, from, to, requests, outcomes));
    from = to;
  }
  return figures;
}

/**
 * Everything is counted by when a request came, but under overload goodput by when it was answered: a queue that is left
 * at the end earns nothing.
 */
function figuresIn(
  { capacity }: Phase,
  from: number,
  to: number,
  requests: readonly Request[],
  outcomes: readonly Outcome[],
): Figures {
  const latencies: number[] = [];
  let [came, cameWork, goodWork, goodCameWork, rejected, late] = [0, 0, 0, 0, 0, 0];
  outcomes.forEach(({ due, answered, status }, index) => {
    const { workMs } = requests[index]!;
    const good = status === 200 && answered - due <= DEADLINE_MS;
    if (good && answered >= from && answered < to) goodWork += workMs;
    if (due < from || due >= to) return;
    came++;
    cameWork += workMs;
    if (good) {
      latencies.push(answered - due);
      goodCameWork += workMs;
    } else if (status === 429 || status === 503) rejected++;
    else late++;
  });
  const capable = ((to - from) * capacity.servers) / capacity.slowdown;
  const goodput = cameWork > capable ? goodWork / capable : goodCameWork / cameWork;
  const p = (part: number): number => (latencies.length > 0 ? quantile(latencies, part) : Number.NaN);
  return { goodput, p50Ms: p(0.5), p99Ms: p(0.99), rejected: rejected / came, late: late / came };
}
