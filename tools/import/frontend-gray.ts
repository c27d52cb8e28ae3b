import { type Draft, type DraftRule, RuleNames } from "./draft.js";
import type { Field } from "./field.js";

const HEADER = "x-higress-tag";
const YEAR_S = 31_536_000;

/** Higress's frontend-gray, as far as it chooses a version: the same header says which, x-higress-tag. */
export function importFrontendGray(config: Field): Pick<Draft, "rules" | "config"> | undefined {
  const standard = config.down("baseDeployment", "version")?.text()?.trim();
  const deployments = enabledOnes(config);
  const weighted = deployments.findIndex((deployment) => (deployment.at("weight")?.number() ?? 0) > 0);
  const names = new RuleNames();
  const rules = weighted >= 0 ? share(config, deployments, weighted, names) : lists(config, deployments, names);
  if (standard !== undefined && standard !== "")
    return { rules, config: { decision_header: HEADER, default: standard } };
  return { rules, config: { decision_header: HEADER } };
}

function enabledOnes(config: Field): Field[] {
  return (config.at("grayDeployments")?.items ?? []).filter((deployment) => {
    const isOn = deployment.at("enabled")?.flag() === true;
    if (!isOn) deployment.report("TG8102", "it is not enabled");
    return isOn;
  });
}

/** With a weight the lists of users have no effect in Higress, nor has a deployment after it. */
function share(config: Field, deployments: Field[], index: number, names: RuleNames): DraftRule[] {
  const deployment = deployments[index]!;
  for (const other of deployments.slice(0, index)) other.report("TG8102", "with a weight behind it Higress ignores it");
  for (const other of deployments.slice(index + 1))
    other.report("TG8102", "Higress takes the first deployment with a weight");
  config.at("rules")?.report("TG8102", "with a weight Higress ignores the lists");
  config.at("grayKey")?.settle();
  deployment.at("name")?.settle();
  const arm = deployment.at("version")?.text()?.trim() ?? "";
  const weight = deployment.at("weight")!;
  const cookie = config.at("uniqueGrayTag")?.text() ?? "x-higress-uid";
  const seconds = config.at("storeMaxAge")?.number() ?? YEAR_S;
  const days = Math.max(1, Math.min(400, Math.round(seconds / 86_400)));
  const key = { assign_cookie: { name: cookie, max_age: `${days}d` } };
  const percent = Math.min(100, weight.number() ?? 0);
  weight.report(
    "TG8105",
    "the share is as large and sticks as well, but other users are in it: Higress counts by another hash",
  );
  return [{ rule: { name: names.take("weight"), arm, percent, key, salt: config.source.name }, from: deployment }];
}

/** A deployment gets the users of the rule of its name: by their id, or by a tag. */
function lists(config: Field, deployments: Field[], names: RuleNames): DraftRule[] {
  const key = (config.at("localStorageGrayKey") ?? config.at("grayKey"))?.text();
  const rules = config.at("rules")?.items ?? [];
  const named = deployments.map((deployment) => deployment.at("name")?.value);
  for (const rule of rules)
    if (!named.includes(rule.at("name")?.value)) rule.report("TG8102", "no deployment that is enabled has its name");
  return deployments.flatMap((deployment): DraftRule[] => {
    const name = deployment.at("name")?.text() ?? "";
    const arm = deployment.at("version")?.text()?.trim() ?? "";
    const rule = rules.find((one) => one.at("name")?.text() === name);
    const conditions = rule ? conditionsOf(rule, key, config) : [];
    if (conditions.length === 0) {
      deployment.report("TG8104", "no rule of its name says who gets it");
      return [];
    }
    const match = conditions.length === 1 ? conditions[0]! : { any: conditions };
    return [{ rule: { name: names.take(name), match, arm }, from: deployment }];
  });
}

function conditionsOf(rule: Field, key: string | undefined, config: Field): object[] {
  const ids = textsOf(rule.at("grayKeyValue"));
  const tag = rule.at("grayTagKey")?.text();
  const tags = textsOf(rule.at("grayTagValue"));
  const byTag = tag && tags.length > 0 ? [{ cookie: { name: tag, in: tags } }] : [];
  if (!key || ids.length === 0) return byTag;
  if (config.at("graySubKey")) {
    rule.at("grayKeyValue")!.report("TG8104", "canary does not look into JSON of a cookie, as graySubKey asks it to");
    return byTag;
  }
  return [{ cookie: { name: key, in: ids } }, withoutCookie(key, ids), ...byTag];
}

/** The header of the same name counts where the cookie is missing. */
function withoutCookie(key: string, ids: string[]): object {
  return { all: [{ not: { cookie: { name: key, present: true } } }, { header: { name: key.toLowerCase(), in: ids } }] };
}

function textsOf(field: Field | undefined): string[] {
  return (field?.items ?? []).flatMap((item) => item.text() ?? []);
}
