import { isObject } from "../is-object.js";
import { type Draft, plainName } from "./draft.js";
import type { Source } from "./source.js";

/** Annotations that say how the other project reads its resource: import has to know them, or to say that it does not. */
const CONTROLLERS = /^(nginx\.ingress\.kubernetes\.io|higress\.io)\//;
/** What kubectl last sent, and the class of an Ingress. */
const BOOKKEEPING = /^(kubectl\.kubernetes\.io|kubernetes\.io)\//;

/** Settles labels, and annotations that are not for the other project's controller. */
export function settleMetadata({ root }: Source): void {
  const metadata = root.at("metadata");
  metadata?.at("labels")?.settle();
  const annotations = metadata?.at("annotations");
  if (!isObject(annotations?.value)) return void annotations?.settle();
  for (const [key, field] of annotations.members) if (!CONTROLLERS.test(key)) field.settle();
}

/** Namespace, labels and annotations of a resource, as its policy has them. */
export function metadataOf({ root, namespace }: Source): object {
  const labels = root.down("metadata", "labels")?.texts() ?? {};
  const isForeign = (key: string): boolean => CONTROLLERS.test(key) || BOOKKEEPING.test(key);
  const annotations = Object.entries(root.down("metadata", "annotations")?.texts() ?? {}).filter(
    ([key]) => !isForeign(key),
  );
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(annotations.length > 0 ? { annotations: Object.fromEntries(annotations) } : {}),
  };
}

/** Names of policies, one for each draft: the resource's own, unless it cannot be, or another policy has it. */
export function policyNames(drafts: readonly Draft[]): string[] {
  const taken = new Set<string>();
  return drafts.map(({ source, suffix, plugin }) => {
    const own = [source.name, suffix].filter((part) => part !== "").join("-");
    const plain = plainName(own) || "imported";
    let name = plain;
    const isTaken = (): boolean => taken.has(`${source.namespace}/${name}`);
    if (isTaken()) name = plainName(`${plain.slice(0, 50)}-${plugin}`);
    for (let i = 2; isTaken(); i++) name = `${plain.slice(0, 50)}-${plugin}-${i}`;
    taken.add(`${source.namespace}/${name}`);
    if (name !== own) {
      const why =
        name === plain ? "a policy's name has lower-case letters, digits and - alone" : "another policy has the name";
      source.report({
        code: "TG8108",
        path: source.namePath,
        message: `${why}; it is called ${name}`,
      });
    }
    return name;
  });
}
