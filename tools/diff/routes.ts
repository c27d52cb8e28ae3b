import { type Canary, canaryOf } from "../canary/config.js";
import { isObject } from "../is-object.js";
import type { ArmRoute, PolicyDocument, Routes } from "../policy/model.js";
import { fallbackName, subsetName } from "../routes/arms.js";
import { deltasOf } from "./deltas.js";
import { type Change, changeOf } from "./difference.js";
import { labelsText } from "./reach.js";

const ABOUT = "routes";

/** Which arms' routes come, go, or lead elsewhere, and what changes for all routes. */
export function routeChanges(one: PolicyDocument, other: PolicyDocument): Change[] {
  const [before, after] = [armsOf(one), armsOf(other)];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const ofArms = names.flatMap((name) => armChanges(name, before.get(name), after.get(name), fallbackOf(other)));
  const [old, now] = [Object.keys(one.spec.routes ?? {}), Object.keys(other.spec.routes ?? {})];
  const rest = ({ spec: { routes } }: PolicyDocument): object =>
    Object.fromEntries(Object.entries(routes ?? {}).filter(([key]) => key !== "arms"));
  const all = old.length === 0 || now.length === 0 ? [] : deltasOf(rest(one), rest(other));
  return [...ofArms, ...all.map((delta) => changeOf(ABOUT, delta))];
}

/** What each arm's requests are known by, and where they go. */
function armsOf(policy: PolicyDocument): Map<string, string> {
  const { routes } = policy.spec;
  const canary = canaryOf(policy);
  return new Map(
    (routes?.arms ?? []).map((arm) => {
      return [arm.name, `${matchOf(arm.name, routes!, canary)} to ${destinationOf(policy, arm)}`];
    }),
  );
}

function matchOf(arm: string, routes: Routes, canary: Canary | undefined): string {
  if (!canary) return "requests";
  return arm === fallbackName(routes, canary) ? "other requests" : `${canary.header} ${canary.valueOf(arm)}`;
}

function destinationOf({ spec }: PolicyDocument, arm: ArmRoute): string {
  const { routes, envoy } = spec;
  const port = arm.port ?? routes?.port;
  const upstream = envoy?.upstreams?.find(({ name }) => name === (arm.upstream ?? arm.name));
  const parts = [
    arm.service,
    arm.service === undefined && routes?.service !== undefined ? subsetText(arm, routes.service) : undefined,
    upstream && `upstream ${upstream.name}`,
  ].filter((part) => part !== undefined);
  const where = parts.length > 0 ? parts.join(", or ") : `upstream ${arm.upstream ?? arm.name}`;
  return port === undefined ? where : `${where}, port ${port}`;
}

function subsetText(arm: ArmRoute, service: string): string {
  const labels = isObject(arm.labels) ? ` (${labelsText(arm.labels)})` : "";
  return `subset ${subsetName(arm)}${labels} of ${service}`;
}

function fallbackOf(policy: PolicyDocument): string | undefined {
  const canary = canaryOf(policy);
  return policy.spec.routes && canary && fallbackName(policy.spec.routes, canary);
}

function armChanges(name: string, old: string | undefined, now: string | undefined, fallback?: string): Change[] {
  if (old === now) return [];
  const values = { ...(old === undefined ? {} : { old }), ...(now === undefined ? {} : { new: now }) };
  const change = { about: ABOUT, path: `arms[${JSON.stringify(name)}]`, ...values };
  if (old === undefined) return [{ ...change, text: `arm ${name} gets a route: ${now}` }];
  if (now !== undefined) return [{ ...change, text: `arm ${name}: ${old} -> ${now}` }];
  const then = fallback === undefined ? "" : `; requests for it go to ${fallback}`;
  return [{ ...change, text: `arm ${name} has no route any more${then}; it was ${old}` }];
}
