/** A quota as a configuration has it. */
export const QUOTA = { requests: 10, per: "second" };

/** A rule with no more than it must have. */
export const RULE = { name: "r", quota: QUOTA };

/** A configuration of one rule with some keys changed; undefined takes a key away. */
export function rule(changes: object): object {
  return { rules: [{ ...RULE, ...changes }] };
}
