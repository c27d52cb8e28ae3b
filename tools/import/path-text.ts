import type { Path } from "../policy/fault.js";

/** A path as people write it: `spec.http[0].match`, `metadata.annotations["nginx.ingress.kubernetes.io/canary"]`. */
export function pathText(path: Path): string {
  return path.map(step).join("").replace(/^\./, "");
}

function step(key: string | number): string {
  const text = String(key);
  if (/^\d+$/.test(text)) return `[${text}]`;
  return /^[A-Za-z_$@][\w$-]*$/.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
}
