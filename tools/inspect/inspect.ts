import { findingsAt, type GivenProblem, givenModule } from "../build/given-module.js";
import type { Finding } from "../errors.js";
import type { Image } from "../oci/image.js";
import { httpModule } from "../oci/pull-rules/http.js";
import { isRefusal, type Refusal } from "../oci/pull-rules/refusal.js";
import { isWasm } from "../wasm/sections.js";
import type { Artefact } from "./artefact.js";
import { type Document, documentsOfArchive, documentsOfImage, type Spec, specAmong } from "./documents.js";
import { type ImageFacts, imageFacts, type Pull, pull } from "./image-facts.js";
import { moduleInImage } from "./module-in-image.js";
import { type ModuleFacts, moduleFacts } from "./module-facts.js";

/** What there is to know of a module, or of what it comes in. */
export interface Inspection {
  /** As it was asked for. */
  source: string;
  kind: Artefact["kind"] | "module";
  /** Undefined when there is none that can be read. */
  module?: ModuleFacts;
  image?: ImageFacts;
  /** Whether gateways can fetch a file over http; absent for images, and for what is no archive. */
  overHttp?: Pull[];
  documents: Document[];
  spec?: Spec;
  findings: Finding[];
}

/** Says all of an artefact. @param envoyVersion the oldest that is to run it, when that is known. */
export function inspected(source: string, artefact: Artefact, envoyVersion?: string): Inspection {
  if ("image" in artefact) return ofImage(source, artefact.kind, artefact.image, envoyVersion);
  if (artefact.kind === "archive") return ofArchive(source, artefact, envoyVersion);
  const { kind, bytes } = artefact;
  const given = moduleOf(source, bytes, envoyVersion);
  const isBare = kind === "file" && isWasm(bytes);
  const overHttp = kind === "packed module" ? { overHttp: pullsOf(httpModule(artefact.packed)) } : {};
  return { source, kind: isBare ? "module" : kind, ...given, ...overHttp, documents: [] };
}

function ofImage(source: string, kind: Artefact["kind"], image: Image, envoyVersion?: string): Inspection {
  const facts = imageFacts(image);
  const module = moduleInImage(image);
  const given = module ? moduleOf(source, module, envoyVersion) : { findings: [] };
  const findings = [...findingsAt(source, pullProblems(facts.pulls)), ...given.findings];
  return { source, kind, ...given, image: facts, ...withSpec(documentsOfImage(image)), findings };
}

type Archive = Extract<Artefact, { kind: "archive" }>;

function ofArchive(source: string, { kind, files, packed }: Archive, envoyVersion?: string): Inspection {
  const fetched = httpModule(packed);
  const any = files.find(({ name }) => name.endsWith(".wasm"))?.bytes;
  const module = isRefusal(fetched) ? any : fetched;
  const given = module ? moduleOf(source, module, envoyVersion) : { findings: [] };
  const overHttp = pullsOf(fetched);
  const findings = [...findingsAt(source, pullProblems(overHttp)), ...given.findings];
  return { source, kind, ...given, overHttp, ...withSpec(documentsOfArchive(files)), findings };
}

function moduleOf(source: string, bytes: Uint8Array, envoyVersion?: string): Pick<Inspection, "module" | "findings"> {
  const { module, problems } = givenModule(bytes, envoyVersion);
  const findings = findingsAt(source, problems);
  return module ? { module: moduleFacts(bytes, module), findings } : { findings };
}

function withSpec(documents: Document[]): Pick<Inspection, "documents" | "spec"> {
  const spec = specAmong(documents);
  return spec ? { documents, spec } : { documents };
}

/** All gateways fetch by one rule. */
function pullsOf(answer: Uint8Array | Refusal): Pull[] {
  return (["istio", "envoy-gateway", "higress"] as const).map((gateway) => pull(gateway, answer));
}

export const GATEWAYS: Readonly<Record<Pull["gateway"], string>> = {
  istio: "Istio's agent",
  "envoy-gateway": "Envoy Gateway",
  higress: "Higress",
};

/** One finding for each reason, with all gateways that have it. */
function pullProblems(pulls: readonly Pull[]): GivenProblem[] {
  const refused = pulls.filter(({ why }) => why !== undefined);
  const severity = refused.length === pulls.length ? "error" : "warning";
  return [...new Set(refused.map(({ why }) => why!))].map((why): GivenProblem => {
    const names = refused.filter((one) => one.why === why).map(({ gateway }) => GATEWAYS[gateway]);
    const message = `${names.join(", ")} cannot get a module out of this: ${why}`;
    return { code: "TG9311", severity, message, remedy: "Make it with `tidegate package`" };
  });
}
