import { isObject } from "../is-object.js";
import type { Direction } from "../policy/model.js";
import type { Field } from "./field.js";
import { hostMatch, type Scope } from "./limits.js";
import { namesOf } from "./placement.js";

const LOCAL_RATELIMIT = "envoy.filters.http.local_ratelimit";

/** What the patches of an EnvoyFilter say of the local limiter, by where they say it. */
export interface Patched {
  scope: Scope;
  /** Whether the scope holds more requests than the patch. */
  isWider: boolean;
  config?: Field;
  rateLimits: Field[];
  /** Whether it is the filter itself; otherwise it is what a route has in place of the filter's settings. */
  isFilter: boolean;
}

const DIRECTIONS: Record<string, Direction[]> = {
  SIDECAR_INBOUND: ["inbound"],
  SIDECAR_OUTBOUND: ["outbound"],
  GATEWAY: ["gateway"],
};

/** Reads the patches; two that patch the same place are one. What is not about the local limiter is reported. */
export function readPatches(patches: Field[], anyDirection: Direction[]): Patched[] {
  const places = new Map<string, Patched>();
  for (const [i, patch] of patches.entries()) {
    const found = contents(patch);
    if (!found) {
      patch.report("TG8104", "it is not about envoy.filters.http.local_ratelimit", "Keep it in an EnvoyFilter");
      continue;
    }
    const context = patch.down("match", "context")?.text() ?? "ANY";
    patch.at("applyTo")?.settle();
    patch.down("patch", "operation")?.settle();
    for (const direction of directionsOf(patch, context, anyDirection)) {
      const { scope, isWider } = scopeOf(patch, direction, found.isFilter);
      const key = JSON.stringify([scope, found.isFilter ? i : "routes"]); // each filter runs, routes are merged
      const place = places.get(key) ?? { scope, isWider, rateLimits: [], isFilter: found.isFilter };
      place.isWider ||= isWider;
      if (found.config) place.config = found.config;
      place.rateLimits.push(...found.rateLimits);
      places.set(key, place);
    }
  }
  return [...places.values()];
}

/** Of a patch without a context the virtual host's name may tell the direction. */
function directionsOf(patch: Field, context: string, any: Direction[]): Direction[] {
  const name = patch.down("match", "routeConfiguration", "vhost", "name")?.value;
  const isInbound = typeof name === "string" && name.startsWith("inbound|");
  return DIRECTIONS[context] ?? (isInbound ? ["inbound"] : any);
}

/** The limiter's configuration, and actions for it, in the value of a patch. */
function contents(patch: Field): Pick<Patched, "config" | "rateLimits" | "isFilter"> | undefined {
  const value = patch.down("patch", "value");
  const operation = String(patch.down("patch", "operation")?.value);
  if (!value) return undefined;
  if (String(patch.at("applyTo")?.value) === "HTTP_FILTER") {
    const config = operation.startsWith("INSERT") || operation === "ADD" ? filterConfig(value) : undefined;
    return config && { config, rateLimits: [], isFilter: true };
  }
  const config = routeConfig(value);
  const rateLimits = rateLimitsOf(value);
  if (!config && rateLimits.length === 0) return undefined;
  return { ...(config ? { config } : {}), rateLimits, isFilter: false };
}

/** `rate_limits` of a route or of a virtual host. */
export function rateLimitsOf(value: Field): Field[] {
  return (value.down("route", "rate_limits") ?? value.at("rate_limits"))?.items ?? [];
}

/** The limiter's configuration in an HTTP filter; undefined when it is another filter. */
export function filterConfig(filter: Field): Field | undefined {
  const config = typedConfig(filter.at("typed_config"));
  if (config) filter.at("name")?.settle();
  return config;
}

/** The limiter's configuration for one route. */
export function routeConfig(route: Field): Field | undefined {
  const perFilter = route.at("typed_per_filter_config");
  return isObject(perFilter?.value) ? typedConfig(perFilter.at(LOCAL_RATELIMIT)) : undefined;
}

/** The message in an Any: written out, or as a TypedStruct. */
function typedConfig(any: Field | undefined): Field | undefined {
  const type = any?.at("@type");
  const structType = any?.at("type_url");
  if (!any || !String((structType ?? type)?.value).endsWith("local_ratelimit.v3.LocalRateLimit")) return undefined;
  type?.settle();
  structType?.settle();
  return structType ? (any.at("value") ?? any) : any;
}

/** Which requests a patch is for: the listener's port, or the virtual host and the route. */
function scopeOf(patch: Field, direction: Direction, isFilter: boolean): { scope: Scope; isWider: boolean } {
  const match = patch.at("match");
  if (isFilter) {
    const listener = match?.at("listener");
    const manager = listener?.down("filterChain", "filter");
    manager?.at("name")?.settle();
    manager?.down("subFilter", "name")?.settle();
    const port = listener?.at("portNumber")?.number();
    return { scope: { direction, ...(port === undefined ? {} : { port }) }, isWider: false };
  }
  const routes = match?.at("routeConfiguration");
  const vhost = routes?.at("vhost");
  vhost?.down("route", "action")?.settle();
  const isWider = namesRoute(vhost?.down("route", "name"));
  const port = routes?.at("portNumber")?.number();
  return { scope: hostScope(vhost?.at("name"), direction, port), isWider };
}

/** Istio's own routes are called default. */
function namesRoute(route: Field | undefined): boolean {
  const name = route?.text() ?? "default";
  if (name === "default" || name === "") return false;
  const remedy = "The rules are shadows, which count and reject nothing: say by a path what is meant";
  route!.report("TG8104", `a plugin does not know routes by their names, such as ${name}`, remedy);
  return true;
}

/** `inbound|http|8000`, or `host:port` as outbound and at gateways. */
function hostScope(name: Field | undefined, direction: Direction, port: number | undefined): Scope {
  const text = name?.text() ?? "";
  const inbound = /^inbound\|[^|]*\|(\d+)$/.exec(text)?.[1];
  const [, host = text, own] = /^(.*?)(?::(\d{1,5}))?$/s.exec(text) ?? [];
  const number = port ?? ((inbound ?? own) ? Number(inbound ?? own) : undefined);
  if (inbound !== undefined) return { direction, port: number! };
  if (direction === "gateway" && number !== undefined)
    name?.report("TG8105", "at a gateway the host alone counts, on whichever port it is asked for");
  const hosts = host === "" || host === "*" ? undefined : namesOf(host, name?.source.namespace);
  const match = hostMatch(hosts);
  return {
    direction,
    ...(number === undefined || direction === "gateway" ? {} : { port: number }),
    ...(match ? { match } : {}),
  };
}
