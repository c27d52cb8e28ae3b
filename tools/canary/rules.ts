import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import { nearest, suggestion } from "../policy/suggest.js";
import { type Canary, canaryOf } from "./config.js";
import type { Node } from "../policy/node.js";
import { unreachable } from "./reach.js";
import { scheduleFaults } from "./schedules.js";

/** What of canary's configuration can have no effect, or not the one meant. @param nowMs since the Unix epoch. */
export function canaryFaults(policy: PolicyDocument, nowMs: number): Fault[] {
  const canary = canaryOf(policy);
  if (!canary) return [];
  return [
    ...unreachable(canary),
    ...canary.rules.flatMap((rule) => [...scheduleFaults(rule, nowMs), ...tooMuch(rule)]),
    ...listFaults(canary),
  ];
}

/** Shares, or the rooms that they may grow in, that have no place beside each other. */
function tooMuch(rule: Node): Fault[] {
  const split = rule.at("split");
  const parts = split?.items() ?? [];
  const hundredths = parts.map((part) => Math.round(100 * Math.max(part.at("room")?.number ?? 0, mostOf(part))));
  const sum = hundredths.reduce((total, part) => total + part, 0) / 100;
  if (!split || !(sum > 100) || hundredths.some((part) => part > 10_000)) return []; // one above 100 is told by itself
  const what = parts.some((part) => part.at("room")) ? "shares and their rooms" : "shares";
  const message = `the ${what} are ${sum} percent together`;
  return [{ code: "TG3105", path: split.path, at: "key", message, remedy: "Let them be at most 100" }];
}

/** What a share comes to at most. */
function mostOf(part: Node): number {
  const percent = part.at("percent");
  return percent?.number ?? percent?.at("hold")?.number ?? (percent?.at("step") ? 100 : 0);
}

function listFaults({ config }: Canary): Fault[] {
  const lists = config.at("lists")?.members() ?? [];
  const names = lists.map(([name]) => name);
  const uses = config.members().flatMap(([key, node]) => (key === "lists" ? [] : usesIn(node)));
  const undefinedOnes = uses.filter(({ text }) => text !== undefined && !names.includes(text));
  const meant = undefinedOnes.map(({ text }) => nearest(text ?? "", names));
  const unused = lists.filter(([name]) => !uses.some(({ text }) => text === name) && !meant.includes(name));
  return [
    ...undefinedOnes.map(({ text, path }): Fault => {
      const remedy = suggestion(text ?? "", names) ?? "Add it to lists";
      return { code: "TG3106", path, message: `there is no list "${text}"`, remedy };
    }),
    ...unused.map(([name, { path }]): Fault => {
      const message = `no rule uses the list ${name}`;
      return { code: "TG3106", severity: "warning", path, at: "key", message, remedy: "Remove it" };
    }),
  ];
}

/** Every `in_list` at or below a value. */
function usesIn(node: Node): Node[] {
  const below = [...node.items(), ...node.members().flatMap(([key, value]) => (key === "in_list" ? [] : value))];
  const own = node.at("in_list");
  return [...(own ? [own] : []), ...below.flatMap(usesIn)];
}
