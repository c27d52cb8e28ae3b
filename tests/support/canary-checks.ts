import assert from "node:assert/strict";
import type { HeaderList } from "../../tools/host/index.js";
import type { Config } from "./canary-inputs.js";
import { type Decision, valueOfArm } from "./canary-oracle.js";

// What the README lets become of headers when a request is decided.

export const LABEL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([other]) => other === name).map(([, value]) => value);
}

function without(headers: HeaderList, names: readonly (string | undefined)[]): HeaderList {
  return headers.filter(([name]) => !names.includes(name));
}

/** Header of lane labels, if the plugin may write it. */
export function labelHeader({ lane_propagation: propagation }: Config): string | undefined {
  return propagation && propagation.mode !== "inbound" ? (propagation.header ?? "x-lane") : undefined;
}

/**
 * Checks what went on against what may have been decided.
 * @param attribute the decision as Envoy's filter state has it.
 * @returns those of the decisions that it can have been.
 */
export function checkRequest(
  config: Config,
  all: readonly Decision[],
  came: HeaderList,
  left: HeaderList,
  attribute: string | undefined,
): Decision[] {
  const header = config.decision_header ?? "x-canary";
  const [decided, ...more] = valuesOf(left, header);
  assert.deepEqual(more, [], "one decision");
  assert.equal(attribute !== undefined, config.debug?.attribute === true);
  const fitting = all.filter(({ arm }) => (arm === undefined ? undefined : valueOfArm(config, arm)) === decided);
  const told = fitting.filter((one) => attribute === undefined || attribute === textOf(one));
  assert.ok(told.length > 0, `decided ${decided} (${attribute}), not ${JSON.stringify(all)}`);
  const own = [header, labelHeader(config)];
  assert.deepEqual(without(left, own), without(came, own), "other headers are as they came");
  checkLabel(config, told, came, left);
  return told;
}

function checkLabel(config: Config, told: readonly Decision[], came: HeaderList, left: HeaderList): void {
  const header = labelHeader(config);
  if (header === undefined) return;
  const [before, after] = [valuesOf(came, header), valuesOf(left, header)];
  if (config.lane_propagation?.mode === "outbound") {
    if (before.length > 0) return assert.deepEqual(after, before);
    return assert.ok(after.length < 2 && after.every((label) => LABEL.test(label)), after.join());
  }
  const isAllowed = told.some(({ arm, rule, label, isKept }) => {
    if (isKept) return JSON.stringify(after) === JSON.stringify(before);
    const isLane = config.rules.some(({ name, lane }) => name === rule && lane !== undefined);
    if (isLane && label === undefined) return after.length === 1; // its source is not known exactly
    return JSON.stringify(after) === JSON.stringify(arm === undefined || label === undefined ? [] : [label]);
  });
  assert.ok(isAllowed, `the label ${JSON.stringify(after)}, not of ${JSON.stringify(told)}`);
}

/**
 * Checks what the client gets against what the upstream sent.
 * @param told what was decided. @param cookie that is assigned.
 * @returns the token that the response assigns, if any.
 */
export function checkResponse(
  config: Config,
  told: readonly Decision[],
  upstream: HeaderList,
  left: HeaderList,
): string | undefined {
  const debug = config.debug?.response_header;
  const own = ["set-cookie", debug];
  assert.deepEqual(without(left, own), without(upstream, own));
  if (debug !== undefined) {
    const [text, ...more] = valuesOf(left, debug);
    assert.ok(
      more.length === 0 && told.some((one) => textOf(one) === text),
      `told ${text}, not ${JSON.stringify(told)}`,
    );
  }
  const came = valuesOf(upstream, "set-cookie");
  const [line, ...more] = valuesOf(left, "set-cookie").slice(came.length);
  assert.deepEqual(valuesOf(left, "set-cookie").slice(0, came.length), came, "the upstream's own stay");
  assert.deepEqual(more, []);
  if (line === undefined) return undefined;
  const [, name, token] = /^([^=]+)=([0-9a-f]{16}); /.exec(line) ?? [];
  assert.ok(token !== undefined && name === assignedCookie(config), line);
  return token;
}

function textOf({ arm, rule }: Decision): string {
  return `${arm ?? "-"}; rule=${rule ?? "default"}`;
}

/** Name of the cookie that a configuration assigns. */
export function assignedCookie({ rules }: Config): string | undefined {
  return rules.find(({ key }) => key?.assign_cookie)?.key?.assign_cookie?.name;
}
