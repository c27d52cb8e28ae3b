import { type Document, isMap, isScalar, YAMLSeq } from "yaml";
import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { without } from "../policy/without.js";
import { documentsOf, removed, replaced, specOf, type Splice, spliced } from "./splice.js";

const ROLLOUT = ["spec", "rollout"];

/** What is done to a document with a rollout; returns the smallest changes of the text that do the same. */
type Edit = (document: Document, text: string, place: number) => (Splice | undefined)[];

/** Lets another share of the proxies take the change, in all policies of a file that have a rollout. */
export function setPercent(text: string, percent: number): string {
  return edited(text, (document) => {
    const path = [...ROLLOUT, "percent"];
    const node = document.getIn(path, true);
    const range = isScalar(node) ? node.range : undefined;
    document.setIn(path, percent);
    return [range ? { from: range[0], to: range[1], text: String(percent) } : undefined];
  });
}

/** Leaves the new side alone. */
export function finished(text: string): string {
  return edited(text, (document, whole) => {
    const spec = specOf(document);
    const splice = spec && removed(whole, spec, "rollout");
    document.deleteIn(ROLLOUT);
    return [splice];
  });
}

/** Leaves the stable side alone. What of a plugin is one for both sides stays. */
export function aborted(text: string, policies: readonly PolicyDocument[]): string {
  return edited(text, (document, whole, place) => {
    const { plugins: now, rollout } = policies[place]!.spec;
    const spec = specOf(document);
    const stable = document.getIn([...ROLLOUT, "stable"], true);
    const splices =
      spec && isMap(stable) ? [replaced(whole, spec, "plugins", stable), removed(whole, spec, "rollout")] : [undefined];
    const plugins = document.getIn([...ROLLOUT, "stable", "plugins"], true);
    const list =
      plugins instanceof YAMLSeq ? (plugins.clone() as YAMLSeq) : document.createNode(rollout!.stable.plugins);
    for (const [i, plugin] of rollout!.stable.plugins.entries()) {
      const shared = without(now.find(({ name }) => name === plugin.name) ?? plugin, "name", "config");
      for (const [key, value] of Object.entries(shared)) (list as YAMLSeq).setIn([i, key], value);
    }
    document.setIn(["spec", "plugins"], list);
    document.deleteIn(ROLLOUT);
    return splices;
  });
}

function edited(text: string, edit: Edit): string {
  const documents = documentsOf(text);
  const splices = documents.flatMap((document, i) => (document.hasIn(ROLLOUT) ? edit(document, text, i) : []));
  return spliced(text, splices, documents);
}

/** That none of the policies has a rollout to be changed, or that one whose stable side is empty cannot be had alone. */
export function editFaults(policies: readonly PolicyDocument[], what: "set" | "finish" | "abort"): Fault[][] {
  const isAny = policies.some(({ spec }) => spec.rollout);
  return policies.map(({ spec: { rollout } }): Fault[] => {
    if (!isAny) {
      const remedy = "Begin one with `tidegate rollout start`";
      return [{ code: "TG3407", path: ["spec"], at: "key", message: "the policy has no rollout", remedy }];
    }
    if (what !== "abort" || rollout?.stable.plugins.length !== 0) return [];
    const message = "the stable side has no plugins, and a policy has at least one";
    const remedy = "Let `tidegate rollout set --percent 0` take it back from all proxies, then remove the policy";
    return [{ code: "TG3407", path: [...ROLLOUT, "stable", "plugins"], message, remedy }];
  });
}
