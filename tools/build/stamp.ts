import { readFile, writeFile } from "node:fs/promises";
import { toolVersion } from "../root.js";
import { sha256Of } from "../sha256.js";
import { ascFlags, type BuildMode } from "./asc.js";
import { compilerVersion } from "./compiler.js";
import { SDKS } from "./sdks/detect.js";
import { SDK_FLAGS } from "./sdks/sdk.js";
import { areUnchanged, type SourceDigests } from "./source-reader.js";

/** What is noted beside a module, so that it is built again only when something else would come of it. */
interface Stamp {
  /** Of compiler, flags and the version of tidegate. */
  tools: string;
  /** sha256 of the module. */
  module: string;
  sources: SourceDigests;
}

/** Notes what the module at `path` was built from. @param root where names of sources start. */
export async function writeStamp(path: string, mode: BuildMode, root: string, built: Omit<Stamp, "tools">) {
  await writeFile(stampPath(path), JSON.stringify({ tools: toolsDigest(mode, root), ...built }));
}

/** Whether the module at `path`, of that sha256, is what building it now would make. */
export async function isCurrent(path: string, mode: BuildMode, root: string, sha256: string): Promise<boolean> {
  const stamp = await readStamp(path);
  return stamp?.module === sha256 && stamp.tools === toolsDigest(mode, root) && areUnchanged(stamp.sources, root);
}

/** What the module at `path`, of that sha256, was compiled from; undefined when nothing says so. */
export async function sourcesOf(path: string, sha256: string): Promise<SourceDigests | undefined> {
  const stamp = await readStamp(path);
  return stamp?.module === sha256 ? stamp.sources : undefined;
}

async function readStamp(path: string): Promise<Stamp | undefined> {
  try {
    const stamp = JSON.parse(await readFile(stampPath(path), "utf8")) as Partial<Stamp> | null;
    return stamp?.sources ? (stamp as Stamp) : undefined;
  } catch {
    return undefined; // none, or one that an earlier version wrote
  }
}

function toolsDigest(mode: BuildMode, root: string): string {
  const sdks = JSON.stringify([SDKS, SDK_FLAGS[mode]]);
  const parts = [compilerVersion(), toolVersion(), ...ascFlags(mode, root), sdks];
  return sha256Of(parts.join(" "));
}

function stampPath(path: string): string {
  return `${path}.stamp`;
}
