import { directionOf, type PolicyDocument } from "../policy/model.js";
import {
  ISTIO_ROOT_NAMESPACE,
  labelsMayAgree,
  labelsOfProxies,
  labelsSelectAllOf,
  ownOf,
} from "../policy/selection.js";

/** Whether some request may pass the plugins of both policies. False only when that is certain. */
export function mayMeet(one: PolicyDocument, other: PolicyDocument): boolean {
  return haveSameTraffic(one, other) && namespacesMayAgree(one, other) && labelsMayAgree(one, other);
}

/** Whether all requests of one policy, on the ports of both, pass the plugins of the other. False when in doubt. */
export function surelyMeet(one: PolicyDocument, other: PolicyDocument): boolean {
  return haveSameTraffic(one, other) && (reachesAllOf(one, other) || reachesAllOf(other, one));
}

/** Whether a policy is for every proxy that another one is for, whichever ports they name. */
export function reachesAllOf(wide: PolicyDocument, narrow: PolicyDocument): boolean {
  const namespace = wide.metadata.namespace;
  const isEverywhere = namespace === ISTIO_ROOT_NAMESPACE && wide.spec.gateway?.name === undefined;
  return (isEverywhere || namespace === narrow.metadata.namespace) && labelsSelectAllOf(wide, narrow);
}

/** A policy for one route takes the place of its gateway's policies. */
function haveSameTraffic({ spec: one }: PolicyDocument, { spec: other }: PolicyDocument): boolean {
  return (
    directionOf(one) === directionOf(other) &&
    one.gateway?.httpRoute === other.gateway?.httpRoute &&
    sharePorts(one.attach?.ports, other.attach?.ports)
  );
}

function sharePorts(one: readonly number[] | undefined, other: readonly number[] | undefined): boolean {
  return !one || !other || one.some((port) => other.includes(port));
}

/** Without a namespace in the policy it is only known when it is applied. */
function namespacesMayAgree(one: PolicyDocument, other: PolicyDocument): boolean {
  return isWide(one) || isWide(other) || one.metadata.namespace === other.metadata.namespace;
}

function isWide({ metadata: { namespace } }: PolicyDocument): boolean {
  return namespace === undefined || namespace === ISTIO_ROOT_NAMESPACE;
}

/**
 * For each policy the places, in ascending order, of the earlier ones that it may meet. Takes time in proportion to the
 * number of policies where few of them are for a whole namespace, or for all of them.
 */
export function earlierMeetings(policies: readonly PolicyDocument[]): number[][] {
  const label = commonestLabel(policies);
  const groups = new Map<string, number[]>();
  const wide: number[] = [];
  return policies.map((policy, i) => {
    const value = label === undefined ? undefined : ownOf(labelsOfProxies(policy), label);
    const key = isWide(policy) || value === undefined ? undefined : groupOf(policy, value);
    const own = key === undefined ? wide : (groups.get(key) ?? []);
    const nearby = key === undefined ? policies.slice(0, i).keys() : merged(own, wide);
    const met = [...nearby].filter((j) => mayMeet(policy, policies[j]!));
    own.push(i);
    if (key !== undefined) groups.set(key, own);
    return met;
  });
}

function groupOf({ metadata, spec }: PolicyDocument, value: string): string {
  return `${directionOf(spec)} ${metadata.namespace} ${value}`;
}

function merged(one: readonly number[], other: readonly number[]): number[] {
  return [...one, ...other].sort((a, b) => a - b);
}

/** The label that tells most policies apart. */
function commonestLabel(policies: readonly PolicyDocument[]): string | undefined {
  const counts = new Map<string, number>();
  for (const key of policies.flatMap((policy) => Object.keys(labelsOfProxies(policy))))
    counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0];
}
