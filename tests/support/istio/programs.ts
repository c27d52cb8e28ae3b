import { join } from "node:path";
import { type GoProject, goFolder } from "../go-project.js";

/** Istio's own programs, from the newest Istio that the Go module proxy serves. */
export const ISTIO: GoProject = {
  what: "istiod, Istio's agent and istioctl",
  name: "istio",
  sources: "tests/istio",
  inputs: ["go.mod", "go.sum"],
  programs: {
    "pilot-discovery": "istio.io/istio/pilot/cmd/pilot-discovery",
    "pilot-agent": "istio.io/istio/pilot/cmd/pilot-agent",
    istioctl: "istio.io/istio/istioctl/cmd/istioctl",
  },
  files: { "envoy_bootstrap.json": ["istio.io/istio", "tools/packaging/common/envoy_bootstrap.json"] },
  linkerFlags: "-X istio.io/istio/pkg/version.buildVersion=1.31.0",
};

/** Path of one of the programs, or of the template from which the agent makes Envoy's bootstrap. */
export function istioFile(name: "pilot-discovery" | "pilot-agent" | "istioctl" | "envoy_bootstrap.json"): string {
  return join(goFolder(ISTIO), name);
}
