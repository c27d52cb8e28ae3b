import type { Rollout } from "../policy/model.js";
import { Places } from "./place.js";
import { isSalt, type RolloutStat } from "./stats.js";

/** What an Envoy says, and what it is called. */
export interface ProxyStats {
  proxy: string;
  /** Its node id, where it is known. */
  nodeId?: string;
  stats: readonly RolloutStat[];
}

export const STATES = ["stable", "measuring", "new", "reverted"] as const;
export type State = (typeof STATES)[number];

/** One plugin of one proxy. */
export interface Row {
  proxy: string;
  plugin: string;
  salt: string;
  /** Undefined when the proxy says nothing of it, or something that is none. */
  state: State | undefined;
  reverts: number;
  /** Which side the proxy should be on, where that is known. */
  expected?: Side;
}

export interface Status {
  rows: Row[];
  /** Proxies by what they do; one counts as what the first of its plugins does that is not done. */
  proxies: { total: number } & Record<State | "missing" | "unexpected", number>;
}

/** What is to be looked for: the rollout of a policy, with its plugins. */
export interface Wanted extends Pick<Rollout, "percent" | "salt"> {
  plugins: readonly string[];
}

/** A side of a rollout. */
export type Side = "stable" | "new";

/**
 * What proxies say of a rollout. Without one that is wanted, whatever they say.
 * @param side where all of them should be; when absent, where each should be by its node id, if that is known.
 */
export function statusOf(proxies: readonly ProxyStats[], wanted?: Wanted, side?: Side): Status {
  const places = wanted && new Places(wanted.salt);
  const counts = { total: 0, stable: 0, measuring: 0, new: 0, reverted: 0, missing: 0, unexpected: 0 };
  const rows = proxies.flatMap((proxy) => {
    const known = wanted && places && proxy.nodeId !== undefined ? sideOf(proxy.nodeId, wanted, places) : undefined;
    const expected = side ?? known;
    const own = rowsOf(proxy, wanted).map((row) => (expected === undefined ? row : { ...row, expected }));
    counts.total++;
    counts[summed(own)]++;
    if (own.some(isUnexpected)) counts.unexpected++;
    return own;
  });
  return { rows, proxies: counts };
}

/** Whether every proxy said where it is, none went back, and each is where it should be, as far as that is known. */
export function isGood({ proxies }: Status): boolean {
  return proxies.total > 0 && proxies.reverted === 0 && proxies.missing === 0 && proxies.unexpected === 0;
}

/** Whether a proxy is on another side than it should be; one that measures is on its way to the new one. */
export function isUnexpected({ state, expected }: Row): boolean {
  if (state === undefined || expected === undefined) return false;
  return (expected === "stable") !== (state === "stable");
}

function sideOf(nodeId: string, { percent }: Wanted, places: Places): Side {
  return places.isWithin(nodeId, percent) ? "new" : "stable";
}

function rowsOf({ proxy, stats }: ProxyStats, wanted: Wanted | undefined): Row[] {
  const found = wanted ? wanted.plugins.map((plugin) => ({ plugin, salt: wanted.salt })) : toldOf(stats);
  if (found.length === 0) return [{ proxy, plugin: "-", salt: "-", state: undefined, reverts: 0 }];
  return found.map(({ plugin, salt }) => {
    const own = stats.filter((stat) => stat.plugin === plugin && isSalt(stat.salt, salt));
    const state = own.find(({ kind }) => kind === "state")?.value;
    const reverts = own.filter(({ kind }) => kind === "reverts").reduce((sum, { value }) => sum + value, 0);
    return { proxy, plugin, salt, state: state === undefined ? undefined : STATES[state], reverts };
  });
}

/** Plugins and salts that have a statistic. */
function toldOf(stats: readonly RolloutStat[]): { plugin: string; salt: string }[] {
  const told = new Map(stats.map(({ plugin, salt }) => [`${plugin} ${salt}`, { plugin, salt }]));
  return [...told.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

/** What a proxy counts as: the gravest of what its plugins do. */
function summed(rows: readonly Row[]): State | "missing" {
  if (rows.some(({ state, reverts }) => state === "reverted" || reverts > 0)) return "reverted";
  if (rows.some(({ state }) => state === undefined)) return "missing";
  const grades = ["measuring", "new", "stable"] as const;
  return grades.find((grade) => rows.some(({ state }) => state === grade)) ?? "missing";
}
