import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";

/** What a compilation has read: sha256 of each file, null for one that was looked for and is not there. */
export type SourceDigests = Record<string, string | null>;

const PACKAGE = "~lib/";

/** Reads files for asc, and notes them; names in `digests` start at `root`. */
export class SourceReader {
  readonly digests: SourceDigests = {};

  constructor(private readonly root: string) {}

  /** For asc: a file's text, null when there is none. asc's own configuration file is left out: the flags are ours. */
  readonly read = (name: string, baseDir: string): string | null => {
    if (basename(name) === "asconfig.json") return null;
    const file = isAbsolute(name) ? name : resolve(baseDir, name);
    const bytes = bytesOf(file);
    this.digests[relative(this.root, file)] = bytes ? digestOf(bytes) : null;
    return bytes ? bytes.toString("utf8") : null;
  };

  /** The file that asc calls so, in `digests`; packages are `~lib/<package>/...` to it. Undefined when none was read. */
  fileOf(path: string): string | undefined {
    const end = path.startsWith(PACKAGE) ? path.slice(PACKAGE.length - 1) : undefined;
    const isMeant = (name: string): boolean => (end === undefined ? name === path : name.endsWith(end));
    return Object.keys(this.digests).find((name) => typeof this.digests[name] === "string" && isMeant(name));
  }

  /** Text of one of the files in `digests`, as it is now. */
  textOf(name: string): string {
    return bytesOf(join(this.root, name))?.toString("utf8") ?? "";
  }
}

/** Whether files are as they were when they were noted, and what was not there is still not there. */
export function areUnchanged(digests: SourceDigests, root: string): boolean {
  return Object.entries(digests).every(([name, digest]) => {
    const bytes = bytesOf(join(root, name));
    return (bytes ? digestOf(bytes) : null) === digest;
  });
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
