import type { Fault, Path } from "../policy/fault.js";
import { type PolicyDocument, tracerOf } from "../policy/model.js";
import type { Node } from "../policy/node.js";
import { traceConfig, trustOf } from "./plugin.js";

/** What of a policy cannot work beside Envoy's own tracer, or does something else than it says. */
export function tracerFaults(policy: PolicyDocument): Fault[] {
  const config = traceConfig(policy);
  return [...tracingFaults(policy), ...(config ? besideTracer(config, policy) : [])];
}

const TRACING: Path = ["spec", "envoy", "tracing"];

function tracingFaults({ spec }: PolicyDocument): Fault[] {
  const tracing = spec.envoy?.tracing;
  if (!tracing) return [];
  const faults: Fault[] = [];
  if (tracerOf(spec) === "none") {
    const message = "spec.tracer says that there is no tracer, so this one is not generated";
    const remedy = "Add tracer: reports or propagates to spec, or remove tracing";
    faults.push({ code: "TG3204", severity: "warning", path: TRACING, at: "key", message, remedy });
  }
  if (!spec.envoy?.upstreams?.some(({ name, when }) => name === tracing.upstream && !when)) {
    const message = `no upstream without a condition is called ${tracing.upstream}`;
    const remedy = "Add it to spec.envoy.upstreams";
    faults.push({ code: "TG3204", path: [...TRACING, "upstream"], message, remedy });
  }
  return faults;
}

function besideTracer(config: Node, policy: PolicyDocument): Fault[] {
  const tracer = tracerOf(policy.spec);
  if (tracer === "none") return [];
  const distrust = trustOf(policy) === "sampled-only" ? halfTrust(config.at("trust")!, tracer) : [];
  return [...distrust, ...(tracer === "propagates" ? afterTracer(config) : [])];
}

/** The tracer cannot be kept from a caller's ids and given its decision. */
function halfTrust({ path }: Node, tracer: string): Fault[] {
  if (tracer === "propagates") {
    const message = "Envoy's tracer continues the caller's trace before trace can tell its ids from its decision";
    return [{ code: "TG3205", path, message, remedy: "Write trust: none or full, or another tracer" }];
  }
  const message = "Envoy's spans carry the ids of callers, which trace does not trust";
  const remedy = "Write trust: none or full, unless that is meant";
  return [{ code: "TG3205", severity: "warning", path, message, remedy }];
}

/** What an upstream filter cannot do, or does to few requests, since they come to it with the tracer's own context. */
function afterTracer(config: Node): Fault[] {
  const join = config.at("join");
  const spans = config.at("spans");
  const sampling = config.at("sampling");
  const byRatio = sampling?.at("continued")?.text === "ratio" ? [] : ["percent", "paths"];
  const idle = [...byRatio, "per_second"].map((key) => sampling?.at(key));
  return [
    ...(join?.at("mode")?.text === "outbound" ? [refused(join, NEVER_JOINS)] : []),
    ...(spans ? [refused(spans, NO_END)] : []),
    ...idle.flatMap((node) => (node ? [decidedBefore(node)] : [])),
    ...foreignParents(config),
  ];
}

const NEVER_JOINS = "Envoy's tracer has started a trace before trace could join one";
const NO_END = "as an upstream filter trace is not told how requests end, so it would export no span";

function refused({ path }: Node, message: string): Fault {
  const remedy = `Write tracer: reports, or leave ${path.at(-1)} out`;
  return { code: "TG3205", path, at: "key", message, remedy };
}

function decidedBefore({ path }: Node): Fault {
  const message = "Envoy's tracer decides on new traces before; this is only for requests that it writes nothing into";
  const remedy = "Remove it, or write tracer: reports";
  return { code: "TG3205", severity: "warning", path, at: "key", message, remedy };
}

/** Settings that give a request another parent than the span that Envoy reports. */
function foreignParents(config: Node): Fault[] {
  const span = config.at("span");
  const [first] = config.at("extract")?.items() ?? [];
  const nodes = [span?.text === "new" ? span : undefined, first && first.text !== "tracecontext" ? first : undefined];
  return nodes.flatMap((node): Fault[] => {
    if (!node) return [];
    const message = "what comes after has another parent than the span that Envoy reports";
    const remedy = "Let extract begin with tracecontext and span be pass, unless that is meant";
    return [{ code: "TG3205", severity: "warning", path: node.path, message, remedy }];
  });
}
