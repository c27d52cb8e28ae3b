import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

const STAMP = join(root, "dist", ".ready");
/** What tsc writes whenever it writes anything: another run of tsc than ours makes the stamp void. */
const BUILD_INFO = join(root, "dist", ".tsbuildinfo");
const SOURCES = ["tools", "tests"];

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
