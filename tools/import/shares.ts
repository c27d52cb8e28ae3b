import type { DraftRule, RuleNames } from "./draft.js";
import type { Field } from "./field.js";
import type { ImportOptions } from "./options.js";

/** An arm and its weight among others. */
export interface Weighted {
  arm: string;
  weight: number;
}

/** What weighted arms become. */
export interface Shared {
  rules: DraftRule[];
  /** The arm of the requests that no share takes: the heaviest one. */
  rest: string;
}

/**
 * Rules for arms that share requests by weight: sticky shares of all arms but the heaviest, which has the rest. Without
 * a key there are none, since nothing would stick, and that is reported at `from`.
 */
export function shareRules(
  arms: Weighted[],
  common: { name: string; match?: object; salt: string },
  from: Field,
  names: RuleNames,
  { key }: ImportOptions,
): Shared {
  const total = arms.reduce((sum, { weight }) => sum + weight, 0);
  const heaviest = arms.reduce((best, arm) => (arm.weight > best.weight ? arm : best));
  const parts = arms
    .filter((arm) => arm !== heaviest && arm.weight > 0)
    .map(({ arm, weight }) => ({ arm, percent: Math.round((weight / total) * 10_000) / 100 }));
  if (parts.length === 0) return { rules: [], rest: heaviest.arm };
  if (!key) {
    const shares = parts.map(({ arm, percent }) => `${percent} % to ${arm}`).join(", ");
    const message = `${shares}: weights choose by chance for each request, shares of canary stick to a key, and none is named, so ${heaviest.arm} gets all`;
    const remedy =
      "Name one: --key header:x-user-id sticks to users, --key assign-cookie:NAME to browsers, --key header:x-request-id deals each request anew";
    from.source.report({ code: "TG8106", path: from.path, message, remedy });
    return { rules: [], rest: heaviest.arm };
  }
  const { name, match, salt } = common;
  const head = { name: names.take(name), ...(match ? { match } : {}) };
  const split = parts.length < 3 ? parts : parts.map((part) => ({ ...part, room: part.percent }));
  const what = parts.length === 1 ? parts[0]! : { split };
  return { rules: [{ rule: { ...head, ...what, key, salt }, from }], rest: heaviest.arm };
}
