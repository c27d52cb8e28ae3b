import { modulePath } from "../plugin-folders.js";
import type { Fault } from "../policy/fault.js";
import { keysOf, type PluginUse, type PolicyDocument, tracerOf } from "../policy/model.js";
import { versionFaults } from "../trace/tracer-version.js";
import { envoyRouting } from "../routes/envoy-routing.js";
import { capabilityFaults } from "./capabilities.js";
import { type BootstrapOptions, envoyBootstrap } from "./envoy-bootstrap.js";
import { routeNameFaults } from "./envoy-routes.js";
import { INLINE, localFile, type ModuleOptions } from "./module-source.js";
import { BY_ENVOY } from "./on-failure.js";
import { phaseFaults, type Target } from "./target.js";

/**
 * A bootstrap for `envoy -c`, to try a policy or to run Envoy alone. Where a mesh gets its modules from means nothing
 * here, so the policy's moduleUrl is not used: the modules are this package's builds, unless --module-url names
 * files, or says that they are part of the bootstrap.
 */
export const envoy: Target = {
  name: "envoy",
  about: "a complete Envoy bootstrap from one policy",
  onFailure: BY_ENVOY,
  single: true,
  ownsVm: true,
  faults: bootstrapFaults,
  generate: (policy, options) => [envoyBootstrap(policy, modulesOf(options))],
};

/** What of a policy plain Envoy lacks, or what is not said of it. */
export function bootstrapFaults(policy: PolicyDocument, options: ModuleOptions): Fault[] {
  return [
    ...moduleFaults(options),
    ...capabilityFaults(policy, modulesOf(options)),
    ...noUpstream(policy),
    ...phaseFaults(policy, "envoy"),
    ...noTracing(policy),
    ...versionFaults(policy, options),
    ...routeNameFaults(policy, envoyRouting(policy).routes),
    ...sharedNodeId(policy),
  ];
}

/** Each Envoy decides on a rollout by its node id, and a bootstrap has one for all that start with it. */
function sharedNodeId({ spec }: PolicyDocument): Fault[] {
  const staged = spec.plugins.findIndex((plugin) => keysOf(plugin)["rollout"] !== undefined);
  if (staged < 0) return [];
  const message = "all Envoys that start with this bootstrap have one node id, so all or none take the change";
  const remedy = "Start each with an id of its own: envoy --service-node NAME";
  const path = ["spec", "plugins", staged, "config", "rollout", "percent"];
  return [{ code: "TG3408", severity: "warning", path, message, remedy }];
}

/** Where the bootstrap, or a part of it, finds modules; never where the policy says. */
export function modulesOf(options: ModuleOptions): BootstrapOptions {
  const { module, envoyVersion, moduleUrl = "file:///{plugin}" } = options;
  return {
    moduleUrl,
    ...(module ? { module } : {}),
    ...(envoyVersion === undefined ? {} : { envoyVersion }),
    moduleFile: (plugin) => moduleFile({ name: plugin }, options),
  };
}

export function moduleFaults({ moduleUrl }: ModuleOptions): Fault[] {
  if (moduleUrl === undefined || moduleUrl === INLINE || moduleUrl.startsWith("file://")) return [];
  const remedy = "Give a file:// URL or inline, or leave --module-url out to use what `tidegate build` made";
  return [{ code: "TG3008", path: ["spec"], at: "key", message: "the target envoy fetches no modules", remedy }];
}

function moduleFile(plugin: PluginUse, { moduleUrl }: ModuleOptions): string {
  const url = moduleUrl?.replaceAll("{plugin}", plugin.name);
  return (url && localFile({ url })) ?? modulePath(plugin.name);
}

function noUpstream({ spec }: PolicyDocument): Fault[] {
  if (spec.envoy?.upstreams?.length) return [];
  const message = "the policy names no upstream, so Envoy answers every admitted request with 200 itself";
  return [
    { code: "TG3009", severity: "warning", path: ["spec", "envoy"], message, remedy: "Add upstreams to spec.envoy" },
  ];
}

/** Elsewhere the mesh has a tracer; plain Envoy has the one that the policy describes. */
function noTracing({ spec }: PolicyDocument): Fault[] {
  if (tracerOf(spec) === "none" || spec.envoy?.tracing) return [];
  const message = "nothing says what tracer plain Envoy has";
  const remedy = "Add tracing to spec.envoy: provider, and the upstream that takes the spans";
  return [{ code: "TG3204", path: ["spec", "tracer"], message, remedy }];
}
