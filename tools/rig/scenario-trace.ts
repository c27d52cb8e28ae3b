import { type Answer, counted, type HeaderList, type Send, valuesOf } from "./exchange.js";
import type { Row } from "./scenario.js";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID = "00f067aa0ba902b7";
const SENT = `00-${TRACE_ID}-${PARENT_ID}-01`;
const WELL_FORMED = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(0[0-9a-f])$/;

/** Faults for which the W3C recommendation has the trace start anew: https://www.w3.org/TR/trace-context/ */
const FAULTY: HeaderList[] = [
  [["traceparent", `00-${"0".repeat(32)}-${PARENT_ID}-01`]],
  [["traceparent", `00-${TRACE_ID}-${"0".repeat(16)}-01`]],
  [["traceparent", SENT.replace("00", "ff")]],
  [["traceparent", SENT.toUpperCase()]],
  [["traceparent", `${SENT}-extra`]],
  [["traceparent", SENT.slice(1)]],
  [
    ["traceparent", SENT],
    ["traceparent", SENT],
  ],
];

export const traceRows: readonly Row[] = [
  {
    plugin: "trace",
    sent: "good traceparent and tracestate",
    expected: "continued, tracestate vendor=1",
    see: (send) => oneContext(send, [["traceparent", SENT], vendorState]),
  },
  {
    plugin: "trace",
    sent: "no traceparent",
    expected: "started, sampled, no tracestate",
    see: (send) => oneContext(send, []),
  },
  {
    plugin: "trace",
    sent: `${FAULTY.length} faulty traceparents: zeros, ff, two, ...`,
    expected: `${FAULTY.length} x started, sampled, no tracestate`,
    see: manyContexts,
  },
  {
    plugin: "trace",
    sent: "good traceparent, faulty tracestate",
    expected: "continued, no tracestate",
    see: (send) =>
      oneContext(send, [
        ["traceparent", SENT],
        ["tracestate", "Not A Key=1"],
      ]),
  },
];

const vendorState: HeaderList[number] = ["tracestate", "vendor=1"];

async function oneContext(send: Send, headers: HeaderList): Promise<string> {
  return inWords(await send({ path: "/shop", headers }));
}

async function manyContexts(send: Send): Promise<string> {
  const outcomes: string[] = [];
  for (const fault of FAULTY) outcomes.push(await oneContext(send, [...fault, vendorState]));
  return counted(outcomes);
}

/** What the upstream received as trace context. */
function inWords({ upstream, status }: Answer): string {
  if (!upstream) return `status ${status}`;
  const parents = valuesOf(upstream.received, "traceparent");
  const [, traceId, flags = ""] = WELL_FORMED.exec(parents[0] ?? "") ?? [];
  if (parents.length !== 1 || !traceId) return `faulty traceparent ${parents.join(" and ") || "missing"}`;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1 ? "sampled" : "not sampled";
  const state = valuesOf(upstream.received, "tracestate").join(", ");
  return `${traceId === TRACE_ID ? "continued" : `started, ${sampled}`}, ${state ? `tracestate ${state}` : "no tracestate"}`;
}
