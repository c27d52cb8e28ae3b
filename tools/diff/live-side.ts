import { canaryOf } from "../canary/config.js";
import type { PolicyDocument } from "../policy/model.js";
import { isObject, itemsOf, type JsonObject, textsOf, valueAt } from "./json.js";
import type { Resource } from "./live-resources.js";
import { decidedBy, decisionOf, OTHERS, type Side } from "./sides.js";

/**
 * What proxies do with canary's arms now, as far as the live resources of one policy tell.
 * @returns undefined when none of them is there, and so nothing is decided or routed yet.
 */
export function liveSide(resources: readonly Resource[]): Side | undefined {
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

/** What canary decides in a WasmPlugin, or in a patch of an EnvoyFilter. */
function decidedIn({ kind, content }: Resource): Map<string, string> {
  const read = kind === "WasmPlugin" ? wasmPluginConfig : kind === "EnvoyFilter" ? patchConfig : undefined;
  const config = read?.(content);
  const policy = { spec: { plugins: [{ name: "canary", config }] } } as unknown as PolicyDocument;
  const canary = config === undefined ? undefined : canaryOf(policy);
  return canary ? decidedBy(canary) : new Map();
}

function wasmPluginConfig({ spec }: JsonObject): unknown {
  return textsOf(spec)["pluginName"] === "canary" ? valueAt(spec, "pluginConfig") : undefined;
}

function patchConfig({ spec }: JsonObject): unknown {
  const configs = itemsOf(valueAt(spec, "configPatches")).map((patch) =>
    valueAt(patch, "patch", "value", "typed_config", "config"),
  );
  const config = configs.find((one) => textsOf(one)["root_id"] === "canary");
  return valueAt(config, "configuration", "value");
}
