import { isAtLeast } from "../envoy/version.js";
import type { Fault } from "../policy/fault.js";
import { type PolicyDocument, tracerOf } from "../policy/model.js";

/** The first Envoy whose tracer can be told to write no header (envoyproxy/envoy#43324). */
export const SILENT_TRACER_SINCE = "1.38.0";
const ISTIO_OF_IT = "1.30";

/** Settings that the oldest Envoy of those meant would refuse, and its whole configuration with them. */
export function versionFaults({ spec }: PolicyDocument, { envoyVersion }: { envoyVersion?: string }): Fault[] {
  if (tracerOf(spec) !== "reports") return [];
  const isKnown = envoyVersion !== undefined;
  if (isKnown && isAtLeast(envoyVersion, SILENT_TRACER_SINCE)) return [];
  const needs = `tracer: reports needs Envoy ${SILENT_TRACER_SINCE}, which is in Istio ${ISTIO_OF_IT}`;
  return [
    {
      code: "TG3202",
      severity: isKnown ? "error" : "warning",
      path: ["spec", "tracer"],
      message: isKnown ? `${needs}, not ${envoyVersion}` : `${needs}; older ones refuse it`,
      remedy: isKnown ? "Write tracer: propagates" : "Give --envoy-version to have that checked",
    },
  ];
}
