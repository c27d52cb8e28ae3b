import { deltasOf } from "../diff/deltas.js";
import { changeOf } from "../diff/difference.js";
import { itemsOf, textsOf } from "../diff/json.js";
import { isObject } from "../is-object.js";
import type { Fault } from "../policy/fault.js";
import { type PolicyDocument, policyLabel } from "../policy/model.js";
import { without } from "../policy/without.js";
import type { Replaced } from "./start.js";

/** Settings that proxies have once for both sides, but may get more of: what only the new side needs must be there before. */
const MAY_GROW: Record<string, string> = { routes: "arms", envoy: "upstreams" };

/** Why a rollout cannot begin: it would not be staged, or one is under way. By the places of `replaced`'s policies. */
export function startFaults({ policy, old }: Replaced): Fault[] {
  if (policy.spec.rollout ?? old.spec.rollout) {
    const message = `a rollout of ${policyLabel(policy)} is under way already${policy.spec.rollout ? "" : " in the stable file"}`;
    const remedy = "Run `tidegate rollout finish` or `tidegate rollout abort` before";
    const path = ["spec", ...(policy.spec.rollout ? ["rollout"] : [])];
    return [{ code: "TG3407", path, at: "key", message, remedy }];
  }
  const [before, after] = [old.spec, policy.spec].map((spec) => without(spec, "plugins"));
  const keys = [...new Set([...Object.keys(before!), ...Object.keys(after!)])];
  return keys.flatMap((key) => {
    const one = (before as Record<string, unknown>)[key];
    const other = (after as Record<string, unknown>)[key];
    return deltasOf(one, withoutMore(key, other, one), [key]).map((delta): Fault => {
      const message = `${changeOf("spec", delta).text} would count for all proxies at once`;
      const remedy = "Make it the same in both files, and apply that change by itself before or after the rollout";
      return { code: "TG3404", path: ["spec", key], at: "key", message, remedy };
    });
  });
}

/** Without the members of a list that the old one lacks. */
function withoutMore(key: string, value: unknown, old: unknown): unknown {
  const list = Object.hasOwn(MAY_GROW, key) ? MAY_GROW[key]! : undefined;
  if (list === undefined || !isObject(value) || !isObject(old)) return value;
  const { [list]: now, ...rest } = value;
  const names = itemsOf(old[list]).map((item) => textsOf(item)["name"]);
  const kept = itemsOf(now).filter((item) => names.includes(textsOf(item)["name"]));
  return old[list] === undefined ? rest : { ...value, [list]: kept };
}

/** That the old file has nothing that could be the stable side of a policy. */
export function strangerFault(policy: PolicyDocument, stable: string): Fault {
  const message = `${stable} has no policy ${policyLabel(policy)}`;
  const remedy = "Give the version before as --stable; names are not staged";
  return { code: "TG3407", path: ["metadata", "name"], message, remedy };
}
