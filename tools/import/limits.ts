import type { Direction } from "../policy/model.js";
import { type Draft, type DraftRule, RuleNames } from "./draft.js";
import type { Field } from "./field.js";
import { attachTo } from "./placement.js";
import type { Source } from "./source.js";

/** Which requests of a proxy a limit is for, as far as a policy can tell them apart by its attachment. */
export interface Scope {
  direction: Direction;
  port?: number;
  /** Hosts that a limit is for; all when absent. */
  hosts?: string[];
  /** Conditions besides, as the plugin ratelimit writes them. */
  match?: Record<string, unknown>;
}

/** Where limits go. */
export type Limits = Pick<LimitDrafts, "add" | "set">;

interface Group {
  scope: Scope;
  names: RuleNames;
  rules: DraftRule[];
  config: Record<string, unknown>;
  suffix: string;
}

/** Gathers the limits of a resource: a policy for each direction and port, since these are settings of a policy. */
export class LimitDrafts {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly source: Source) {}

  /** Adds a rule; its name is only wanted. */
  add(scope: Scope, { rule, from }: DraftRule, suffix = ""): void {
    const group = this.group(scope, suffix);
    group.rules.push({ rule: { ...rule, name: group.names.take(rule.name) }, from });
  }

  /** Sets something for all rules of a scope's policy. What was set otherwise before stays, and that is reported. */
  set(scope: Scope, key: string, value: unknown, from: Field, suffix = ""): void {
    const { config } = this.group(scope, suffix);
    const [outer, inner] = key.split(".") as [string, string?];
    const target = inner === undefined ? config : ((config[outer] ??= {}) as Record<string, unknown>);
    const name = inner ?? outer;
    target[name] ??= value;
    if (JSON.stringify(target[name]) === JSON.stringify(value)) return;
    from.report("TG8105", "it is one setting for all rules of a policy, and an earlier one says otherwise");
  }

  /** The policies so far. @param where whom those of a direction are for. */
  drafts(where: (direction: Direction, suffix: string) => Draft["where"]): Draft[] {
    const groups = [...this.groups.values()].filter(({ rules }) => rules.length > 0);
    groups.sort((one, other) => Number(one.scope.port !== undefined) - Number(other.scope.port !== undefined));
    return groups.map(({ scope: { direction, port }, rules, config, suffix }) => {
      const first = groups.find((group) => group.suffix === suffix)?.scope;
      const attach = attachTo(direction, port);
      const parts = [suffix, direction === first?.direction ? "" : direction, port === first?.port ? "" : (port ?? "")];
      return {
        source: this.source,
        from: this.source.root,
        plugin: "ratelimit" as const,
        rules,
        config,
        suffix: parts.filter((part) => part !== "").join("-"),
        where: where(direction, suffix),
        ...(attach ? { attach } : {}),
      };
    });
  }

  private group(scope: Scope, suffix: string): Group {
    const key = JSON.stringify([suffix, scope.direction, scope.port ?? 0]);
    const group = this.groups.get(key) ?? { scope, names: new RuleNames(), rules: [], config: {}, suffix };
    this.groups.set(key, group);
    return group;
  }
}

/** Matches that all must hold as one, which they can where they do not clash; undefined when it holds for all requests. */
export function matchOf(...parts: (Record<string, unknown> | undefined)[]): Record<string, unknown> | undefined {
  const match: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [key, value] of Object.entries(part ?? {})) {
      const earlier = match[key];
      const isList = key !== "methods" && Array.isArray(earlier) && Array.isArray(value);
      match[key] = isList ? [...(earlier as unknown[]), ...(value as unknown[])] : value;
    }
  }
  return Object.keys(match).length === 0 ? undefined : match;
}

/** Whether two matches say different things of the one path, host or method that a request has. */
export function clashes(
  wide: Record<string, unknown> | undefined,
  narrow: Record<string, unknown> | undefined,
): boolean {
  return ["path", "authority", "methods"].some((key) => {
    const [outer, inner] = [wide?.[key], narrow?.[key]] as [Record<string, unknown>?, Record<string, unknown>?];
    if (outer === undefined || inner === undefined || JSON.stringify(outer) === JSON.stringify(inner)) return false;
    const [text] = [inner["exact"], inner["prefix"]].filter((one) => typeof one === "string") as string[];
    return text === undefined || typeof outer["prefix"] !== "string" || !text.startsWith(outer["prefix"]);
  });
}

/** The condition on the host of a request that stands for some hosts. */
export function hostMatch(hosts: string[] | undefined): Record<string, unknown> | undefined {
  if (!hosts || hosts.length === 0 || hosts.includes("*")) return undefined;
  const [only, ...others] = hosts;
  if (others.length > 0) return { authority: { in: hosts } };
  if (only!.endsWith("*")) return { authority: { prefix: only!.slice(0, -1) } };
  return { authority: only!.startsWith("*") ? { suffix: only!.slice(1) } : { exact: only } };
}

/** A rule that counts and rejects nothing: for limits on requests that a policy cannot tell from others. */
export function shadowed<T extends object>(rule: T): T & { shadow: true } {
  return { ...rule, shadow: true };
}
