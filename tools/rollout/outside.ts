import { givenIn, headerOf, valuesIn } from "../canary/config.js";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { configNodes, type Node } from "../policy/node.js";
import { viewsOf, type View } from "../policy/views.js";
import { earlyRemoval, removesStrangersContext } from "../trace/strangers.js";
import { stage } from "./stage.js";

/**
 * Parts of configurations that count outside of their plugin, once for all requests and proxies: where they differ between
 * settings, or between the two sides of a rollout, only one of them can have what it wants.
 */
export function outsideFaults(policy: PolicyDocument): Fault[] {
  const { policy: whole, origin } = stage(policy);
  const moved = (faults: Fault[]): Fault[] => faults.map((fault) => ({ ...fault, path: origin(fault.path) }));
  const canaries = configNodes(whole, "canary");
  const traces = configNodes(whole, "trace");
  return [
    ...moved(policy.spec.routes ? [...decisionHeaders(canaries), ...armValues(canaries)] : []),
    ...moved([...groups(canaries, "lane_propagation"), ...groups(traces, "join")]),
    ...removals(policy),
  ];
}

/** Routes match one header. */
function decisionHeaders(canaries: readonly Node[]): Fault[] {
  const [first] = canaries;
  return canaries.flatMap((config): Fault[] => {
    if (!first || headerOf(config) === headerOf(first)) return [];
    const message = `decides by ${headerOf(config)}, but the routes, which are for all, match ${headerOf(first)}`;
    return [
      counts((config.at("decision_header") ?? config).path, message, "Give all configurations one decision_header"),
    ];
  });
}

/** An arm has one route. */
function armValues(canaries: readonly Node[]): Fault[] {
  const first = new Map<string, string>();
  return canaries.flatMap((config) => {
    const own = new Map([...givenIn(config).map(({ name }): [string, string] => [name, name]), ...valuesIn(config)]);
    return [...own].flatMap(([arm, value]): Fault[] => {
      const known = first.get(arm) ?? value;
      first.set(arm, known);
      if (known === value) return [];
      const message = `the header says ${value} for ${arm} here, but the routes, which are for all, match ${known}`;
      return [counts((config.at("arms") ?? config).path, message, "Give the arm one value, or another name")];
    });
  });
}

/** The group that hands labels and contexts on names the plugin's machine, of which a proxy has one. */
function groups(configs: readonly Node[], key: string): Fault[] {
  const uses = configs.flatMap((config) => config.at(key)?.at("group") ?? []);
  return uses.flatMap((group): Fault[] => {
    if (group.text === uses[0]?.text) return [];
    const message = `the group ${group.text} is another one than ${uses[0]?.text}, and a proxy has one machine of a plugin`;
    return [counts(group.path, message, "Give all configurations one group")];
  });
}

/** Headers of strangers that are gone before any plugin runs. */
function removals(policy: PolicyDocument): Fault[] {
  const views = viewsOf(policy).filter(({ policy: view }) => configNodes(view, "trace").length > 0);
  const removed = ({ policy: view }: View): string =>
    removesStrangersContext(view) ? JSON.stringify(earlyRemoval(view)) : "";
  const [first] = views;
  const other = views.find((view) => first && removed(view) !== removed(first));
  const [config] = other ? configNodes(other.policy, "trace") : [];
  if (!other || !config) return [];
  const message = "trust decides which headers are removed before Envoy's tracer reads them, for all at once";
  const at = (config.at("trust") ?? config).path;
  return [
    counts(other.origin(at), message, "Give all configurations the same trust and baggage, or write tracer: none"),
  ];
}

function counts(path: Fault["path"], message: string, remedy: string): Fault {
  return { code: "TG3405", path, message, remedy };
}
