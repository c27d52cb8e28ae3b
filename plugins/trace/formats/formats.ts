import { TraceHeaders } from "../context/trace-headers";
import { B3Multi } from "./b3-multi";
import { B3Single } from "./b3-single";
import { DatadogFormat } from "./datadog";
import { GoogleFormat } from "./google";
import { JaegerFormat } from "./jaeger";
import { SkyWalkingFormat } from "./skywalking";
import { TraceContextFormat } from "./tracecontext";
import { TraceFormat } from "./trace-format";
import { XRayFormat } from "./xray";

/** The formats by their names in the configuration: those of OTEL_PROPAGATORS where it has them. */
export const FORMATS: string[] = ["tracecontext", "b3", "b3multi", "jaeger", "xray", "datadog", "google", "skywalking"];

/** The format of that name on these headers; null when there is none. Only at configure: allocates. */
export function createFormat(name: string, headers: TraceHeaders): TraceFormat | null {
  if (name == "tracecontext") return new TraceContextFormat(headers);
  if (name == "b3") return new B3Single(headers);
  if (name == "b3multi") return new B3Multi(headers);
  if (name == "jaeger") return new JaegerFormat(headers);
  if (name == "xray") return new XRayFormat(headers);
  if (name == "datadog") return new DatadogFormat(headers);
  if (name == "google") return new GoogleFormat(headers);
  if (name == "skywalking") return new SkyWalkingFormat(headers);
  return null;
}
