import type { Scenario } from "./scenario.js";

/** 16 servers of 16 ms: 1000 requests a second. */
const SERVERS = 16;
const PLAIN = { path: "/", service: { kind: "fixed", meanMs: 16 } } as const;
const FAST = { path: "/fast", service: { kind: "fixed", meanMs: 8 } } as const;
const SLOW = { path: "/slow", service: { kind: "fixed", meanMs: 80 } } as const;
/** Mostly fast: 1000 requests a second again. */
const MOSTLY_FAST = [8, 1];
/** Not half and half, whose median would be a matter of chance. */
const MANY_SLOW = [3, 2];
const NORMAL = 0.8;

const DEFAULTS: Omit<Scenario, "name" | "about" | "phases" | "overloaded"> = {
  servers: SERVERS,
  routes: [PLAIN],
  settleSeconds: 2,
  deadlineMs: 500,
  deadlineEnds: "timeout",
  spread: "even",
  users: 0,
  priorities: [],
};

/** As `tidegate bench overload`: 400 requests a second of two routes, from half of the mean to one and a half of it. */
const FEW = {
  servers: 12,
  routes: [
    { path: "/fast", service: { kind: "uniform", meanMs: 20 } },
    { path: "/slow", service: { kind: "uniform", meanMs: 60 } },
  ],
  settleSeconds: 0,
} satisfies Partial<Scenario>;

type Given = Partial<Scenario> & Pick<Scenario, "name" | "about" | "phases">;

/** The measured phase offers more than can be served. */
const overload = (given: Given): Scenario => ({ ...DEFAULTS, overloaded: true, ...given });
/** It does not: nothing should be rejected. */
const calm = (given: Given): Scenario => ({ ...DEFAULTS, overloaded: false, settleSeconds: 0, ...given });

const before = (seconds = 20, load = NORMAL): { seconds: number; load: number } => ({ seconds, load });

const fewBefore = { ...before(3), mix: [3, 1] };

