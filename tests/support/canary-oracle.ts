import { type PropertyMap, utf8ByteString } from "../../tools/host/index.js";
import { claimOf, every, holds, type Seen } from "./canary-condition-oracle.js";
import { armsOf, type CanarySource, type Config, type Rule } from "./canary-inputs.js";
import { laneOf } from "./canary-lanes.js";
import { armAt, isActive, percentAt, placeOf } from "./canary-share-oracle.js";
import type { Part } from "./canary-shares.js";
import { foundIn } from "./ratelimit-request-oracle.js";

/** One thing that may become of a request; a rule of undefined: none decided. */
export interface Decision {
  arm: string | undefined;
  rule?: string;
  /** Of the lane. */
  label?: string;
  /** The request had it before, and is trusted. */
  isKept?: true;
}

/** What decides beside the configuration. */
export interface Situation extends Seen {
  /** As of the last tick. */
  now: number;
  /** Arms that are taken out. */
  stopped: ReadonlySet<string>;
  /** The token that the request brings, or that its response assigns; undefined while that is not known. */
  token: string | undefined;
}

/** What one of several arms, or none, is when more is not known. */
type Found = { arm: string; label?: string } | undefined;

/** All that may become of a request by the README; most often one thing. */
export function decisions(config: Config, situation: Situation): Decision[] {
  const all: Decision[] = [];
  const given = givenArm(config, situation);
  const trusted = given === undefined || !config.trusted ? false : holds(config.trusted, situation);
  if (trusted !== false) all.push({ arm: given, isKept: true });
  if (trusted === true) return all;
  for (const rule of config.rules) {
    const matches = isActive(rule.schedule, situation.now) && (rule.match ? holds(rule.match, situation) : true);
    if (matches === false) continue;
    const outcomes = outcomesOf(rule, situation).map((found) => withoutStopped(found, situation));
    for (const found of outcomes) if (found) all.push({ ...found, rule: rule.name });
    if (every([matches, outcomes.every((found) => found !== undefined)]) === true) return all;
  }
  return [...all, { arm: config.default }];
}

function withoutStopped(found: Found, { stopped }: Situation): Found {
  return found && stopped.has(found.arm) ? undefined : found;
}

/** What the decision header says for an arm, a byte string. */
export function valueOfArm(config: Config, arm: string): string {
  return utf8ByteString(config.arms?.find(({ name }) => name === arm)?.value ?? arm);
}

function givenArm(config: Config, { sent }: Situation): string | undefined {
  const own = sent.headers.filter(([name]) => name === (config.decision_header ?? "x-canary"));
  return own.length === 1 ? armsOf(config).find((arm) => valueOfArm(config, arm) === own[0]![1]) : undefined;
}

/** What a rule gives a request that it is for: one thing, or all that it may be. */
function outcomesOf({ arm, percent, split, key, salt, lane }: Rule, situation: Situation): Found[] {
  if (lane) {
    const value = valueAt(lane.from, situation);
    return value === "perhaps"
      ? [undefined, ...lane.lanes.map((name) => ({ arm: name }))]
      : [laneOf(lane, value?.value)];
  }
  const parts = split ?? (percent === undefined ? undefined : [{ arm: arm!, percent }]);
  if (!parts) return [{ arm: arm! }];
  const value = key!.assign_cookie ? tokenOf(situation) : valueAt(key!, situation);
  if (value === "perhaps") return possible(parts, situation);
  return [foundAt(parts, value && value.value !== "" ? placeOf(value.value, salt!) : undefined, situation)];
}

function foundAt(parts: readonly Part[], place: number | undefined, { now }: Situation): Found {
  const arm = armAt(parts, place, now);
  return arm === undefined ? undefined : { arm };
}

/** What some key may get. */
function possible(parts: readonly Part[], { now }: Situation): Found[] {
  const sizes = parts.map(({ percent }) => percentAt(percent, now));
  const arms = parts.filter((_, i) => sizes[i]! > 0).map(({ arm }) => ({ arm }));
  return sizes.reduce((sum, size) => sum + size, 0) < 10_000 ? [undefined, ...arms] : arms;
}

type Value = { value: string } | undefined | "perhaps";

function tokenOf({ token }: Situation): Value {
  return token === undefined ? "perhaps" : { value: token };
}

function valueAt(source: CanarySource, { sent, claims }: Situation): Value {
  if (source.claim) return claimText(claims, source.claim.name);
  const value = foundIn(source, sent);
  if (value === undefined) return undefined;
  return { value: source.client_address === undefined ? value : addressBytes(value, source.client_address) };
}

function claimText(claims: PropertyMap | undefined, name: string | string[]): Value {
  const claim = claimOf(claims, name);
  if (claim === undefined) return undefined;
  return typeof claim === "object" ? "perhaps" : { value: utf8ByteString(String(claim)) };
}

/** The 16 bytes of an address, those that count. */
function addressBytes(found: string, how: NonNullable<CanarySource["client_address"]>): string {
  const [, family, number] = /^([46]) ([0-9]+)$/.exec(found) ?? [];
  if (number === undefined) return found;
  const { ipv4_prefix: four = 32, ipv6_prefix: six = 64 } = how === true ? {} : how;
  const shift = BigInt(family === "4" ? 32 - four : 128 - six);
  const address = (BigInt(number) << shift) | (family === "4" ? 0xffffn << 32n : 0n);
  return Buffer.from(address.toString(16).padStart(32, "0"), "hex").toString("latin1");
}
