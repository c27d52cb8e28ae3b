import { existsSync } from "node:fs";
import { join } from "node:path";
import { type GoProject, goFolder } from "./go-project.js";

export const REGISTRY: GoProject = {
  what: "a registry, and crane",
  name: "registry",
  sources: "tests/registry",
  inputs: ["main.go", "go.mod", "go.sum"],
  programs: { registry: ".", crane: "github.com/google/go-containerregistry/cmd/crane" },
};

export function registryProgram(name: "registry" | "crane"): string {
  return join(goFolder(REGISTRY), name);
}

/** Why tests of a real registry are left out; undefined when they run. In CI they run, and fail where they cannot. */
export const withoutRegistry =
  process.env["CI"] === "true" || existsSync(goFolder(REGISTRY))
    ? undefined
    : "there is no Go to build a registry with";
