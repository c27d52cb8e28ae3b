import { existsSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { type Finding, hasErrors, UserError } from "../errors.js";
import { discoverPlugins } from "../plugins.js";
import type { PolicyDocument } from "../policy/model.js";
import { readTextFile } from "../policy/read-text.js";
import type { SourceDocument } from "../policy/source-document.js";
import { compiledRoot } from "../project.js";
import { repoRoot } from "../root.js";
import { findingsOf, PolicyChecker } from "../validate/policies.js";
import { stageChecked } from "../validate/staged.js";
import { withLists } from "../validate/with-lists.js";

const POLICY_FILE = "policy.yaml";

/** A rig as read from its policy file. */
export interface LoadedRig {
  /** Name of its folder. */
  name: string;
  /** Absent when the file has errors or cannot be read. */
  policy?: PolicyDocument;
  /** Where the policy's parts stand in the file; present when it is. */
  document?: SourceDocument;
  findings: Finding[];
}

/**
 * Reads and checks the policy of a rig.
 * @param rig name of a folder of the project's envoy-configs/ or of this package's, or path of a folder with a policy.yaml
 *   or of a policy file
 * @param cwd where paths start from
 * Fails with a `UserError` when there is no such file or it holds several policies.
 */
export async function loadRig(rig: string, cwd = process.cwd()): Promise<LoadedRig> {
  const file = policyFile(rig, cwd);
  const name = basename(dirname(file));
  const shown = relative(cwd, file);
  const read = await readTextFile(shown, file);
  if ("finding" in read) return { name, findings: [read.finding] };
  const catalog = discoverPlugins();
  const texts = [{ file: shown, text: read.text, folder: dirname(file) }];
  const checked = await withLists(new PolicyChecker(catalog).check(texts), texts, catalog);
  const { policies } = checked;
  const all = findingsOf(checked);
  if (hasErrors(all)) return { name, findings: all };
  if (policies.length !== 1) throw new UserError(`${shown}: a rig has one policy, this file has ${policies.length}`);
  const { policy, document } = stageChecked(policies[0]!);
  return { name, policy, document, findings: all };
}

function policyFile(rig: string, cwd: string): string {
  const path = resolve(cwd, rig);
  const inRoot = (root: string): string => join(root, "envoy-configs", rig, POLICY_FILE);
  const candidates = [...[...new Set([compiledRoot ?? repoRoot, repoRoot])].map(inRoot), join(path, POLICY_FILE)];
  if ([".yaml", ".yml"].includes(extname(rig))) candidates.unshift(path);
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  throw new UserError(
    `no rig ${rig}: neither a folder of envoy-configs/ nor a path of a policy. Try: tidegate run quickstart`,
    3,
  );
}
