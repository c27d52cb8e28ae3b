import type { Finding } from "../errors.js";
import type { SourceDocument } from "../policy/source-document.js";

/** Words without quotes that YAML 1.1, which Kubernetes and Istio read, takes for true or false. */
const BOOLEANS = /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
/** Numbers to it, but texts or other numbers to YAML 1.2: octal, with underscores, binary. */
const NUMBERS = /^[-+]?(0[0-7_]*[0-7]|0b[01_]+|[1-9][0-9]*_[0-9_]*)$/;

/** What of a resource Kubernetes reads otherwise than it looks, since it is without quotes. */
export function yaml11Findings(document: SourceDocument): Finding[] {
  return document.plainScalars().flatMap(({ source, isKey, line, column }): Finding[] => {
    const read = BOOLEANS.test(source) ? (/^(y|on)/i.test(source) ? "true" : "false") : undefined;
    const other = read ?? (NUMBERS.test(source) ? "another number" : undefined);
    if (other === undefined) return [];
    const what = isKey ? "the key" : "the value";
    const message = `${what} ${source} is ${other} to Kubernetes, which reads YAML 1.1`;
    const remedy = `Write "${source}" in quotes${read === undefined || isKey ? "" : `, or ${read} if that is meant`}`;
    return [{ code: "TG3727", severity: "error", file: document.file, line, column, message, remedy }];
  });
}
