import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../errors.js";
import type { PluginCatalog } from "../plugins.js";
import { isPrefix } from "../policy/fault.js";
import type { SourceDocument } from "../policy/source-document.js";
import { repoRoot } from "../root.js";
import { PluginTrial } from "../validate/plugin-trial.js";
import { SchemaChecker } from "../validate/schema-checker.js";
import { type Attachment, attachmentOf } from "./attachment.js";
import { envoyFilterFaults, type Patched, patchedBy } from "./envoy-filter.js";
import { isOthers, metadataFaults } from "./metadata.js";
import { missingModules } from "./module-files.js";
import { portNameFaults } from "./port-names.js";
import { PluginConfigs } from "./plugin-configs.js";
import { reachFaults } from "./reach.js";
import { type Resource, resourcesIn } from "./resource.js";
import { tooLarge } from "./size.js";
import { wasmPluginFaults } from "./wasm-plugin.js";
import { findingWithin, type FaultWithin } from "./within-text.js";
import { yaml11Findings } from "./yaml-1-1.js";

export interface ResourceOptions {
  catalog: PluginCatalog;
  /** Where a plugin's module lies; this package's build when absent. */
  moduleFile?: (plugin: string) => string;
  /** Whether modules that resources load from files must be on this machine. */
  localFiles?: boolean;
  /** What policies beside the resources attach plugins to. */
  attachments?: readonly Attachment[];
}

export interface CheckedResources {
  /** How many of the kinds that are looked into. */
  count: number;
  findings: Finding[];
}

/** Everything that is wrong with resources that are applied together. Never throws, whatever they are. */
export async function checkResources(
  documents: readonly SourceDocument[],
  options: ResourceOptions,
): Promise<CheckedResources> {
  const resources = documents.flatMap(resourcesIn);
  const read = resources.filter((resource) => isRead(resource) && !isOthers(resource));
  const check = new ResourceChecker(read, options);
  const findings = documents.flatMap(yaml11Findings);
  for (const resource of resources) {
    const faults = await check.faults(resource);
    findings.push(...withoutEchoes(faults).map((fault) => findingWithin(fault, resource.document)));
  }
  return { count: read.length, findings };
}

const SCHEMAS: Record<string, string | undefined> = {
  EnvoyFilter: "envoy-filter.schema.json",
  WasmPlugin: "wasm-plugin.schema.json",
  TrafficExtension: "traffic-extension.schema.json",
};

function isRead({ kind }: Resource): boolean {
  return Object.hasOwn(SCHEMAS, kind) || kind === "Service" || kind === "ServiceEntry";
}

class ResourceChecker {
  private readonly patched: Patched;
  private readonly attachments: readonly Attachment[];
  private readonly configs: PluginConfigs;

  constructor(
    read: readonly Resource[],
    private readonly options: ResourceOptions,
  ) {
    this.patched = patchedBy(read);
    const own = read.flatMap((one) => (Object.hasOwn(SCHEMAS, one.kind) ? (attachmentOf(one) ?? []) : []));
    this.attachments = [...(options.attachments ?? []), ...own];
    this.configs = new PluginConfigs(options.catalog, new PluginTrial(options.moduleFile));
  }

  async faults(resource: Resource): Promise<FaultWithin[]> {
    const { kind } = resource;
    const faults = [...metadataFaults(resource), ...tooLarge(resource), ...(await this.configs.faults(resource))];
    if (isOthers(resource)) return faults;
    if (kind === "Service" || kind === "ServiceEntry")
      return [...faults, ...portNameFaults(resource, this.attachments)];
    const schema = schemaOf(kind);
    if (!schema) return faults;
    const { spec } = resource;
    const shape = schema.check(spec.value).map((fault) => ({ ...fault, path: [...spec.path, ...fault.path] }));
    const own = kind === "EnvoyFilter" ? envoyFilterFaults(resource, this.patched) : wasmPluginFaults(resource);
    const missing = this.options.localFiles ? await missingModules(resource) : [];
    return [...faults, ...shape, ...reachFaults(resource), ...own, ...missing];
  }
}

const compiled = new Map<string, SchemaChecker>();

/** The schema of a kind's spec, read once; undefined of kinds that have none here. */
function schemaOf(kind: string): SchemaChecker | undefined {
  const file = Object.hasOwn(SCHEMAS, kind) ? SCHEMAS[kind] : undefined;
  const known = compiled.get(kind);
  if (file === undefined || known) return known;
  const text = readFileSync(join(repoRoot, "tools", "istio", file), "utf8");
  const checker = SchemaChecker.of(JSON.parse(text) as Record<string, unknown>);
  compiled.set(kind, checker);
  return checker;
}

/** A value of the wrong type, or an unknown key, is told once: rules that read it have nothing to add. */
function withoutEchoes(faults: readonly FaultWithin[]): FaultWithin[] {
  const told = new Set(faults.filter(({ code }) => code === "TG2003").map(({ path }) => JSON.stringify(path)));
  return faults.filter((fault, i) => {
    if (fault.code !== "TG2003" && told.has(JSON.stringify(fault.path)) && fault.at !== "key") return false;
    const isTwin = (other: FaultWithin): boolean =>
      other.code === fault.code && isPrefix(other.path, fault.path) && isPrefix(fault.path, other.path);
    return !faults.slice(0, i).some((other) => isTwin(other) && other.message === fault.message);
  });
}
