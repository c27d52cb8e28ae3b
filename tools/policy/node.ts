import { isObject } from "../is-object.js";
import { configurationsWithin } from "./configurations.js";
import type { Path } from "./fault.js";
import type { PolicyDocument } from "./model.js";

/** A value somewhere in a policy, whatever its shape, with its path from the top of the document. */
export class Node {
  constructor(
    readonly value: unknown,
    readonly path: Path,
  ) {}

  /** The member of an object; of anything else undefined, as of a key that is not there. */
  at(key: string): Node | undefined {
    const { value } = this;
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    return new Node(value[key], [...this.path, key]);
  }

  /** The members of an object, none of anything else. */
  members(): [key: string, node: Node][] {
    if (!isObject(this.value)) return [];
    return Object.entries(this.value).map(([key, value]) => [key, new Node(value, [...this.path, key])]);
  }

  /** The items of a list, none of anything else. */
  items(): Node[] {
    return Array.isArray(this.value) ? this.value.map((item, i) => new Node(item, [...this.path, i])) : [];
  }

  get text(): string | undefined {
    return typeof this.value === "string" ? this.value : undefined;
  }

  get number(): number | undefined {
    return typeof this.value === "number" ? this.value : undefined;
  }
}

/**
 * Every configuration of a plugin, whatever its shape: the one for all requests, those for some, and those of proxies that
 * stay stable. None when the policy does not use it, or disables it.
 */
export function configNodes({ spec }: PolicyDocument, plugin: string): Node[] {
  const index = spec.plugins.findIndex(({ name }) => name === plugin);
  if (index < 0) return [];
  const all = configurationsWithin(spec.plugins[index]?.config, ["spec", "plugins", index, "config"]);
  return all.map(({ config, path }) => new Node(config, path));
}

/** The first of them. */
export function configNode(policy: PolicyDocument, plugin: string): Node | undefined {
  return configNodes(policy, plugin)[0];
}
