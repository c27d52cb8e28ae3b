import { createHash } from "node:crypto";
import { sha256Of } from "../sha256.js";
import type { Origin } from "./annotations.js";
import type { Part, Parts, SourceFile } from "./parts.js";

/** What a bill of materials is about. */
export interface SbomSubject {
  name: string;
  version: string;
  description: string;
  module: Uint8Array;
  origin: Origin;
  /** Version of tidegate. */
  tool: string;
  /** What the module was compiled from; undefined when it was built elsewhere, and nothing is known of that. */
  parts?: Parts;
}

const SELF = "plugin";

/**
 * The bill of materials of a plugin: CycloneDX 1.6 as JSON. It has the module's hash, and of what was compiled into it each
 * package and each source file by its hash; the same input gives the same bytes.
 */
export function sbomOf(subject: SbomSubject): string {
  const { origin, tool, parts } = subject;
  const content = {
    version: 1,
    metadata: {
      timestamp: origin.created,
      tools: { components: [{ type: "application", name: "tidegate", version: tool }] },
      component: mainComponent(subject),
    },
    components: parts?.others.map(partComponent) ?? [],
    dependencies: [{ ref: SELF, dependsOn: parts?.others.map(refOf) ?? [] }],
    compositions: [{ aggregate: parts ? "complete" : "unknown", assemblies: [SELF], dependencies: [SELF] }],
  };
  const head = { bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serialNumber(JSON.stringify(content)) };
  return `${JSON.stringify({ ...head, ...content }, null, 2)}\n`;
}

function mainComponent({ name, version, description, module, origin, parts }: SbomSubject): object {
  const hash = hashEntry(sha256Of(module));
  const links = [
    ...(origin.source === undefined ? [] : [{ type: "vcs", url: origin.source, comment: origin.revision }]),
    ...(origin.documentation === undefined ? [] : [{ type: "documentation", url: origin.documentation }]),
  ];
  return {
    type: "application",
    "bom-ref": SELF,
    name,
    version,
    ...(description === "" ? {} : { description }),
    "mime-type": "application/wasm",
    hashes: [hash],
    ...licensed(origin.licenses),
    ...(links.length > 0 ? { externalReferences: links } : {}),
    ...nested(parts?.own ?? []),
  };
}

function partComponent(part: Part): object {
  const { type, name, version, description, license, sources } = part;
  return {
    type,
    "bom-ref": refOf(part),
    name,
    version,
    ...(description === undefined ? {} : { description }),
    ...licensed(license),
    purl: refOf(part),
    ...nested(sources),
  };
}

/** A package URL: of packages of npm, all that there are. */
function refOf({ name, version }: Part): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function licensed(expression: string | undefined): object {
  return expression === undefined ? {} : { licenses: [{ expression }] };
}

function nested(sources: readonly SourceFile[]): object {
  if (sources.length === 0) return {};
  return { components: sources.map(({ name, sha256 }) => ({ type: "file", name, hashes: [hashEntry(sha256)] })) };
}

function hashEntry(content: string): object {
  return { alg: "SHA-256", content };
}

/** A UUID made of the content (RFC 9562, version 8), so that another content has another one, and the same the same. */
function serialNumber(content: string): string {
  const bytes = createHash("sha256").update(content).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
