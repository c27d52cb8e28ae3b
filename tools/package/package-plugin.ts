import { isAbsolute, relative } from "node:path";
import { compilerVersion } from "../build/compiler.js";
import { sourcesOf } from "../build/stamp.js";
import { type Finding, hasErrors, UserError } from "../errors.js";
import { manifestIn } from "../manifest.js";
import { MAX_OTHER_BLOB } from "../oci/limits.js";
import { toolVersion } from "../root.js";
import { sha256Of } from "../sha256.js";
import { annotationsOf } from "./annotations.js";
import type { PackageContents } from "./contents.js";
import { pluginDocuments } from "./docs/documents.js";
import { readFacts } from "./docs/read-facts.js";
import { documentFiles } from "./files.js";
import type { Form } from "./forms.js";
import { loadModule } from "./load-module.js";
import { originOf, type PluginPlace, type SaidOrigin } from "./origin.js";
import { type Output, outputsOf } from "./outputs.js";
import { type Parts, partsOf } from "./parts.js";
import { sbomOf } from "./sbom.js";
import { isImageName, NAME_FORM, type Subject } from "./subject.js";

/** How plugins are to be packaged. */
export interface PackageOptions extends SaidOrigin {
  forms: readonly Form[];
  referrers: boolean;
  /** Of the package; that of the plugin's package.json when absent. */
  version?: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Folder that names in findings start from. */
  cwd: string;
}

/** What a plugin's package consists of; without `contents` there are errors among the findings. */
export interface Packaged {
  findings: Finding[];
  contents?: PackageContents;
  outputs: Output[];
}

/** Makes a plugin's package, in memory. Fails with a `UserError` when something cannot be read, or nothing says the version. */
export async function packagePlugin(subject: Subject, options: PackageOptions): Promise<Packaged> {
  const { plugin, path } = subject;
  const named = isImageName(plugin.name) ? [] : [badName(plugin.name)];
  const { module, findings: ofModule } = await loadModule(path, shownPath(path, options.cwd));
  const { facts, findings: ofFacts } = await readFacts(plugin, versionOf(subject, options));
  const findings = [...named, ...ofModule, ...ofFacts];
  if (!module || hasErrors(findings)) return { findings, outputs: [] };
  const made = await madeFrom(subject, module.bytes);
  const { origin, findings: ofOrigin } = await originOf(options, made.place, options.env);
  const { about, version } = facts;
  const contents: PackageContents = {
    name: plugin.name,
    rootId: about.rootId ?? plugin.name,
    version,
    module: module.bytes,
    abi: module.abi,
    documents: pluginDocuments(plugin, facts),
    annotations: annotationsOf({ ...about, version }, origin),
    created: origin.created,
  };
  const all = [...findings, ...ofOrigin, ...tooLarge(contents)];
  if (hasErrors(all)) return { findings: all, outputs: [] };
  const sbom = sbomOf({ ...contents, description: about.description, origin, tool: toolVersion(), parts: made.parts });
  return { findings: all, contents, outputs: await outputsOf(contents, sbom, options.forms, options.referrers) };
}

/** What a module was made from, as far as that lies here. */
async function madeFrom({ place, path }: Subject, module: Uint8Array): Promise<{ place?: PluginPlace; parts?: Parts }> {
  if (!place) return {};
  const sources = await sourcesOf(path, sha256Of(module));
  const parts = sources && partsOf(sources, place.root, compilerVersion());
  return { place: { ...place, sources: Object.keys(sources ?? {}) }, ...(parts ? { parts } : {}) };
}

/** A path as findings name it: from the folder that the user is in, unless it is far from there. */
export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path);
  return near === "" || near.startsWith("..") || isAbsolute(near) ? path : near;
}

const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** Whether a text is a version that packages can have: of three numbers, as Semantic Versioning writes it. */
export function isVersion(text: unknown): text is string {
  return typeof text === "string" && text.length <= 100 && VERSION.test(text);
}

function versionOf({ plugin, place }: Subject, { version }: PackageOptions): string {
  const known = version ?? (place && manifestIn(place.root)?.version);
  if (isVersion(known)) return known;
  throw new UserError(`nothing says the version of ${plugin.name}. Give --version, such as 1.2.0`);
}

function badName(name: string): Finding {
  const message = `an image cannot be called ${name}`;
  return errorOf("TG9101", `plugins/${name}`, message, `Rename the folder: ${NAME_FORM}`);
}

/** Documents that would not be pulled with the image. */
function tooLarge(contents: PackageContents): Finding[] {
  return documentFiles(contents)
    .filter(({ bytes }) => bytes.length > MAX_OTHER_BLOB)
    .map(({ name, bytes }) => {
      const message = `${name} has ${bytes.length} bytes, more than the ${MAX_OTHER_BLOB} that are read of it`;
      return errorOf("TG9105", `plugins/${contents.name}/${name}`, message, "Make it smaller");
    });
}

function errorOf(code: "TG9101" | "TG9105", file: string, message: string, remedy: string): Finding {
  return { code, severity: "error", file, line: 1, column: 1, message, remedy };
}
