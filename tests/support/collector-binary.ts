import { join } from "node:path";
import { type GoProject, goFolder } from "./go-project.js";

export const COLLECTOR: GoProject = {
  what: "an OpenTelemetry Collector",
  name: "otel-collector",
  sources: "tests/collector",
  inputs: ["main.go", "go.mod", "go.sum"],
  programs: { collector: "." },
};

export function collectorPath(): string {
  return join(goFolder(COLLECTOR), "collector");
}
