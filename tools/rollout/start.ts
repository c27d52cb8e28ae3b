import { isAbsolute, relative, resolve, sep } from "node:path";
import { Document, isAlias, isPair, isScalar, isSeq, visit, type YAMLSeq } from "yaml";
import { canonical } from "../canonical.js";
import { isSame } from "../diff/json.js";
import { isObject } from "../is-object.js";
import type { PluginUse, PolicyDocument } from "../policy/model.js";
import { sha256Of } from "../sha256.js";
import { appended, documentsOf, specOf, spliced } from "./splice.js";

/** What a rollout begins with. */
export interface Start {
  percent: number;
  /** Made from the change when absent: the same change always deals proxies out alike. */
  salt?: string;
}

/** One policy of the new file and the one of the old file that it replaces. */
export interface Replaced {
  policy: PolicyDocument;
  /** Its place in its file. */
  place: number;
  old: PolicyDocument;
  oldPlace: number;
}

/** The policy with its rollout, as `started` writes it. */
export function withRollout({ policy, old }: Replaced, { percent, salt }: Start): PolicyDocument {
  const stable = { plugins: stablePlugins(policy.spec.plugins, old.spec.plugins) };
  return { ...policy, spec: { ...policy.spec, rollout: { percent, salt: salt ?? saltOf(policy), stable } } };
}

/** Whether anything is to be rolled out. */
export function isChanged({ policy, old }: Replaced): boolean {
  return !isSame(policy.spec.plugins, old.spec.plugins);
}

/** Without what is one for both sides: only configurations are staged. */
function stablePlugins(now: readonly PluginUse[], old: readonly PluginUse[]): PluginUse[] {
  return old.map((plugin) => {
    const counterpart = now.find(({ name }) => name === plugin.name);
    const isShared = ([key, value]: [string, unknown]): boolean =>
      counterpart !== undefined &&
      key !== "name" &&
      key !== "config" &&
      isSame(value, counterpart[key as keyof PluginUse]);
    return Object.fromEntries(Object.entries(plugin).filter((entry) => !isShared(entry))) as unknown as PluginUse;
  });
}

function saltOf({ metadata, spec }: PolicyDocument): string {
  const hash = sha256Of(canonical(spec.plugins)).slice(0, 8);
  return `${metadata.name.slice(0, 54)}-${hash}`;
}

/** A file's text, and the folder that paths in it start from. */
export interface Text {
  text: string;
  folder: string;
}

/** The new file with the rollouts of its policies, comments of both files kept. */
export function started(now: Text, old: Text, replaced: readonly Replaced[], start: Start): string {
  const documents = documentsOf(now.text);
  const before = documentsOf(old.text);
  const splices = replaced.map((one) => {
    const document = documents[one.place]!;
    const rollout = rolloutNode(withRollout(one, start), before[one.oldPlace]!, { from: old.folder, to: now.folder });
    const spec = specOf(document);
    const lines = new Document({ rollout: rollout.contents }).toString({ lineWidth: 0 });
    const splice = spec && appended(now.text, spec, lines);
    document.setIn(["spec", "rollout"], rollout.contents);
    return splice;
  });
  return spliced(now.text, splices, documents);
}

function rolloutNode({ spec }: PolicyDocument, old: Document, moved: { from: string; to: string }): Document {
  const { percent, salt, stable } = spec.rollout!;
  const whole = new Document({ percent, salt, stable: { plugins: [] as unknown[] } });
  const node = whole.getIn(["salt"], true);
  if (isScalar(node)) node.type = "QUOTE_DOUBLE";
  whole.setIn(["stable", "plugins"], pluginsNode(stable.plugins, old, whole));
  rebase(whole, moved);
  return whole;
}

/** The old file's own nodes, for their comments; aliases mean nothing in another document. */
function pluginsNode(plugins: readonly PluginUse[], old: Document, whole: Document): unknown {
  const own = old.getIn(["spec", "plugins"], true);
  let isPlain = isSeq(own);
  if (isSeq(own))
    visit(own, (_, node) => void (isPlain &&= !isAlias(node) && !(node as { anchor?: string } | null)?.anchor));
  if (!isPlain) return whole.createNode(plugins);
  const list = (own as YAMLSeq).clone() as YAMLSeq;
  list.flow = false;
  delete list.spaceBefore;
  for (const [i, plugin] of plugins.entries()) {
    const item = list.items[i];
    const keys = isObject((item as { toJSON?: () => unknown }).toJSON?.())
      ? Object.keys((item as { toJSON: () => object }).toJSON())
      : [];
    for (const key of keys) if (!Object.hasOwn(plugin, key)) list.deleteIn([i, key]);
  }
  return list;
}

/** Lists in files are named from the folder of the file that names them. */
function rebase(whole: Document, { from, to }: { from: string; to: string }): void {
  if (from === to) return;
  visit(whole, {
    Pair(_, { key, value }, around) {
      if (!isScalar(key) || key.value !== "file" || !isScalar(value) || typeof value.value !== "string") return;
      if (!around.some((node) => isPair(node) && isScalar(node.key) && node.key.value === "lists")) return;
      if (!isAbsolute(value.value)) value.value = relative(to, resolve(from, value.value)).split(sep).join("/");
    },
  });
}
