import { quantile } from "../bench/statistics.js";
import type { RunRecord } from "./record.js";

/** A run as comma-separated values, one line for each tenth of a second. Rates are requests a second. */
export function traceText({ slots, slotMs }: RunRecord): string {
  const perSecond = 1000 / slotMs;
  const lines = slots.map((slot, index) =>
    [
      ((index * slotMs) / 1000).toFixed(1),
      ...[slot.offered, slot.admitted, slot.rejected, slot.good].map((count) => count * perSecond),
      slot.limit ?? "",
      slot.inflight,
      slot.waiting,
      ...[0.5, 0.99].map((part) => (slot.latenciesMs.length > 0 ? quantile(slot.latenciesMs, part).toFixed(2) : "")),
    ].join(","),
  );
  return [HEADER, ...lines, ""].join("\n");
}

const HEADER = "second,offered,admitted,rejected,good,limit,inflight,waiting,p50_ms,p99_ms";
