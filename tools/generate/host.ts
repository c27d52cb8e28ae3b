import { isAtLeast, OLDEST_ENVOY } from "../envoy/version.js";
import type { Fault } from "../policy/fault.js";
import type { ModuleOptions } from "./module-source.js";

/** What brings its own Envoy, so that its release says which one. */
export interface Host {
  name: string;
  /** What of the options is its version. */
  version: "istioVersion" | "gatewayVersion";
  /** Releases and the oldest Envoy of each, beginning with the first that has one that is new enough for us. */
  releases: readonly [Release, ...Release[]];
}

type Release = readonly [since: string, envoy: string];

/** Releases of Istio 1.m have Envoy 1.(m + 8). */
export const ISTIO: Host = {
  name: "Istio",
  version: "istioVersion",
  releases: [
    ["1.28.0", "1.36.0"],
    ["1.29.0", "1.37.0"],
    ["1.30.0", "1.38.0"],
    ["1.31.0", "1.39.0"],
  ],
};

/** DefaultEnvoyProxyImage in api/v1alpha1/shared_types.go of each release. */
export const ENVOY_GATEWAY: Host = {
  name: "Envoy Gateway",
  version: "gatewayVersion",
  releases: [
    ["1.6.0", "1.36.2"],
    ["1.7.0", "1.37.0"],
    ["1.8.0", "1.38.0"],
    ["1.9.0", "1.39.0"],
  ],
};

/** Higress 2.2 went from Envoy 1.27 to 1.36. */
export const HIGRESS: Host = { name: "Higress", version: "gatewayVersion", releases: [["2.2.0", "1.36.0"]] };

type Versions = Pick<ModuleOptions, "envoyVersion" | "istioVersion" | "gatewayVersion">;

/** The oldest Envoy that gets the result, by what is said of it and of its host; undefined when nothing is known. */
export function oldestEnvoy(host: Host | undefined, versions: Versions): string | undefined {
  const given = host && versions[host.version];
  const hosted = given === undefined ? undefined : host?.releases.findLast(([since]) => isAtLeast(given, since))?.[1];
  const said = versions.envoyVersion;
  if (hosted === undefined || said === undefined) return said ?? hosted;
  return isAtLeast(said, hosted) ? hosted : said;
}

/** A host or an Envoy in which the plugins, or settings that every target writes, are not known to work. */
export function ageFaults(host: Host | undefined, versions: Versions): Fault[] {
  const given = host && versions[host.version];
  if (host && given !== undefined && !isAtLeast(given, host.releases[0][0]))
    return [tooOld(`${host.name} ${given}`, host)];
  const { envoyVersion } = versions;
  return envoyVersion === undefined || isAtLeast(envoyVersion, OLDEST_ENVOY) ? [] : [tooOld(`Envoy ${envoyVersion}`)];
}

function tooOld(what: string, host?: Host): Fault {
  const message = `${what} is too old for the plugins, which need Envoy ${OLDEST_ENVOY}`;
  const remedy = `Use ${host ? `${host.name} ${host.releases[0][0]}` : `Envoy ${OLDEST_ENVOY}`} or newer`;
  return { code: "TG3014", path: ["spec", "plugins"], at: "key", message, remedy };
}
