import type { BuildMode } from "../asc.js";

/** An AssemblyScript SDK of others, and what its plugins need so that this compiler takes them as they are. */
export interface Sdk {
  /** The npm package by whose import it is known. */
  package: string;
  /** The release that this is tested with. */
  version: string;
  /** asc's flags besides those of the mode. */
  flags: readonly string[];
  /** Library files that the compiler no longer has, or that imports leave out: text by path. */
  shims: Readonly<Record<string, string>>;
  /** Mistakes of its own sources that this compiler refuses; each `from` stands once in a file of the package. */
  amendments: readonly Amendment[];
  /** A package without which the SDK itself does not compile. */
  companion?: Companion;
}

export interface Amendment {
  file: string;
  from: string;
  to: string;
}

/** A package of library files that replace what only a browser or Node has. */
export interface Companion {
  package: string;
  /** Folder in it. */
  library: string;
  flags: readonly string[];
}

/** Asserts stay, since authors of others' SDKs may rely on them. */
export const SDK_FLAGS: Record<BuildMode, readonly string[]> = {
  release: ["-O3"],
  debug: ["--debug", "--target", "debug"],
  counting: ["-O3", "--use", "ASC_RTRACE=1"],
};
