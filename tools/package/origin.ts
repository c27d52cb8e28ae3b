import { join } from "node:path";
import { type Finding, UserError } from "../errors.js";
import { manifestIn } from "../manifest.js";
import type { Origin } from "./annotations.js";
import { type Checkout, checkoutOf } from "./git.js";

/** What the command line says of a package's origin; it comes before all else. */
export interface SaidOrigin {
  revision?: string;
  license?: string;
  source?: string;
  documentation?: string;
}

/** Where a plugin's files lie, for those that are known here. */
export interface PluginPlace {
  name: string;
  /** Of the plugin; absolute. */
  folder: string;
  /** Of the package that it belongs to, with its package.json; absolute. */
  root: string;
  /** What its module was compiled from, by names from `root`. */
  sources: readonly string[];
}

export interface FoundOrigin {
  origin: Origin;
  findings: Finding[];
}

/** The last second whose year has four digits. */
const MAX_EPOCH_S = 253_402_300_799;

/**
 * The origin of a package, from the command line, then the project's package.json, then git.
 * The time is SOURCE_DATE_EPOCH, else that of the commit that git names, else the beginning of 1970: never the clock's.
 * @param place undefined for a module that is given as a file. Fails with a `UserError`.
 */
export async function originOf(
  said: SaidOrigin,
  place: PluginPlace | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<FoundOrigin> {
  const manifest = place ? manifestLinks(place.root) : {};
  const asked = place && said.revision === undefined ? await gitOrigin(place) : { findings: [] };
  const revision = said.revision ?? asked.revision;
  const licenses = said.license ?? manifest.license;
  const source = said.source ?? manifest.source;
  const documentation = said.documentation ?? manifest.documentation;
  const created = isoTime(epochOf(env["SOURCE_DATE_EPOCH"]) ?? asked.time ?? 0);
  const origin = { revision, licenses, source, documentation, created };
  const known = Object.entries(origin).filter(([, value]) => value !== undefined);
  return { origin: Object.fromEntries(known) as unknown as Origin, findings: asked.findings };
}

/** Fails with a `UserError` when it is no time. */
function epochOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= MAX_EPOCH_S) return seconds;
  throw new UserError("SOURCE_DATE_EPOCH is no time: write whole seconds since 1970");
}

function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

interface GitOrigin {
  revision?: string;
  time?: number;
  findings: Finding[];
}

async function gitOrigin(place: PluginPlace): Promise<GitOrigin> {
  const own = place.sources.filter((name) => !/(^|\/)(\.\.|node_modules)\//.test(name));
  const found = await checkoutOf(
    place.folder,
    own.map((name) => join(place.root, name)),
  );
  if (!found) return { findings: [] };
  if ("problem" in found) return { findings: [unasked(place.name, found.problem)] };
  const { revision, time, changed } = found;
  if (changed.length === 0) return { revision, time, findings: [] };
  return { revision: `${revision}-dirty`, time, findings: [uncommitted(place.name, found)] };
}

function unasked(name: string, problem: string): Finding {
  return warning(name, "TG9103", `git does not say the revision: ${problem}`, "Give --revision");
}

function uncommitted(name: string, { changed, revision }: Checkout): Finding {
  const others = changed.length > 1 ? ` and ${changed.length - 1} more` : "";
  const message = `${changed[0]}${others} differ from commit ${revision.slice(0, 12)}, so nobody else can make this package`;
  return warning(name, "TG9102", message, "Commit first, or give --revision");
}

function warning(name: string, code: "TG9102" | "TG9103", message: string, remedy: string): Finding {
  return { code, severity: "warning", file: `plugins/${name}`, line: 1, column: 1, message, remedy };
}

function manifestLinks(root: string): { license?: string; source?: string; documentation?: string } {
  const manifest = { ...manifestIn(root) } as Record<string, unknown>;
  const repository = manifest["repository"];
  const url =
    typeof repository === "object" && repository !== null ? (repository as { url?: unknown }).url : repository;
  return {
    license: textOf(manifest["license"]),
    source: textOf(url)
      ?.replace(/^git\+/, "")
      .replace(/\.git$/, ""),
    documentation: textOf(manifest["homepage"]),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
