import { canaryOf } from "../canary/config.js";
import { isObject } from "../is-object.js";
import type { PolicyDocument } from "../policy/model.js";
import { itemsOf, textsOf, valueAt } from "./json.js";
import type { Resource } from "./live-resources.js";
import { decidedBy, decisionOf, OTHERS, type Side } from "./sides.js";

/**
 * What proxies do with canary's arms now, as far as the live resources of a policy tell.
 * @param live resources that `generate` made, of whichever policies.
 * @returns undefined when none is there that matters, and so nothing is decided or routed yet.
 */
export function liveSide(live: readonly Resource[], policy: PolicyDocument, namespace: string): Side | undefined {
  const own = policy.metadata.namespace ?? namespace;
  const resources = live.filter((resource) => resource.namespace === own && belongsTo(resource, policy.metadata.name));
  if (resources.length === 0) return undefined;
  const routes = resources.flatMap(routesOf);
  const others = routes.find(({ decision }) => decision === OTHERS)?.name;
  const subsets = resources.flatMap(({ content }) => itemsOf(valueAt(content, "spec", "subsets")));
  const leads = routes.flatMap(({ decision, subset }) => (subset === undefined ? [] : [[decision, subset] as const]));
  return {
    decided: new Map(resources.flatMap((resource) => [...decidedIn(resource)])),
    routed: new Set(routes.map(({ decision }) => decision)),
    ...(others === undefined ? {} : { fallback: others }),
    leadsTo: new Map(leads),
    subsets: new Set(subsets.map((subset) => textsOf(subset)["name"] ?? "")),
  };
}

/** How `generate` calls what it makes from a policy, as far as it has to do with arms. */
function belongsTo({ kind, name }: Resource, policy: string): boolean {
  if (kind === "WasmPlugin" || kind === "TrafficExtension") return name === `${policy}-canary`;
  return name === policy || (kind === "HTTPRoute" && name.startsWith(`${policy}.`));
}

interface LiveRoute {
  decision: string;
  name?: string;
  subset?: string;
}

/** Routes of a VirtualService, or rules of an HTTPRoute, which have no names. */
function routesOf({ kind, content }: Resource): LiveRoute[] {
  if (kind === "VirtualService") return itemsOf(valueAt(content, "spec", "http")).flatMap(routeOf);
  return kind === "HTTPRoute" ? itemsOf(valueAt(content, "spec", "rules")).flatMap(ruleOf) : [];
}

function routeOf(route: unknown): LiveRoute[] {
  const [first] = itemsOf(valueAt(route, "route"));
  const { subset } = textsOf(valueAt(first, "destination"));
  const { name } = textsOf(route);
  const rest = { ...(name === undefined ? {} : { name }), ...(subset === undefined ? {} : { subset }) };
  const matches = itemsOf(valueAt(route, "match"));
  if (matches.length === 0) return [{ decision: OTHERS, ...rest }];
  return matches.flatMap((match) => {
    const headers = valueAt(match, "headers");
    return Object.entries(isObject(headers) ? headers : {}).flatMap(([header, condition]) => {
      const { exact } = textsOf(condition);
      return exact === undefined ? [] : [{ decision: decisionOf(header, exact), ...rest }];
    });
  });
}

function ruleOf(rule: unknown): LiveRoute[] {
  const headers = itemsOf(valueAt(rule, "matches")).flatMap((match) => itemsOf(valueAt(match, "headers")));
  if (headers.length === 0) return [{ decision: OTHERS }];
  return headers.map(textsOf).map(({ name = "", value = "" }) => ({ decision: decisionOf(name, value) }));
}

/** What canary decides by what a resource configures it with. */
function decidedIn({ kind, content: { spec } }: Resource): Map<string, string> {
  const config = Object.hasOwn(CONFIGURED, kind) ? CONFIGURED[kind]?.(spec) : undefined;
  const policy = { spec: { plugins: [{ name: "canary", config }] } } as unknown as PolicyDocument;
  const canary = config === undefined ? undefined : canaryOf(policy);
  return canary ? decidedBy(canary) : new Map();
}

/** Where the kinds of resources keep canary's configuration. */
const CONFIGURED: Record<string, ((spec: unknown) => unknown) | undefined> = {
  WasmPlugin: (spec) =>
    textsOf(spec)["pluginName"] === "canary"
      ? (valueAt(spec, "pluginConfig") ?? valueAt(spec, "defaultConfig"))
      : undefined,
  TrafficExtension: (spec) =>
    textsOf(valueAt(spec, "wasm"))["pluginName"] === "canary" ? valueAt(spec, "wasm", "pluginConfig") : undefined,
  EnvoyExtensionPolicy: (spec) =>
    valueAt(
      itemsOf(valueAt(spec, "wasm")).find((one) => textsOf(one)["rootID"] === "canary"),
      "config",
    ),
  EnvoyFilter: (spec) => {
    const path = ["patch", "value", "typed_config", "config"];
    const configs = itemsOf(valueAt(spec, "configPatches")).map((patch) => valueAt(patch, ...path));
    const config = configs.find((one) => textsOf(one)["root_id"] === "canary");
    return valueAt(config, "configuration", "value");
  },
};
