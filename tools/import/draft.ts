import type { Attach, PolicyDocument, PolicySpec, Routes } from "../policy/model.js";
import type { Field } from "./field.js";
import type { Source } from "./source.js";

/** A rule of a plugin, and the field that it comes from. */
export interface DraftRule {
  rule: Record<string, unknown> & { name: string };
  from: Field;
}

/** A policy that is not checked yet. It has one plugin. */
export interface Draft {
  source: Source;
  /** What of the resource the policy stands for, where findings on the whole of it go. */
  from: Field;
  plugin: "ratelimit" | "canary";
  /** Rules of the plugin, beside `config`. */
  rules: DraftRule[];
  /** The rest of the plugin's configuration. */
  config: Record<string, unknown>;
  /** Added to the name of the resource where several policies come of it. */
  suffix: string;
  where: Pick<PolicySpec, "workload" | "gateway" | "allowNamespaceWide">;
  attach?: Attach;
  routes?: Routes;
}

/** The policy of a draft under a name. */
export function policyOf(draft: Draft, name: string, metadata: object): PolicyDocument {
  const rules = draft.rules.map(({ rule }) => rule);
  const config = { ...draft.config, ...(draft.plugin === "canary" || rules.length > 0 ? { rules } : {}) };
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name, ...metadata },
    spec: {
      ...draft.where,
      ...(draft.attach ? { attach: draft.attach } : {}),
      plugins: [{ name: draft.plugin, config }],
      ...(draft.routes ? { routes: draft.routes } : {}),
    },
  };
}

/** Names of rules of one plugin: what is wanted in the form that plugins take, a number added when it is taken. */
export class RuleNames {
  private readonly used = new Set<string>();

  take(wanted: string): string {
    const plain = plainName(wanted, 56) || "rule";
    let name = plain;
    for (let i = 2; this.used.has(name); i++) name = `${plain}-${i}`;
    this.used.add(name);
    return name;
  }
}

/** Lower-case letters, digits and dashes, of at most `length` characters; empty when nothing is left. */
export function plainName(text: string, length = 63): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, length)
    .replace(/-+$/, "");
}
