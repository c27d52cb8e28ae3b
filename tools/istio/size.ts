import { MAX_APPLIED_BYTES, MAX_OBJECT_BYTES } from "../generate/object-size.js";
import type { Fault } from "../policy/fault.js";
import { labelOf, pathIn, type Resource, warning } from "./resource.js";

/** Keys that Kubernetes itself writes. */
const SERVERS: ReadonlySet<string> = new Set(["status"]);

/** An object that is too large for Kubernetes, or for `kubectl apply` alone. */
export function tooLarge(resource: Resource): Fault[] {
  const members = resource.root.members().filter(([key]) => !SERVERS.has(key));
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(members.map(([key, { value }]) => [key, value]))));
  if (bytes <= MAX_APPLIED_BYTES) return [];
  const message = `the ${labelOf(resource)} has ${bytes} bytes`;
  const path = pathIn(resource, "spec");
  if (bytes > MAX_OBJECT_BYTES) {
    const remedy = "Let plugins fetch long lists, or split it";
    return [
      { code: "TG7005", path, at: "key", message: `${message}, and Kubernetes keeps objects of up to 1.5 MiB`, remedy },
    ];
  }
  const remedy = "Use kubectl apply --server-side, or kubectl replace";
  return [
    warning({ code: "TG7006", path, at: "key", message: `${message}, too many for kubectl apply alone`, remedy }),
  ];
}
