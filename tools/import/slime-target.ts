import type { Field } from "./field.js";
import type { Reading } from "./import.js";
import { hostMatch, type Scope } from "./limits.js";
import { namesOf } from "./placement.js";

export interface TargetScope {
  scope: Scope;
  /** Whether the scope holds more requests than the target: routes have no names in a proxy's plugin. */
  isWider: boolean;
  name?: string;
}

/** Where a descriptor's limit is in force: its own target, or that of the whole resource. */
export function readScopes(descriptor: Field, reading: Reading): TargetScope[] {
  const { source } = descriptor;
  const spec = source.root.at("spec");
  const target = descriptor.at("target") ?? spec?.at("target");
  const isGateway = spec?.at("gateway")?.flag() === true;
  const port = target?.at("port")?.number() || undefined;
  const direction = target?.at("direction")?.text() || "inbound";
  if (direction !== "outbound" && !isGateway) {
    if (direction !== "inbound")
      target!.at("direction")!.report("TG8105", "Slime takes any direction but outbound for inbound, and so does this");
    const own = port === undefined ? undefined : reading.containerPort(source, port);
    return [{ scope: { direction: "inbound", ...(own === undefined ? {} : { port: own }) }, isWider: false }];
  }
  const routes = target?.at("route")?.items ?? [];
  const hosts = routes.length === 0 ? (target?.at("host")?.items ?? []) : [];
  const places = [...routes, ...hosts].map((field) => outboundScope(field, port, isGateway));
  return places.length > 0 ? places : [withoutPlace(target ?? descriptor, port, isGateway)];
}

/** Slime takes an outbound target without a route or host for the inbound one, which no gateway has. */
function withoutPlace(target: Field, port: number | undefined, isGateway: boolean): TargetScope {
  const { source, path } = target;
  if (!isGateway) {
    source.report({
      code: "TG8105",
      path,
      message: "without a route or host Slime limits what comes in, and so does this",
    });
    return { scope: { direction: "inbound", ...own(false, port) }, isWider: false };
  }
  const message = "without a route or host Slime limits nothing at a gateway; the rule is a shadow";
  source.report({ code: "TG8104", path, message, remedy: "Say by hosts or paths what is meant" });
  return { scope: { direction: "gateway" }, isWider: true };
}

/** `host:port/route`, or a host. */
function outboundScope(field: Field, port: number | undefined, isGateway: boolean): TargetScope {
  const { source } = field;
  const text = field.text() ?? "";
  const [, vhost = "", route] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  const [, host = vhost, written] = /^(.*?)(?::(\d{1,5}))?$/s.exec(vhost) ?? [];
  const number = port ?? (written === undefined ? undefined : Number(written));
  const isWider = !(route === undefined || route === "" || route === "default") || (route !== undefined && host === "");
  if (isWider) {
    const message = `a plugin does not know routes by their names, such as ${route || '""'}`;
    const remedy =
      "The rule is a shadow on the whole host, which counts and rejects nothing: say by a path what is meant";
    field.report("TG8104", message, remedy);
  }
  if (isGateway && number !== undefined)
    field.report("TG8105", "at a gateway the host alone counts, on whichever port it is asked for");
  const match = hostMatch(host === "" ? undefined : namesOf(host, source.namespace));
  const direction = isGateway ? "gateway" : "outbound";
  return {
    scope: { direction, ...own(isGateway, number), ...(match ? { match } : {}) },
    isWider,
    name: host.split(".")[0]!,
  };
}

function own(isGateway: boolean, port: number | undefined): { port?: number } {
  return isGateway || port === undefined ? {} : { port };
}
