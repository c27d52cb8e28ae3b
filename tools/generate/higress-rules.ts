import { Node } from "../policy/node.js";

type Config = Record<string, unknown>;

/** What of Higress's WasmPlugin says how the plugin is configured. */
export interface HigressConfig {
  defaultConfig?: Config;
  defaultConfigDisable: boolean;
  matchRules?: MatchRule[];
}

interface MatchRule {
  domain?: string[];
  ingress?: string[];
  config: Config;
}

/**
 * A plugin's configuration as Higress has it. Settings that tell requests apart by their hosts alone, or by their routes
 * alone, become rules, all of them or none: to a plugin they come as `_rules_`, in the place of `settings`. In Higress the
 * first rule that matches counts, with us the most specific setting, so the rules are in an order in which both are the
 * same one. A rule's `configDisable` is not used: Higress then takes the default configuration for its requests.
 */
export function higressConfig(config: Config): HigressConfig {
  const settings = new Node(config, []).at("settings")?.items() ?? [];
  const rules = settings.length > 0 ? rulesOf(settings) : undefined;
  if (!rules) return { defaultConfigDisable: false, defaultConfig: config };
  const rest = Object.fromEntries(Object.entries(config).filter(([key]) => key !== "settings"));
  const isBare = rest["disabled"] === true && Object.keys(rest).length === 1;
  return { defaultConfigDisable: isBare, ...(isBare ? {} : { defaultConfig: rest }), matchRules: rules };
}

function rulesOf(settings: readonly Node[]): MatchRule[] | undefined {
  const rules = settings.map(ruleOf);
  const all = rules.filter((rule) => rule !== undefined);
  return all.length === rules.length ? inHigressOrder(all) : undefined;
}

/** Undefined for what Higress has no rules for. */
function ruleOf(setting: Node): MatchRule | undefined {
  const match = setting.at("match")?.members() ?? [];
  const [[key, list] = [], ...others] = match;
  const texts = (list?.items() ?? []).flatMap(({ text }) => text ?? []);
  const config = setting.at("config")?.value ?? { disabled: true };
  if (others.length > 0 || texts.length === 0) return undefined;
  if (key === "hosts") return { domain: texts.map((host) => host.toLowerCase()), config: config as Config };
  return key === "routes" ? { ingress: texts, config: config as Config } : undefined;
}

/**
 * Rules for routes before those for hosts, and a host before the `*.` that it is below. Undefined where two rules each
 * have a host below one of the other's.
 */
function inHigressOrder(rules: readonly MatchRule[]): MatchRule[] | undefined {
  const byHost = new Map(rules.flatMap((rule) => (rule.domain ?? []).map((host) => [host, rule] as const)));
  const after = new Map(rules.map((rule) => [rule, new Set<MatchRule>()]));
  for (const [host, rule] of byHost)
    for (const wide of widerHosts(host)) {
      const other = byHost.get(wide);
      if (other && other !== rule) after.get(other)!.add(rule);
    }
  const waiting = [...rules.filter(({ ingress }) => ingress), ...rules.filter(({ domain }) => domain)];
  const ordered = new Set<MatchRule>();
  while (ordered.size < rules.length) {
    const next = waiting.findIndex((rule) => [...after.get(rule)!].every((one) => ordered.has(one)));
    if (next < 0) return undefined;
    ordered.add(waiting.splice(next, 1)[0]!);
  }
  return [...ordered];
}

/** `*.b.c` and `*.c` for `a.b.c`; `*.c` for `*.b.c`. */
function widerHosts(host: string): string[] {
  const labels = (host.startsWith("*.") ? host.slice(2) : host).split(".");
  return labels.slice(1).map((_, i) => `*.${labels.slice(i + 1).join(".")}`);
}
