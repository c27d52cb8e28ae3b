/** What a condition comes to. */
export interface ConditionStep {
  holds: boolean;
  /** In how many others it is. */
  depth: number;
  condition: string;
}

export type ScheduleState = "active" | "early" | "over" | "closed";

/** An arm's share, and where it lies. All in percent. */
export interface SharePart {
  arm: string;
  percent: number;
  from: number;
  to: number;
}

/** What a rule makes of the request. */
export interface RuleStep {
  rule: string;
  /** Absent without a schedule. */
  schedule?: ScheduleState;
  /** From the whole to its parts; none for a rule that is for every request. */
  conditions: ConditionStep[];
  /** Absent when the request does not match, or the rule has no shares. A place of null: the request has no key. */
  share?: { place: number | null; parts: SharePart[] };
  /** What the rule gives; absent when the request does not match, or gets nothing. */
  arm?: string;
  /** The arm is taken out. */
  stopped: boolean;
}

/** How the module says that it decides. */
export interface Steps {
  /** Absent when nobody is trusted. */
  trusted?: { conditions: ConditionStep[] };
  /** Up to the one that decides. */
  rules: RuleStep[];
  /** The index of a rule; null for none. */
  decidedBy: number | null;
  arm: string | null;
}

const MARK = "explain: ";
const STATES: readonly ScheduleState[] = ["active", "early", "over", "closed"];

/**
 * Reads what the module canary logs for `tidegate_explain`; plugins/canary/host/explain.ts has its words. Undefined when
 * the lines are not of that form, which a module of another version has.
 */
export function readSteps(messages: readonly string[]): Steps | undefined {
  const steps: Steps = { rules: [], decidedBy: null, arm: null };
  for (const message of messages) {
    if (!message.startsWith(MARK)) continue;
    const [, word = "", rest = ""] = /^(\w+) ?(.*)$/s.exec(message.slice(MARK.length)) ?? [];
    if (word === "decided") return decided(steps, rest);
    if (word === "trusted") steps.trusted = { conditions: [] };
    else if (word === "rule") steps.rules.push({ rule: rest, conditions: [], stopped: false });
    else if (!readDetail(steps, word, rest)) return undefined;
  }
  return undefined;
}

function decided(steps: Steps, rest: string): Steps | undefined {
  const [, rule, arm] = /^(-?\d+) (\S+)$/.exec(rest) ?? [];
  if (arm === undefined) return undefined;
  return { ...steps, decidedBy: Number(rule) < 0 ? null : Number(rule), arm: arm === "-" ? null : arm };
}

function readDetail({ rules, trusted }: Steps, word: string, rest: string): boolean {
  const rule = rules.at(-1);
  if (word === "condition") return readCondition(rule ?? trusted, rest);
  if (!rule) return false;
  if (word === "schedule") rule.schedule = STATES[Number(rest)] ?? "closed";
  else if (word === "place") rule.share = { place: Number(rest) < 0 ? null : Number(rest) / 100, parts: [] };
  else if (word === "part") return readPart(rule, rest);
  else if (word === "arm") rule.arm = rest;
  else if (word === "stopped") rule.stopped = true;
  else return false;
  return true;
}

function readCondition(of: { conditions: ConditionStep[] } | undefined, rest: string): boolean {
  const [, indent, answer, condition] = /^((?: {2})*)(yes: |no: {2})(.*)$/s.exec(rest) ?? [];
  if (!of || indent === undefined || condition === undefined) return false;
  of.conditions.push({ holds: answer === "yes: ", depth: indent.length / 2, condition });
  return true;
}

function readPart({ share }: RuleStep, rest: string): boolean {
  const [, arm, first, size] = /^(\S+) (\d+) (\d+)$/.exec(rest) ?? [];
  if (!share || arm === undefined) return false;
  const [from, percent] = [Number(first) / 100, Number(size) / 100];
  share.parts.push({ arm, percent, from, to: (Number(first) + Number(size)) / 100 });
  return true;
}
