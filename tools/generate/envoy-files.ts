import { join } from "node:path";
import type { PolicyDocument } from "../policy/model.js";
import { envoyRouting } from "../routes/envoy-routing.js";
import { runsUpstream } from "../trace/plugin.js";
import { discoveredFilter } from "./discovered-filter.js";
import { bootstrapFaults, modulesOf } from "./envoy.js";
import { envoyListener, lastFilter, pluginFilters, withoutResources } from "./envoy-bootstrap.js";
import type { ModuleOptions } from "./module-source.js";
import { BY_FILES } from "./on-failure.js";
import type { NamedResource, Target } from "./target.js";
import { filterName, type NamedFilter } from "./wasm-filter.js";

const TYPE = "type.googleapis.com/envoy.config";

/**
 * Files that a running Envoy watches: plugins, clusters and the listener, each used as soon as it is written, and the
 * bootstrap that names them, which is read once.
 */
export const envoyFiles: Target = {
  name: "envoy-files",
  command: "envoy --envoy-form files",
  about: "files that a running Envoy watches",
  onFailure: BY_FILES,
  single: true,
  ownsVm: true,
  faults: bootstrapFaults,
  generate: (policy, options) => files(policy, options).map(({ content }) => content),
  files,
};

/** In the order of writing: what others refer to comes first, and the listener, which refers to all, near the end. */
function files(policy: PolicyDocument, options: ModuleOptions): NamedResource[] {
  const folder = options.folder ?? "/etc/envoy";
  const modules = modulesOf(options);
  const plugins = pluginFilters(policy, modules);
  const routing = envoyRouting(policy);
  const discovered = policy.spec.plugins
    .filter((plugin) => !runsUpstream(policy, plugin))
    .map((plugin) => discoveredFilter(policy, plugin, watched(folder, pluginFile(filterName(policy, plugin)))));
  const listener = envoyListener(policy, routing, [...discovered, ...routing.filters, lastFilter(policy, modules)]);
  return [
    ...plugins.map((plugin) => pluginResource(plugin)),
    { name: "cds.yaml", content: resources("cluster.v3.Cluster", routing.clusters) },
    { name: "lds.yaml", content: resources("listener.v3.Listener", [listener]) },
    { name: "envoy.yaml", content: bootstrap(policy, folder) },
  ];
}

function pluginFile(filter: string): string {
  return `${filter}.yaml`;
}

function pluginResource(filter: NamedFilter): NamedResource {
  return { name: pluginFile(filter.name), content: resources("core.v3.TypedExtensionConfig", [filter]) };
}

function bootstrap(policy: PolicyDocument, folder: string): object {
  const dynamic = { cds_config: watched(folder, "cds.yaml"), lds_config: watched(folder, "lds.yaml") };
  return { ...withoutResources(policy), dynamic_resources: dynamic };
}

/** The whole folder is watched for renames, so that a mounted ConfigMap, whose files are links, is followed as well. */
function watched(folder: string, file: string): object {
  return {
    path_config_source: { path: join(folder, file), watched_directory: { path: folder } },
    resource_api_version: "V3",
  };
}

/** What Envoy takes for an answer of a control plane. */
function resources(type: string, items: readonly object[]): object {
  return { resources: items.map((item) => ({ "@type": `${TYPE}.${type}`, ...item })) };
}
