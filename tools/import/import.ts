import type { Finding } from "../errors.js";
import { isObject } from "../is-object.js";
import { toFinding } from "../policy/fault.js";
import type { SourceDocument } from "../policy/source-document.js";
import { parseYaml } from "../policy/yaml-documents.js";
import type { PolicyText } from "../validate/policies.js";
import { type Draft, plainName } from "./draft.js";
import { importEnvoyConfig, isEnvoyConfig } from "./envoy-config.js";
import { importEnvoyFilter } from "./envoy-filter.js";
import type { Field } from "./field.js";
import { higressPlugin, importHigressPlugin } from "./higress-plugin.js";
import { importCanaryIngress, type IngressPath, isCanaryIngress } from "./nginx-ingress.js";
import { settleMetadata } from "./metadata.js";
import type { ImportOptions } from "./options.js";
import { Related } from "./related.js";
import { importSmartLimiter } from "./slime.js";
import { Source } from "./source.js";
import { importVirtualService } from "./virtual-service.js";

/** What a format's reader may know besides its resource. */
export interface Reading {
  readonly options: ImportOptions;
  /** Selector of the service that has the resource's name. */
  serviceLabels(source: Source): Record<string, string> | undefined;
  /** Port of the pods behind a port of that service; the same where nothing else is known. */
  containerPort(source: Source, port: number): number;
  subsetLabels(host: string, subset: string, namespace: string | undefined): Record<string, string> | undefined;
  /** Pods of an Istio gateway, by its name or namespace/name. */
  gatewayLabels(name: string, namespace: string | undefined): Record<string, string> | undefined;
  /** The path of the Ingress that a canary's path stands beside. */
  mainPath(canary: Source, path: IngressPath): IngressPath | undefined;
  pathsOfHost(namespace: string | undefined, host: string): IngressPath[];
}

export interface Imported {
  drafts: Draft[];
  sources: Source[];
  /** Files that are no YAML. */
  findings: Finding[];
}

interface Format {
  reads(source: Source): boolean;
  import(source: Source, reading: Reading): Draft[];
}

const isKind =
  (kind: string, group: string) =>
  ({ kind: own, root }: Source): boolean =>
    own === kind && String(root.at("apiVersion")?.value).startsWith(`${group}/`);

const FORMATS: Format[] = [
  { reads: isKind("SmartLimiter", "microservice.slime.io"), import: importSmartLimiter },
  { reads: isKind("EnvoyFilter", "networking.istio.io"), import: importEnvoyFilter },
  { reads: isKind("VirtualService", "networking.istio.io"), import: importVirtualService },
  { reads: (source) => source.kind === "Ingress" && isCanaryIngress(source), import: importCanaryIngress },
  { reads: (source) => higressPlugin(source) !== undefined, import: importHigressPlugin },
  { reads: isEnvoyConfig, import: importEnvoyConfig },
];

/** Resources without any limit or canary in them: what nobody asks them is not lost. */
const SILENT = ["Service", "Gateway"];

/** Resources that say something of others, and become no policy of their own. */
const BESIDE = ["DestinationRule", "Ingress"];

/** Kubernetes takes files with a --- too many, and so do we. */
const EMPTY_DOCUMENT = "TG1006";

/** Reads resources of other projects and drafts policies from them; not yet checked. Never throws on any text. */
export function importTexts(texts: readonly PolicyText[], options: ImportOptions): Imported {
  const parsed = texts.map(({ file, text }) => parseYaml(file, text));
  const sources = parsed.flatMap(({ documents }) => documents.flatMap(sourcesOf));
  const related = new Related(sources, options);
  const drafts = sources.flatMap((source) => importOne(source, related));
  for (const source of sources) {
    if (SILENT.includes(source.kind)) continue;
    if (!formatOf(source) && !related.wasUsed(source)) sayUnread(source);
    source.reportLeftovers();
  }
  const findings = parsed.flatMap((one) => one.findings).filter(({ code }) => code !== EMPTY_DOCUMENT);
  return { drafts, sources, findings };
}

function formatOf(source: Source): Format | undefined {
  return isObject(source.root.value) ? FORMATS.find(({ reads }) => reads(source)) : undefined;
}

function importOne(source: Source, related: Related): Draft[] {
  const drafts = formatOf(source)?.import(source, related) ?? [];
  settleMetadata(source);
  if (formatOf(source) && drafts.length === 0) {
    const why = source.faults.length > 0 ? "no policy comes of it" : "there is no limit and no canary in it";
    source.root.report("TG8109", `${source.label}: ${why}`);
  }
  return drafts;
}

function sayUnread(source: Source): void {
  const { root, label } = source;
  const kinds = "SmartLimiter, EnvoyFilter, VirtualService, canary Ingress, WasmPlugin of Higress, or local_ratelimit";
  const why = BESIDE.includes(source.kind) ? "no other resource needs it" : "import does not read it";
  root.report("TG8101", `${label}: ${why}`, `Expected ${kinds}`);
}

/** The resource of a document, or those of a List. */
function sourcesOf(document: SourceDocument): Source[] {
  const name = plainName((document.file.split("/").pop() ?? "").replace(/\.\w+$/, "")) || "imported";
  const whole = new Source(document, document.value, [], name);
  const items: Field | undefined = /List$/.test(whole.kind) ? whole.root.at("items") : undefined;
  if (!Array.isArray(items?.value)) return [whole];
  return items.items.map(({ value, path }) => new Source(document, value, path, name));
}

/** What was found in the resources, in their order. */
export function findingsOf(sources: readonly Source[], isStrict: boolean): Finding[] {
  return sources.flatMap(({ faults, document }) =>
    faults.map((fault) =>
      toFinding({ ...fault, severity: isStrict ? "error" : (fault.severity ?? "warning") }, document),
    ),
  );
}
