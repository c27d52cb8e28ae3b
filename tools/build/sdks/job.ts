import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Finding } from "../../errors.js";
import type { BuildMode } from "../asc.js";
import type { SourceEdits } from "../source-reader.js";
import { withoutOutputs } from "./asconfig.js";
import { pluginFolder } from "./detect.js";
import { packageFolder } from "./packages.js";
import { type Sdk, SDK_FLAGS } from "./sdk.js";

/** Where `--lib` finds an SDK's shims, which are in no folder. */
const SHIMS = "/sdk-shims";

/** How asc is called for a plugin written on an SDK of others. */
export interface SdkJob {
  /** The plugin's own folder, in which its author calls asc. */
  baseDir: string;
  /** Flags besides those for places. */
  flags: readonly string[];
  /** What asc is given otherwise than it lies in files. */
  edits: SourceEdits;
  listFiles: (folder: string, baseDir: string) => string[];
}

/**
 * Prepares the compilation of a plugin, or says what is not installed.
 * @param modules folders of packages beside those that the plugin's own folder sees.
 */
export function sdkJob(sdk: Sdk, entry: string, mode: BuildMode, modules: readonly string[]): SdkJob | Missing {
  const baseDir = pluginFolder(entry);
  const { companion } = sdk;
  const missing = [sdk, ...(companion ? [companion] : [])].find(
    (needed) => packageFolder(needed.package, baseDir, modules) === undefined,
  );
  if (missing) return { missing: missing.package };
  const libraries = companion && join(packageFolder(companion.package, baseDir, modules)!, companion.library);
  return {
    baseDir,
    flags: [
      ...sdk.flags,
      ...(companion?.flags ?? []),
      ...["--lib", [SHIMS, ...(libraries ? [libraries] : [])].join(",")],
      ...SDK_FLAGS[mode],
    ],
    edits: {
      shim: (name, folder) => (folder === SHIMS ? (sdk.shims[name] ?? null) : undefined),
      asconfig: (text) => withoutOutputs(text, companion?.package),
      amend: (file, text) => amended(sdk, file, text),
    },
    listFiles: (folder, base) => (folder === SHIMS ? [] : sourcesIn(resolve(base, folder))),
  };
}

/** A package that the plugin needs and that is not installed. */
export interface Missing {
  missing: string;
}

/** What to say of it. @param path of the plugin's entry. */
export function missingFinding(sdk: Sdk, { missing }: Missing, path: string): Finding {
  const isSdk = missing === sdk.package;
  const needed = isSdk ? "which" : `which needs ${missing}, and that`;
  const message = `the plugin is written on ${sdk.package}, ${needed} is not installed`;
  const remedy = `Run npm install --save-dev ${isSdk ? `${missing}@${sdk.version}` : missing}`;
  return { code: "TG9501", severity: "error", file: path, line: 1, column: 1, message, remedy };
}

/** Mistakes of the SDK's own sources that this compiler does not let pass; what is another release stays as it is. */
function amended(sdk: Sdk, file: string, text: string): string {
  const edits = sdk.amendments.filter((edit) => file.endsWith(`node_modules/${sdk.package}/${edit.file}`));
  return edits.reduce((before, { from, to }) => before.replace(from, () => to), text);
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
}
