import type { Distribution } from "./random.js";

export interface Route {
  path: string;
  service: Distribution;
}

/** How requests are spread over workers: a connection belongs to one worker. */
export type Spread = "even" | "skewed" | "one";

/** A part of a scenario. What a phase leaves out stays as it was. */
export interface Phase {
  seconds: number;
  /** Requests offered, as a multiple of what the upstream could serve of this mix at full strength. */
  load?: number;
  /** Requests a second, instead of `load`. */
  rate?: number;
  /** Weights of the routes. */
  mix?: number[];
  servers?: number;
  speed?: number;
  /** By route: see Upstream.dependency. */
  dependency?: number[];
  /** Share of requests that the upstream fails at once, 0 to 1. */
  failing?: number;
  /** The wall clock is set by this much as the phase begins. */
  stepWallMs?: number;
  /** No worker runs during this phase. */
  paused?: boolean;
  /** Times a second, on average, that no worker runs for 5 to 50 ms: others have the processors. */
  stalls?: number;
  /** The last phase that is not paused is measured, unless others say so. */
  measured?: boolean;
}

export interface Scenario {
  name: string;
  about: string;
  /** The upstream's at the beginning. */
  servers: number;
  routes: Route[];
  phases: Phase[];
  /** Whether the measured phase offers more than can be served: otherwise every rejection in it is false. */
  overloaded: boolean;
  /** After this much of the measured phase the numbers count; how long it takes to settle is measured from its start. */
  settleSeconds: number;
  deadlineMs: number;
  /** What the proxy sees when the deadline passes. */
  deadlineEnds: "timeout" | "gone";
  spread: Spread;
  /** Equal users, told apart by a header. */
  users: number;
  /** Priority classes with their share of requests. */
  priorities: { name: string; share: number }[];
  queueLimit?: number;
  /** Compares latency at the beginning with that at the end. */
  drift?: boolean;
}

/** Requests a second that the upstream can serve of a mix at full strength. */
export function capacityPerSecond({ servers, routes }: Scenario, mix: readonly number[]): number {
  const total = mix.reduce((sum, weight) => sum + weight, 0);
  const meanMs = routes.reduce((sum, { service }, route) => sum + (service.meanMs * (mix[route] ?? 0)) / total, 0);
  return (servers * 1000) / meanMs;
}

/** Index of the phase that is measured. */
export function measuredPhase({ phases }: Scenario): number {
  const chosen = phases.findIndex(({ measured }) => measured);
  return chosen >= 0 ? chosen : phases.length - 1;
}

/** The scenario with a measured phase of another length. */
export function lasting(scenario: Scenario, seconds: number | undefined): Scenario {
  if (seconds === undefined) return scenario;
  const measured = measuredPhase(scenario);
  return {
    ...scenario,
    phases: scenario.phases.map((phase, index) => (index === measured ? { ...phase, seconds } : phase)),
  };
}
