import { join } from "node:path";
import { repoRoot } from "../../../tools/root.js";
import { tidegate } from "../../tools/memory-io.js";
import { resourcesOf } from "../crd-schemas.js";
import type { Resource } from "./cluster.js";

/** What people generate for Istio: the arguments of `tidegate generate` for each. */
export const FORMS = {
  "istio-envoyfilter": ["-t", "istio-envoyfilter"],
  "istio-envoyfilter --ecds": ["-t", "istio-envoyfilter", "--ecds"],
  "istio-wasmplugin": ["-t", "istio-wasmplugin"],
  "istio-trafficextension": ["-t", "istio-trafficextension"],
} as const;

export type Form = keyof typeof FORMS;

/** Modules as `tidegate build` left them, which are to be there. */
const MODULES = `file://${join(repoRoot, "build")}/{plugin}.wasm`;

/** The resources that `tidegate generate` makes of a policy's text. Fails with what it finds wrong. */
export async function generated(form: Form, policy: string, moduleUrl = MODULES): Promise<Resource[]> {
  const args = ["generate", ...FORMS[form], "-f", "-", "--module-url", moduleUrl];
  const { exitCode, out, err } = await tidegate(args, { stdin: policy });
  if (exitCode !== 0) throw new Error(err);
  return resourcesOf(out);
}
