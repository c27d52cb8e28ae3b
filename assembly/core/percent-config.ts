import { ConfigNode } from "./config-reader";
import { JsonKind, NO_DECIMAL } from "./json";
import { ALL } from "./percent";

/**
 * A share at `key`, in hundredths of a percent: a number with at most two decimals up to 100, or `otherwise`, with a problem
 * when it is no such number. Only at configure: allocates.
 */
export function readPercent(node: ConfigNode, key: string, otherwise: i32, least: i32 = 0): i32 {
  const member = node.member(key);
  if (member == null || !member.is(JsonKind.Number)) return otherwise;
  const percent = member.value.decimal(2);
  if (percent != NO_DECIMAL && percent >= least && percent <= ALL) return <i32>percent;
  member.refuse(`expected a number from ${inPercent(least)} to 100 with at most two decimals, not ${member.shown()}`);
  return otherwise;
}

/** Hundredths of a percent as a message shows them: `12.5`. */
export function inPercent(share: i32): string {
  const rest = share % 100;
  const whole = (share / 100).toString();
  return rest == 0 ? whole : rest % 10 == 0 ? `${whole}.${rest / 10}` : `${whole}.${rest < 10 ? "0" : ""}${rest}`;
}
