import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { modulesIn } from "../generate/built-modules.js";
import { envoyBootstrap } from "../generate/envoy-bootstrap.js";
import type { PolicyDocument } from "../policy/model.js";
import { repoRoot } from "../root.js";

const RIGS = join(repoRoot, "envoy-configs");

/** Names of the rigs that this project ships: the folders of envoy-configs/ with a policy. */
export function rigNames(): string[] {
  return readdirSync(RIGS)
    .filter((name) => existsSync(join(RIGS, name, "policy.yaml")))
    .sort();
}

/** Where a rig's generated Envoy configuration is kept. */
export const envoyFile = (rig: string): string => join(RIGS, rig, "envoy.yaml");

/**
 * The Envoy configuration that a rig's folder shows and that `envoy -c` takes at the root of the project: the same on
 * every machine, since the modules' paths start at that root.
 */
export function envoyFileText(rig: string, policy: PolicyDocument): string {
  const header = `# Generated from policy.yaml by \`npm run generate\`; do not edit.
# At the root of the project, after \`npm run build\`: envoy -c envoy-configs/${rig}/envoy.yaml
`;
  const modules = { module: modulesIn(), moduleFile: (plugin: string) => `build/${plugin}.wasm` };
  return header + stringify(envoyBootstrap(policy, modules), { lineWidth: 0 });
}
