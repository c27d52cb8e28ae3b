import { isObject } from "../is-object.js";
import type { Draft } from "./draft.js";
import type { Field } from "./field.js";
import { importFrontendGray } from "./frontend-gray.js";
import type { Reading } from "./import.js";
import { addKeyRateLimit } from "./key-rate-limit.js";
import { hostMatch, LimitDrafts } from "./limits.js";
import { gatewayOf } from "./placement.js";
import type { Source } from "./source.js";

export type HigressPlugin = "key-rate-limit" | "frontend-gray";

const GATEWAY = { labels: { app: "higress-gateway" } };

/** Which of Higress's plugins a resource configures, or a document is the bare configuration of. */
export function higressPlugin({ root }: Source): HigressPlugin | undefined {
  const spec = root.at("spec");
  const isBare = !root.at("kind") && !root.at("apiVersion");
  const configs = isBare ? [root] : [spec?.at("defaultConfig"), spec?.at("pluginConfig"), ...ruleConfigs(spec)];
  if (!isBare && !String(root.at("apiVersion")?.value).startsWith("extensions.")) return undefined;
  const url = String(spec?.at("url")?.value ?? "");
  const named = /(?:^|[/:-])(cluster-)?(key-rate-limit|frontend-gray)\b/.exec(url);
  if (named) return named[1] === undefined ? (named[2] as HigressPlugin) : undefined;
  if (configs.some((config) => config?.at("limit_keys"))) return "key-rate-limit";
  return configs.some((config) => config?.at("grayDeployments") ?? config?.at("grayKey")) ? "frontend-gray" : undefined;
}

function ruleConfigs(spec: Field | undefined): (Field | undefined)[] {
  const rules = spec?.at("matchRules");
  return Array.isArray(rules?.value) ? rules.items.map((rule) => rule.at("config")) : [];
}

/** Higress's WasmPlugin with key-rate-limit or frontend-gray, or the bare configuration of one of them. */
export function importHigressPlugin(source: Source, reading: Reading): Draft[] {
  const spec = source.root.at("spec");
  for (const key of ["url", "imagePullPolicy", "imagePullSecret", "sha256", "phase", "priority", "failStrategy"])
    spec?.at(key)?.settle(); // the place and the module of the plugin that this stands in for
  const labels = spec?.down("selector", "matchLabels")?.texts();
  const where = (): Draft["where"] => gatewayOf(source, labels, reading.options, GATEWAY);
  return higressPlugin(source) === "key-rate-limit" ? rateLimits(source, where) : grays(source, where);
}

/** The configuration for requests that no rule of the resource is for. */
function defaultConfig({ root }: Source): Field | undefined {
  const spec = root.at("spec");
  if (!root.at("kind")) return root;
  const isOff = spec?.at("defaultConfigDisable")?.flag() === true;
  const config = spec?.at("pluginConfig") ?? spec?.at("defaultConfig");
  if (isOff) config?.report("TG8102", "defaultConfigDisable switches it off");
  return isOff ? undefined : config;
}

/** A rule with the domains that it is for; "unclear" when it is for routes or services, which a plugin does not know. */
interface MatchRule {
  config: Field;
  domains: string[];
  isUnclear: boolean;
}

function matchRules({ root }: Source): MatchRule[] {
  return (root.down("spec", "matchRules")?.items ?? []).flatMap((rule): MatchRule[] => {
    const config = rule.at("config");
    const isOff = rule.at("configDisable")?.flag() === true;
    const domains = (rule.at("domain")?.items ?? []).flatMap((domain) => domain.text() ?? []);
    for (const key of ["ingress", "service"])
      rule
        .at(key)
        ?.report(
          "TG8104",
          "a plugin does not know what the request's route came from",
          "Say by domains or paths what is meant",
        );
    if (isOff || !config || !isObject(config.value)) {
      rule.report("TG8102", "it has no configuration that is switched on");
      return [];
    }
    return [{ config, domains, isUnclear: rule.at("ingress") !== undefined || rule.at("service") !== undefined }];
  });
}

function rateLimits(source: Source, where: () => Draft["where"]): Draft[] {
  const limits = new LimitDrafts(source);
  const rules = matchRules(source);
  const exempt: Record<string, unknown>[] = []; // of rules that match, the first counts in Higress
  for (const { config, domains, isUnclear } of rules) {
    const match = hostMatch(domains);
    const before = domains.some((domain) => domain.includes("*")) ? [...exempt] : [];
    addKeyRateLimit(config, { match, exempt: before, isShadow: isUnclear }, limits);
    if (match && !isUnclear) exempt.push(match);
  }
  const config = defaultConfig(source);
  if (config) addKeyRateLimit(config, { match: undefined, exempt, isShadow: false }, limits);
  return limits.drafts(where);
}

function grays(source: Source, where: () => Draft["where"]): Draft[] {
  const rules = matchRules(source);
  for (const { config } of rules)
    config.report("TG8104", "a policy has one set of arms: only the configuration for all requests is taken");
  const config = defaultConfig(source);
  const gray = config && importFrontendGray(config);
  return gray && gray.rules.length > 0
    ? [{ source, from: source.root, plugin: "canary", suffix: "", where: where(), ...gray }]
    : [];
}
