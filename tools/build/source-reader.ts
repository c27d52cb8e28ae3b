import { readFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { sha256Of } from "../sha256.js";

/** What a compilation has read: sha256 of each file, null for one that was looked for and is not there. */
export type SourceDigests = Record<string, string | null>;

const PACKAGE = "~lib/";

/** What asc is given in place of what lies in files. */
export interface SourceEdits {
  /** The text of a file that is in no folder, null when there is none such; undefined for one to be read. */
  shim(name: string, baseDir: string): string | null | undefined;
  /** What becomes of asc's own configuration file. */
  asconfig(text: string): string;
  /** What becomes of a source file. */
  amend(file: string, text: string): string;
}

/** Reads files for asc, and notes them; names in `digests` start at `root`. */
export class SourceReader {
  readonly digests: SourceDigests = {};
  /** Texts that are not as they lie in files. */
  readonly #edited = new Map<string, string>();

  /** @param base where asc's names of files start. */
  constructor(
    private readonly root: string,
    private readonly base = root,
    private readonly edits?: SourceEdits,
  ) {}

  /** For asc: a file's text, null when there is none. Without edits its configuration file is left out: the flags are ours. */
  readonly read = (name: string, baseDir: string): string | null => {
    const isConfig = basename(name) === "asconfig.json";
    if (isConfig && !this.edits) return null;
    const shim = this.edits?.shim(name, baseDir);
    if (shim !== undefined) return shim;
    const file = isAbsolute(name) ? name : resolve(baseDir, name);
    const bytes = bytesOf(file);
    this.digests[relative(this.root, file)] = bytes ? sha256Of(bytes) : null;
    return bytes ? this.#edit(file, bytes.toString("utf8"), isConfig) : null;
  };

  #edit(file: string, text: string, isConfig: boolean): string {
    if (!this.edits) return text;
    const edited = isConfig ? this.edits.asconfig(text) : this.edits.amend(file, text);
    if (edited !== text) this.#edited.set(relative(this.root, file), edited);
    return edited;
  }

  /** The file that asc calls so, in `digests`; packages are `~lib/<package>/...` to it. Undefined when none was read. */
  fileOf(path: string): string | undefined {
    const end = path.startsWith(PACKAGE) ? path.slice(PACKAGE.length - 1) : undefined;
    const own = relative(this.root, resolve(this.base, path));
    const isMeant = (name: string): boolean => (end === undefined ? name === own : name.endsWith(end));
    return Object.keys(this.digests).find((name) => typeof this.digests[name] === "string" && isMeant(name));
  }

  /** Text of one of the files in `digests`, as asc got it. */
  textOf(name: string): string {
    return this.#edited.get(name) ?? bytesOf(join(this.root, name))?.toString("utf8") ?? "";
  }
}

/** Whether files are as they were when they were noted, and what was not there is still not there. */
export function areUnchanged(digests: SourceDigests, root: string): boolean {
  return Object.entries(digests).every(([name, digest]) => {
    const bytes = bytesOf(join(root, name));
    return (bytes ? sha256Of(bytes) : null) === digest;
  });
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
