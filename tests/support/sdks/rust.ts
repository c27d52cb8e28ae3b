import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readFile } from "node:fs/promises";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { repoRoot } from "../../../tools/root.js";
import { SDK_FIXTURES } from "./assemblyscript.js";

const SOURCES = join(SDK_FIXTURES, "rust-tour");
const FILES = ["Cargo.toml", "src/lib.rs"];
const TARGET = "wasm32-wasip1";

/** Why a plugin on the Rust SDK cannot be built here; undefined when it can. */
export function whyNoRust(): string | undefined {
  if (spawnSync("cargo", ["--version"]).status !== 0) return "there is no cargo on PATH";
  const { stdout } = spawnSync("rustc", ["--print", "target-libdir", "--target", TARGET], { encoding: "utf8" });
  return existsSync(stdout.trim()) ? undefined : `Rust lacks the target: rustup target add ${TARGET}`;
}

/** Builds the plugin with cargo, or finds it built earlier. */
export async function rustTour(): Promise<Uint8Array> {
  const hash = createHash("sha256");
  for (const file of FILES) hash.update(readFileSync(join(SOURCES, file)));
  const folder = join(repoRoot, ".tidegate", `rust-tour-${hash.digest("hex").slice(0, 12)}`);
  const module = join(folder, "target", TARGET, "release", "tour.wasm");
  if (!existsSync(module)) {
    await mkdir(folder, { recursive: true });
    await cp(SOURCES, folder, { recursive: true });
    await promisify(execFile)("cargo", ["build", "--release", "--quiet", "--target", TARGET], { cwd: folder });
  }
  return await readFile(module);
}
