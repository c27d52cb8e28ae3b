import { type Delta, keysOf } from "./deltas.js";
import { cut, pathText, shown, shownPair } from "./shown.js";

/** How two sides differ in one thing: a policy, or a resource. */
export interface Difference {
  /** Such as `shop/reviews`, or `WasmPlugin shop/reviews-trace`. */
  subject: string;
  /** Of policies the first three; of live resources the last two, and changed. */
  change: "added" | "removed" | "changed" | "missing" | "superfluous";
  /** Which workloads, on which side and ports. */
  reach?: string;
  changes: Change[];
}

/** One thing that is other than it was, in words and as parts of them. */
export interface Change {
  /** What it belongs to, such as `chain`, the name of a plugin, or `routes`. */
  about: string;
  text: string;
  /** Where the values stand, below what the change belongs to. */
  path?: string;
  old?: string;
  new?: string;
}

/** A change of one value. @param about what the paths of the values begin below. */
export function changeOf(
  about: string,
  delta: Delta,
  defaultOf: (keys: string[]) => unknown = () => undefined,
): Change {
  const path = pathText(delta.path);
  if (delta.kind === "order") {
    const [old, now] = [delta.old, delta.new].map((names) => cut((names as string[]).join(", ")));
    return { about, path, old: old!, new: now!, text: `${path}: order ${old} -> ${now}` };
  }
  const last = delta.path.at(-1);
  if (typeof last === "object" && delta.kind !== "changed") return ofItem(about, delta, path);
  const pair = shownPair(delta);
  const usual = defaultOf(keysOf(delta.path));
  const standard = usual === undefined ? "" : ` (default ${shown(usual)})`;
  const old = delta.old === undefined ? pair.old + standard : pair.old;
  const now = delta.new === undefined ? pair.new + standard : pair.new;
  return { about, path, old, new: now, text: `${path}: ${old} -> ${now}` };
}

/** An item of a list that comes or goes. */
function ofItem(about: string, delta: Delta, path: string): Change {
  const { old, new: now } = shownPair(delta);
  const value = delta.kind === "added" ? { new: now } : { old };
  return { about, path, ...value, text: `${path} ${delta.kind}: ${delta.kind === "added" ? now : old}` };
}
