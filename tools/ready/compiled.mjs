import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

const STAMP = join(root, "dist", ".ready");
/** What tsc writes whenever it writes anything: another run of tsc than ours makes the stamp void. */
const BUILD_INFO = join(root, "dist", ".tsbuildinfo");
const SOURCES = ["tools", "tests"];
/** The sources whose declarations stand in dist/. */
const TYPES_STAMP = join(root, "dist", ".types");

/** Stands for all that tsc reads. */
export function sourceDigest() {
  const hash = createHash("sha256");
  for (const file of ["tsconfig.json", "package-lock.json", ...SOURCES.flatMap(typeScriptFiles)]) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Whether dist/ holds what the sources compile to; asking tsc itself takes seconds. */
export function isCompiled(sources) {
  try {
    return readFileSync(STAMP, "utf8") === stamp(sources);
  } catch {
    return false; // nothing compiled yet
  }
}

/** Notes that tsc has just compiled the sources without an error. */
export function noteCompiled(sources) {
  writeFileSync(STAMP, stamp(sources));
}

/** Whether dist/ holds the declarations of the sources. */
export function isTyped(sources) {
  return existsSync(TYPES_STAMP) && readFileSync(TYPES_STAMP, "utf8") === sources;
}

/** Notes that tsc has just written them. */
export function noteTyped(sources) {
  writeFileSync(TYPES_STAMP, sources);
}

/** Removes from dist/tools what was compiled from sources that are no more. */
export function removeStrays(folder = root) {
  const compiled = join(folder, "dist", "tools");
  for (const file of readdirSync(compiled, { recursive: true, encoding: "utf8" })) {
    const source = file.replace(/\.(js|js\.map|d\.ts)$/, ".ts");
    if (source !== file && !existsSync(join(folder, "tools", source))) rmSync(join(compiled, file));
  }
}

function stamp(sources) {
  return `${sources} ${statSync(BUILD_INFO).mtimeMs}\n`;
}

function typeScriptFiles(folder) {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file))
    .sort();
}
