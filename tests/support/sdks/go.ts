import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGo, type GoProject } from "../go-project.js";

/** A plugin on the Go SDK, as that SDK's documentation has it built: a reactor of WASI. */
const TOUR: GoProject = {
  what: "a plugin on the Go SDK",
  name: "go-tour",
  sources: "tests/fixtures/sdks/go-tour",
  inputs: ["main.go", "go.mod", "go.sum"],
  programs: { "tour.wasm": "." },
  environment: { GOOS: "wasip1", GOARCH: "wasm" },
  flags: ["-buildmode=c-shared"],
};

/** Why it cannot be built here; undefined when it can. */
export function whyNoGo(): string | undefined {
  return spawnSync("go", ["version"]).status === 0 ? undefined : "there is no go on PATH";
}

/** Builds it, or finds it built earlier. Fails with a one-line `UserError` without Go or a network. */
export async function goTour(): Promise<Uint8Array> {
  return await readFile(join(await buildGo(TOUR, () => undefined), "tour.wasm"));
}
