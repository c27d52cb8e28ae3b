import type { Digest } from "../oci/digest.js";
import type { TargetLines } from "./lines.js";

/** What was made of a plugin: as machines get it, too. */
export interface PackageReport {
  name: string;
  version: string;
  /** In bytes and hexadecimal. */
  module: { size: number; sha256: string };
  files: { form: string; path: string; digest?: Digest }[];
  annotations: Readonly<Record<string, string>>;
  lines: TargetLines[];
}

/** A report for people: what was written, the hashes with what each is for, and lines to copy. */
export function packageText(report: PackageReport): string {
  const { name, version, module, files, lines } = report;
  const width = Math.max(...files.map(({ path }) => path.length));
  const listed = files.map(({ form, path, digest }) =>
    `  ${path.padEnd(width)}  ${form.padEnd(8)}  ${digest ? `manifest ${digest}` : ""}`.trimEnd(),
  );
  const module_ = `  module of ${module.size} bytes, sha256 ${module.sha256}`;
  return `${[`${name} ${version}`, ...listed, module_, "", ...lines.map(linesText)].join("\n")}`;
}

const WHOSE = { image: "of the image's manifest", module: "of the module itself" };

/** Lines to copy, with the targets that they are for. */
export function linesText({ targets, as, lines }: TargetLines): string {
  const { sha256, ...url } = lines;
  const where = Object.entries(url).map(([key, value]) => `${key}: ${value}\n`);
  return `# ${targets.join(", ")}\n${where.join("")}sha256: "${sha256}" # ${WHOSE[as]}\n`;
}
