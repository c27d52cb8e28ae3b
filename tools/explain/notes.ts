import type { Canary } from "../canary/config.js";
import type { Sent } from "./ask.js";
import type { Steps } from "./steps.js";

/** What only proxies know, as far as the decision may depend on it. */
export function notesOf({ config, rules }: Canary, steps: Steps, sent: Sent): string[] {
  const notes: string[] = [];
  const lists = config.at("lists")?.members() ?? [];
  const fetched = lists.filter(([, list]) => list.at("fetch")).map(([name]) => name);
  if (fetched.length > 0) notes.push(`proxies fetch ${named("list", fetched)}: here nobody is on it`);
  const watched = (config.at("arms")?.items() ?? []).filter((arm) => arm.at("abort"));
  if (watched.length > 0) {
    const names = watched.map((arm) => arm.at("name")?.text ?? "");
    notes.push(`proxies take ${named("arm", names)} out while it fails: here it does not`);
  }
  if (config.at("lane_propagation")?.at("mode")?.text === "outbound") {
    notes.push("proxies add labels that their inbound side remembers: here there are none");
  }
  const deals = steps.rules.some(({ share }, i) => share && rules[i]?.at("key")?.at("assign_cookie"));
  if (deals && sent.response.some(({ header }) => header === "set-cookie")) {
    notes.push("the request brings no assignment cookie: its place is drawn by chance, and another one each time");
  }
  return notes;
}

function named(what: string, names: readonly string[]): string {
  return names.length === 1 ? `the ${what} ${names[0]}` : `each of the ${what}s ${names.join(", ")}`;
}
