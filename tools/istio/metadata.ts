import type { Fault } from "../policy/fault.js";
import { suggestion } from "../policy/suggest.js";
import { quote } from "../validate/words.js";
import { pathIn, type Resource } from "./resource.js";

/** Versions in which Kubernetes has the kinds; of others of these kinds nobody takes notice, or kubectl refuses them. */
const API_VERSIONS: Record<string, readonly string[]> = {
  EnvoyFilter: ["networking.istio.io/v1alpha3"],
  WasmPlugin: ["extensions.istio.io/v1alpha1"],
  TrafficExtension: ["extensions.istio.io/v1alpha1"],
  Service: ["v1"],
  ServiceEntry: ["networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3"],
  Telemetry: ["telemetry.istio.io/v1", "telemetry.istio.io/v1alpha1"],
};
/** Others' kinds of the same name. */
const OTHERS_GROUPS = ["extensions.higress.io/", "serving.knative.dev/"];

/** Whether the resource is Istio's, or Kubernetes' own, and not one of the same kind of somebody else. */
export function isOthers({ apiVersion }: Resource): boolean {
  return OTHERS_GROUPS.some((group) => apiVersion.startsWith(group));
}

/** What Kubernetes refuses of any object, and what of an Istio resource makes nobody read it. */
export function metadataFaults(resource: Resource): Fault[] {
  return [...kindFaults(resource), ...nameFaults(resource)];
}

function kindFaults(resource: Resource): Fault[] {
  const { kind, apiVersion } = resource;
  if (kind === "") return [noObject(resource)];
  if (isOthers(resource)) return [];
  const known = Object.hasOwn(API_VERSIONS, kind) ? API_VERSIONS[kind] : undefined;
  if (known) return known.includes(apiVersion) ? [] : [wrongVersion(resource, known)];
  const ofGroup = Object.keys(API_VERSIONS).filter((other) => API_VERSIONS[other]?.includes(apiVersion));
  const hint = suggestion(kind, ofGroup);
  if (apiVersion === "v1" || !hint?.startsWith("Did")) return [];
  return [
    { code: "TG3701", path: pathIn(resource, "kind"), message: `there is no ${kind} in ${apiVersion}`, remedy: hint },
  ];
}

function noObject(resource: Resource): Fault {
  const remedy = "Write apiVersion, kind, metadata and spec";
  return { code: "TG3701", path: pathIn(resource, "kind"), message: "an object without a kind", remedy };
}

function wrongVersion(resource: Resource, known: readonly string[]): Fault {
  const { kind, apiVersion } = resource;
  const message = `there is no ${kind} in ${apiVersion === "" ? "no version at all" : apiVersion}, so nobody reads it`;
  return { code: "TG3702", path: pathIn(resource, "apiVersion"), message, remedy: `Write apiVersion: ${known[0]}` };
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

function nameFaults(resource: Resource): Fault[] {
  const { root, kind } = resource;
  const name = root.at("metadata")?.at("name");
  const namespace = root.at("metadata")?.at("namespace");
  const faults: Fault[] = [];
  if (!Object.hasOwn(API_VERSIONS, kind)) return []; // of others names may have other characters
  if (name === undefined) {
    const message = `the ${kind} has no name`;
    const remedy = "Add metadata.name, in lower case";
    faults.push({ code: "TG3703", path: pathIn(resource, "metadata", "name"), message, remedy });
  } else if (!isName(name.text, NAME, 253)) faults.push(badName(name.value, name.path, "253"));
  if (namespace && !isName(namespace.text, LABEL, 63)) faults.push(badName(namespace.value, namespace.path, "63"));
  return faults;
}

function isName(text: string | undefined, form: RegExp, max: number): boolean {
  return text !== undefined && text.length <= max && form.test(text);
}

function badName(value: unknown, path: Fault["path"], max: string): Fault {
  const message = `${quote(value)} is no name in Kubernetes`;
  const remedy = `Write a text of lower-case letters, digits and -, up to ${max} characters, in quotes if it is all digits`;
  return { code: "TG3703", path, message, remedy };
}
