import type { Finding } from "../errors.js";
import type { ModuleOptions, ModuleSource } from "../generate/module-source.js";
import { toFinding } from "../policy/fault.js";
import type { CheckedPolicy } from "../validate/policies.js";
import type { Pinner } from "./pin.js";
import { unpinnedFault, unpinnedIn } from "./wanted.js";

/** Options by which modules are named by their hashes, and a finding for each one that nobody says the hash of. */
export async function pinned(
  policies: readonly CheckedPolicy[],
  options: ModuleOptions,
  pinner: Pinner | undefined,
): Promise<{ options: ModuleOptions; unpinned: Finding[] }> {
  const wanted = policies.flatMap((checked) =>
    unpinnedIn(checked.policy, options).map((module) => ({ module, document: checked.document })),
  );
  if (!pinner || wanted.length === 0) return { options, unpinned: [] };
  const pins = await pinner(wanted.map(({ module }) => module.url));
  const sources = [...pins].filter((entry): entry is [string, ModuleSource] => typeof entry[1] !== "string");
  const unpinned = wanted.flatMap(({ module, document }) => {
    const why = pins.get(module.url);
    return typeof why === "string" ? [toFinding(unpinnedFault(module, why), document)] : [];
  });
  return { options: { ...options, pins: new Map(sources) }, unpinned };
}

/** Findings but for warnings that an image has no digest: in what is generated it has one. */
export function withoutPinned(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ code, severity }) => code !== "TG3020" || severity === "error");
}
