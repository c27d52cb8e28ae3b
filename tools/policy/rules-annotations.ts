import type { Fault, Path } from "./fault.js";
import type { PolicyDocument } from "./model.js";
import { quote } from "../validate/words.js";

/** Of all annotations of an object together, names and values. */
const MAX_BYTES = 262_144;
const KEY =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const MANAGED_BY = "app.kubernetes.io/managed-by";

/** Annotations and labels that no generated resource can have. */
export function annotationFaults({ metadata }: PolicyDocument): Fault[] {
  const annotations = Object.entries(metadata.annotations ?? {});
  const path: Path = ["metadata", "annotations"];
  const faults = annotations.flatMap(([key]): Fault[] => {
    if (KEY.test(key) && key.length <= 317) return [];
    const message = `${quote(key)} is no name of an annotation in Kubernetes`;
    const remedy = "Write name or prefix/name, of letters, digits, -, _ and .";
    return [{ code: "TG3021", path: [...path, key], at: "key", message, remedy }];
  });
  const bytes = annotations.reduce((sum, entry) => sum + Buffer.byteLength(entry.join("")), 0);
  if (bytes > MAX_BYTES) {
    const message = `the annotations have ${bytes} bytes, and Kubernetes keeps ${MAX_BYTES}`;
    faults.push({ code: "TG3021", path, at: "key", message, remedy: "Shorten them" });
  }
  const label = metadata.labels?.[MANAGED_BY];
  if (label === undefined || label === "tidegate") return faults;
  const message = `generate writes ${MANAGED_BY}: tidegate, so ${quote(label)} is lost`;
  const remedy = "Remove the label";
  return [
    ...faults,
    { code: "TG3021", severity: "warning", path: ["metadata", "labels", MANAGED_BY], message, remedy },
  ];
}