export const SCENARIOS: readonly Scenario[] = [
  calm({ name: "steady", about: "0.8 of capacity", phases: [before(), { seconds: 30 }] }),
  calm({
    name: "steady-exponential",
    about: "0.8 of capacity, exponential service times",
    routes: [{ path: "/", service: { kind: "exponential", meanMs: 16 } }],
    phases: [before(), { seconds: 30 }],
  }),
  calm({
    name: "steady-lognormal",
    about: "0.7 of capacity, service times with a long tail",
    routes: [{ path: "/", service: { kind: "lognormal", meanMs: 16, sigma: 1 } }],
    phases: [before(20, 0.7), { seconds: 30 }],
  }),
  ...[2, 5, 10].map((load) =>
    overload({ name: `overload-${load}x`, about: `${load} x capacity`, phases: [before(), { seconds: 20, load }] }),
  ),
  overload({
    name: "overload-2x-exponential",
    about: "2 x capacity, exponential service times",
    routes: [{ path: "/", service: { kind: "exponential", meanMs: 16 } }],
    phases: [before(), { seconds: 20, load: 2 }],
  }),
  overload({
    name: "overload-2x-leaving",
    about: "2 x capacity, clients leave at the deadline",
    deadlineEnds: "gone",
    phases: [before(), { seconds: 20, load: 2 }],
  }),
  overload({
    name: "cold-10x",
    about: "10 x capacity from the first request on",
    phases: [{ seconds: 20, load: 10 }],
  }),
  overload({
    name: "half-speed",
    about: "the upstream at half its speed",
    phases: [before(), { seconds: 20, speed: 1 / 2 }],
  }),
  overload({
    name: "quarter-speed",
    about: "the upstream at a quarter of its speed",
    phases: [before(), { seconds: 20, speed: 1 / 4 }],
  }),
  overload({
    name: "quarter-servers",
    about: "a quarter of the servers left",
    phases: [before(), { seconds: 20, servers: SERVERS / 4 }],
  }),
  calm({
    name: "restored",
    about: "full speed again after 20 s at a quarter",
    settleSeconds: 2,
    phases: [before(), { seconds: 20, speed: 1 / 4 }, { seconds: 20, speed: 1 }],
  }),
  overload({
    name: "sustained-2x",
    about: "2 x capacity for 6 minutes",
    drift: true,
    phases: [before(), { seconds: 360, load: 2 }],
  }),
  calm({
    name: "mix-shift",
    about: "two fifths of the requests, not a ninth, are slow ones; as much work as before",
    routes: [FAST, SLOW],
    phases: [
      { ...before(), mix: MOSTLY_FAST },
      { seconds: 30, load: NORMAL, mix: MANY_SLOW },
    ],
  }),
  calm({
    name: "mix-shift-waiting",
    about: "two fifths of the requests, not a tenth, take 5 times as long, waiting for another service",
    routes: [PLAIN, { ...PLAIN, path: "/orders" }],
    phases: [
      { ...before(), mix: [9, 1], dependency: [0, 4] },
      { seconds: 30, load: NORMAL, mix: MANY_SLOW },
    ],
  }),
  calm({
    name: "mix-shift-back",
    about: "a ninth of the requests, not two fifths, are slow ones; as much work as before",
    routes: [FAST, SLOW],
    phases: [
      { ...before(), mix: MANY_SLOW },
      { seconds: 30, load: NORMAL, mix: MOSTLY_FAST },
    ],
  }),
  calm({
    name: "slow-dependency",
    about: "two fifths of the requests take 5 times as long, waiting for another service that has slowed",
    routes: [PLAIN, { ...PLAIN, path: "/orders" }],
    phases: [
      { ...before(), mix: MANY_SLOW },
      { seconds: 30, dependency: [0, 4] },
    ],
  }),
  calm({
    name: "slow-dependency-most",
    about: "the same of three fifths of the requests, so that it shows in the median",
    routes: [PLAIN, { ...PLAIN, path: "/orders" }],
    phases: [
      { ...before(), mix: [2, 3] },
      { seconds: 30, dependency: [0, 4] },
    ],
  }),
  calm({ name: "sparse", about: "3 requests a second", phases: [{ seconds: 10, rate: 3 }, { seconds: 300 }] }),
  calm({
    name: "idle-normal",
    about: "0.8 of capacity after 2 idle minutes",
    phases: [before(), { seconds: 120, rate: 0.5 }, { seconds: 20, load: NORMAL }],
  }),
  overload({
    name: "idle-burst",
    about: "5 x capacity after 2 idle minutes",
    phases: [before(), { seconds: 120, rate: 0.5 }, { seconds: 20, load: 5 }],
  }),
  calm({
    name: "skewed",
    about: "0.8 of capacity, 70 % of it on one worker",
    spread: "skewed",
    phases: [before(), { seconds: 30 }],
  }),
  calm({
    name: "one-worker",
    about: "0.8 of capacity, all on one worker",
    spread: "one",
    phases: [before(), { seconds: 30 }],
  }),
  overload({
    name: "skewed-2x",
    about: "2 x capacity, 70 % of it on one worker",
    spread: "skewed",
    phases: [before(), { seconds: 20, load: 2 }],
  }),
  overload({
    name: "one-worker-2x",
    about: "2 x capacity, all on one worker",
    spread: "one",
    phases: [before(), { seconds: 20, load: 2 }],
  }),
  calm({
    name: "paused",
    about: "0.8 of capacity after no worker ran for 3 s",
    settleSeconds: 2,
    phases: [before(), { seconds: 3, paused: true }, { seconds: 20 }],
  }),
  calm({
    name: "clock-back",
    about: "0.8 of capacity, the wall clock set back an hour",
    phases: [before(), { seconds: 20, stepWallMs: -3_600_000 }],
  }),
  overload({
    name: "clock-ahead-2x",
    about: "2 x capacity, the wall clock set an hour ahead",
    phases: [before(10), { seconds: 10, load: 2 }, { seconds: 20, stepWallMs: 3_600_000 }],
  }),
  overload({
    name: "priorities-10x",
    about: "10 x capacity: 5 % critical, 45 % default, 50 % sheddable",
    users: 1000,
    priorities: [
      { name: "critical", share: 0.05 },
      { name: "default", share: 0.45 },
      { name: "sheddable", share: 0.5 },
    ],
    phases: [before(20, 0.5), { seconds: 20, load: 10 }],
  }),
  overload({
    name: "users-2x",
    about: "2 x capacity from 40 equal users",
    users: 40,
    phases: [before(), { seconds: 60, load: 2 }],
  }),
  overload({
    name: "refusing-2x",
    about: "2 x capacity to an upstream that answers 503 when 64 requests wait",
    queueLimit: 64,
    phases: [before(), { seconds: 20, load: 2 }],
  }),
  overload({
    ...FEW,
    name: "few-quarter-servers",
    about: "12 servers, of which 3 are left; from the step on",
    phases: [fewBefore, { seconds: 8, servers: 3 }],
  }),
  calm({
    ...FEW,
    name: "few-restored-servers",
    about: "12 servers again after 8 s with 3",
    phases: [fewBefore, { seconds: 8, servers: 3 }, { seconds: 6, servers: 12 }],
  }),
  overload({
    ...FEW,
    name: "few-quarter-speed",
    about: "12 servers at a quarter of their speed; from the step on",
    phases: [fewBefore, { seconds: 8, speed: 1 / 4 }],
  }),
  calm({
    ...FEW,
    name: "few-restored-speed",
    about: "12 servers at full speed again after 8 s at a quarter",
    phases: [fewBefore, { seconds: 8, speed: 1 / 4 }, { seconds: 6, speed: 1 }],
  }),
  ...[2, 5, 10].map((load) =>
    overload({
      ...FEW,
      name: `few-stalls-${load}x`,
      about: `12 servers, ${load} x capacity, workers that stall for 5 to 50 ms 5 times a second`,
      phases: [fewBefore, { seconds: 20, load, stalls: 5 }],
    }),
  ),
  calm({
    ...FEW,
    name: "few-slow-dependency",
    about: "12 servers, 0.6 of capacity, every request waits 150 ms more for another service",
    phases: [
      { ...fewBefore, load: 0.6 },
      { seconds: 6, dependency: [7.5, 2.5] },
    ],
  }),
  calm({
    ...FEW,
    name: "few-mix-shift",
    about: "12 servers, 0.4 of capacity of a mix whose requests become more than twice as much work",
    phases: [
      { ...fewBefore, load: 0.4, mix: [95, 5] },
      { seconds: 8, load: 0.4, mix: [3, 7] },
    ],
  }),
  calm({
    ...FEW,
    name: "few-stalls",
    about: "12 servers, 0.8 of capacity, workers that stall for 5 to 50 ms 5 times a second",
    phases: [fewBefore, { seconds: 20, stalls: 5 }],
  }),
  calm({
    name: "failing",
    about: "0.8 of capacity, a tenth of the requests fail whatever the load",
    phases: [before(), { seconds: 20, failing: 0.1 }],
  }),
];

export const SCENARIO_NAMES = SCENARIOS.map(({ name }) => name);
