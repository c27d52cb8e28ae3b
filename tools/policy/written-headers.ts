import type { PolicyDocument } from "./model.js";
import { configNode, type Node } from "./node.js";

export type Side = "request" | "response";

/** A header that a plugin writes. */
export interface WrittenHeader {
  plugin: string;
  name: string;
  side: Side;
  /** What says so: the name itself, or the configuration of which it is the default. */
  node: Node;
  /** Whether somebody chose the name, so that another one can be chosen. */
  isChosen: boolean;
  /** Whether it stands only in answers of the plugin's own. */
  isOfAnswers?: boolean;
}

/** Headers of the formats that trace writes. */
const FORMATS: Record<string, readonly string[] | undefined> = {
  tracecontext: ["traceparent", "tracestate"],
  baggage: ["baggage"],
  b3: ["b3"],
  b3multi: ["x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"],
  jaeger: ["uber-trace-id"],
  xray: ["x-amzn-trace-id"],
  datadog: ["x-datadog-trace-id", "x-datadog-parent-id", "x-datadog-sampling-priority", "x-datadog-tags"],
  google: ["x-cloud-trace-context"],
  skywalking: ["sw8"],
};

/** Every header that carries a trace. */
export const TRACE_HEADERS: ReadonlySet<string> = new Set(Object.values(FORMATS).flatMap((names) => names ?? []));

/** The headers that the plugins of a policy write. Any shape of configuration can be read. */
export function writtenHeaders(policy: PolicyDocument): WrittenHeader[] {
  return [...ofCanary(policy), ...ofRatelimit(policy), ...ofTrace(policy)];
}

function ofCanary(policy: PolicyDocument): WrittenHeader[] {
  const config = configNode(policy, "canary");
  if (!config) return [];
  const propagation = config.at("lane_propagation");
  const decision = named("canary", config.at("decision_header"), "request");
  const label = named("canary", propagation?.at("header"), "request");
  return [
    ...(decision.length > 0 ? decision : [standard("canary", "x-canary", config)]),
    ...(label.length > 0 || !propagation ? label : [standard("canary", "x-lane", propagation)]),
    ...named("canary", config.at("debug")?.at("response_header"), "response"),
  ];
}

function ofRatelimit(policy: PolicyDocument): WrittenHeader[] {
  const response = configNode(policy, "ratelimit")?.at("response");
  const answers = (response?.at("headers")?.items() ?? []).flatMap((header) =>
    named("ratelimit", header.at("name"), "response"),
  );
  return [
    ...named("ratelimit", response?.at("shadow_header"), "request"),
    ...answers.map((header) => ({ ...header, isOfAnswers: true })),
  ];
}

function ofTrace(policy: PolicyDocument): WrittenHeader[] {
  const config = configNode(policy, "trace");
  if (!config) return [];
  const inject = config.at("inject");
  const formats = inject?.items().flatMap(({ text }) => text ?? []) ?? ["tracecontext", "baggage"];
  const names = formats.flatMap((format) => (Object.hasOwn(FORMATS, format) ? (FORMATS[format] ?? []) : []));
  return [
    ...names.map((name) => standard("trace", name, inject ?? config)),
    ...named("trace", config.at("response")?.at("trace_id"), "response"),
  ];
}

function named(plugin: string, node: Node | undefined, side: Side): WrittenHeader[] {
  return node?.text === undefined ? [] : [{ plugin, name: node.text, side, node, isChosen: true }];
}

function standard(plugin: string, name: string, node: Node): WrittenHeader {
  return { plugin, name, side: "request", node, isChosen: false };
}
