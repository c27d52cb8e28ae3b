import { isObject } from "../is-object.js";
import type { Field } from "./field.js";

/**
 * Nanoseconds of a protobuf duration: "60s", "0.5s", or seconds and nanos; undefined, with a finding, for anything else.
 */
export function durationNs(field: Field): bigint | undefined {
  if (isObject(field.value)) {
    const seconds = field.at("seconds")?.number() ?? 0;
    const nanos = field.at("nanos")?.number() ?? 0;
    if (Number.isSafeInteger(seconds) && Number.isSafeInteger(nanos))
      return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
  }
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(String(field.value)) ?? [];
  field.settle();
  if (whole !== undefined) return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
  field.report("TG8103", "expected a duration such as 60s");
  return undefined;
}
