import type { Fault } from "../policy/fault.js";
import { type PolicyDocument, tracerOf } from "../policy/model.js";
import { capabilityFaults } from "./capabilities.js";
import { moduleFaults, modulesOf } from "./envoy.js";
import { pluginFilters } from "./envoy-bootstrap.js";
import { lacking } from "./gateway-faults.js";
import { noSwitches } from "./disabled-for.js";
import type { ModuleOptions } from "./module-source.js";
import { BY_ENVOY } from "./on-failure.js";
import { phaseFaults, type Target } from "./target.js";

/** The plugins alone, for `http_filters` of an Envoy's configuration that somebody else writes: before its router. */
export const envoyFilters: Target = {
  name: "envoy-filters",
  command: "envoy --envoy-form filters",
  about: "the http_filters alone",
  onFailure: BY_ENVOY,
  single: true,
  ownsVm: true,
  faults: (policy, options: ModuleOptions) => [
    ...moduleFaults(options),
    ...capabilityFaults(policy, modulesOf(options)),
    ...phaseFaults(policy, "envoy"),
    ...beyondFilters(policy),
    ...noSwitches(policy, "filters alone"),
  ],
  generate: (policy, options) => [{ http_filters: pluginFilters(policy, modulesOf(options)) }],
};

const WHOLE = "generate envoy without --envoy-form filters";

/** What needs more of an Envoy than filters. */
function beyondFilters({ spec }: PolicyDocument): Fault[] {
  const faults: Fault[] = [];
  if (spec.routes) {
    const message = "filters have no routes, so nothing would follow what canary decides";
    faults.push(lacking(["spec", "routes"], message, `Take routes out and write them into Envoy's own, or ${WHOLE}`));
  }
  if (tracerOf(spec) !== "none") {
    const message = `tracer: ${spec.tracer} needs settings of the HTTP connection manager, or of the router`;
    faults.push(lacking(["spec", "tracer"], message, `Write tracer: none if there is none, or ${WHOLE}`));
  }
  if (spec.envoy) {
    const message = "of spec.envoy nothing is in filters alone: that Envoy has sockets and clusters of its own";
    faults.push({ ...lacking(["spec", "envoy"], message, `Nothing, or ${WHOLE}`), severity: "warning" });
  }
  return faults;
}
