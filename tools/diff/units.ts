import { member } from "./json.js";

/** What the numbers of a key count, in plugins' configurations. */
const UNITS: Record<string, string> = {
  requests: "requests",
  burst: "requests",
  min_requests: "requests",
  min_limit: "requests in flight",
  max_limit: "requests in flight",
  initial_limit: "requests in flight",
  max_keys: "keys",
  replicas: "replicas",
  lease: "requests",
  capacity_retry_after: "s",
  per_second: "a second",
  max_members: "items",
  max_ids: "ids",
  max_queue: "spans",
  max_batch: "spans",
  entries: "entries",
  times: "times",
};

/** Keys whose numbers are percentages though their names do not end so. */
const SHARES = ["room", "from", "step", "hold"];

/**
 * The unit of a number, with the space before it; empty where there is none, and for durations, which carry their own.
 * @param key of the number. @param around the object that it stands in.
 */
export function unitOf(key: string, value: unknown, around: unknown): string {
  if (typeof value !== "number") return "";
  if (key === "percent" || key.endsWith("_percent") || SHARES.includes(key)) return " %";
  if (key === "bytes" || key.endsWith("_bytes")) return " bytes";
  const period = member(around, "per");
  if (key === "requests" && typeof period === "string") return ` requests per ${period}`;
  const unit = Object.hasOwn(UNITS, key) ? UNITS[key] : undefined;
  return unit === undefined ? "" : ` ${unit}`;
}
