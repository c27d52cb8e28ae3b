import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { readTime } from "./time.js";

/** When a rule is there at all. @param nowMs since the Unix epoch. */
export function scheduleFaults(rule: Node, nowMs: number): Fault[] {
  const schedule = rule.at("schedule");
  const [start, end] = [timeOf(schedule?.at("start")), timeOf(schedule?.at("end"))];
  const path = schedule?.at("end")?.path;
  if (!path || end === undefined) return [];
  if (start !== undefined && end <= start) {
    const message = "the schedule ends before it begins, so the rule never holds";
    return [{ code: "TG3104", path, message, remedy: "Let end be after start" }];
  }
  if (end <= nowMs) {
    const message = "the schedule is over, so the rule never holds again";
    return [{ code: "TG3104", severity: "warning", path, message, remedy: "Remove the rule, or let it end later" }];
  }
  return lateRamps(rule, end);
}

/** Shares that grow only when the schedule is over. */
function lateRamps(rule: Node, end: number): Fault[] {
  const shares = [rule, ...(rule.at("split")?.items() ?? [])].map((part) => part.at("percent")?.at("start"));
  return shares.flatMap((node): Fault[] => {
    const start = timeOf(node);
    if (!node || start === undefined || start < end) return [];
    const message = "the share begins to grow when the schedule is over";
    return [{ code: "TG3104", path: node.path, message, remedy: "Let it begin before the schedule's end" }];
  });
}

/** Milliseconds since the Unix epoch, undefined for what is no time. */
function timeOf(node: Node | undefined): number | undefined {
  return node?.text === undefined ? undefined : readTime(node.text);
}
