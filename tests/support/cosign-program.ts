import type { GoProject } from "./go-project.js";

export const COSIGN: GoProject = {
  what: "cosign",
  name: "cosign",
  sources: "tests/cosign",
  inputs: ["go.mod", "go.sum"],
  programs: { cosign: "github.com/sigstore/cosign/v3/cmd/cosign" },
};
