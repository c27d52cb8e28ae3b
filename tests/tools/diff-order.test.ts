import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { orderFaults } from "../../tools/diff/make-before-break.js";
import { sideOf } from "../../tools/diff/sides.js";
import type { Fault } from "../../tools/policy/fault.js";
import type { PolicyDocument } from "../../tools/policy/model.js";

const ARMS = "{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }";

/** A policy that decides some arms by rules and has routes for some. */
function policy(given: string[], arms: string, more = ""): PolicyDocument {
  const rules = given.map((arm) => `{ name: ${arm}, arm: ${arm} }`).join(", ");
  return parse(`
metadata: { name: a }
spec:
  plugins: [{ name: canary, config: { default: v1, rules: [${rules}]${more} } }]
  routes: { service: reviews, arms: [${arms}] }
`) as PolicyDocument;
}

const faults = (before: PolicyDocument, after: PolicyDocument): Fault[] => orderFaults(sideOf(before), after);
const codes = (before: PolicyDocument, after: PolicyDocument): string[] =>
  faults(before, after).map(({ code, message }) => `${code} ${/(the (subset|route of) )?v[\w-]+/.exec(message)?.[0]}`);

const V3 = `${ARMS}, { name: v3, labels: { version: v3 } }`;

describe("make before break", () => {
  it("has nothing against what stays, and what comes or goes in two steps", () => {
    const steps = [
      policy(["v2"], ARMS),
      policy(["v2"], V3),
      policy(["v2", "v3"], V3),
      policy(["v3"], V3),
      policy(["v3"], "{ name: v1, labels: { version: v1 } }, { name: v3, labels: { version: v3 } }"),
    ];
    for (const [i, step] of steps.entries()) {
      assert.deepEqual(codes(step, step), []);
      assert.deepEqual(codes(steps[Math.max(0, i - 1)]!, step), [], `step ${i}`);
    }
  });

  it("finds an arm that is decided before its route is there, with the order to apply", () => {
    const [fault] = faults(policy(["v2"], ARMS), policy(["v2", "v3"], V3));
    assert.equal(fault?.code, "TG3301");
    assert.deepEqual(fault?.path, ["spec", "plugins", 0, "config", "rules", 1, "arm"]);
    assert.match(
      fault?.remedy ?? "",
      /1\. `tidegate generate --routes only`.* 3\. `tidegate generate --routes without`/,
    );
  });

  it("finds a route that goes while its arm is decided, with the other order", () => {
    const [fault] = faults(policy(["v2", "v3"], V3), policy(["v2"], ARMS));
    assert.equal(fault?.code, "TG3302");
    assert.match(
      fault?.remedy ?? "",
      /1\. `tidegate generate --routes without`.* 3\. `tidegate generate --routes only`/,
    );
  });

  it("finds both at once", () => {
    const found = faults(
      policy(["v2"], ARMS),
      policy(["v3"], V3.replace("{ name: v2, labels: { version: v2 } }, ", "")),
    );
    assert.deepEqual(
      found.map(({ code }) => code),
      ["TG3301", "TG3302"],
    );
    assert.equal(new Set(found.map(({ remedy }) => remedy)).size, 1);
    assert.match(found[0]!.remedy ?? "", /the arms of both/);
  });

  it("takes another header or value for another route, but of the fallback arm", () => {
    const before = policy(["v2"], ARMS);
    assert.deepEqual(codes(before, policy(["v2"], ARMS, ", decision_header: x-arm")), [
      "TG3301 v2",
      "TG3302 the route of v2",
    ]);
    const renamed = policy(["v2"], ARMS, ', arms: [{ name: v2, value: "2" }]');
    assert.deepEqual(codes(before, renamed), ["TG3301 v2", "TG3302 the route of v2"]);
    const onlyFallback = policy([], ARMS);
    assert.deepEqual(codes(onlyFallback, policy([], ARMS, ", decision_header: x-arm")), []);
  });

  it("finds a subset that goes while its route stays, of the fallback arm too", () => {
    const other = (name: string): PolicyDocument =>
      policy(["v2"], ARMS.replace(`{ name: ${name},`, `{ name: ${name}, subset: new-${name},`));
    for (const name of ["v1", "v2"])
      assert.deepEqual(codes(policy(["v2"], ARMS), other(name)), [`TG3302 the subset ${name}`]);
    const foreign = policy(["v2"], "{ name: v1, subset: one }, { name: v2, subset: two }");
    assert.deepEqual(codes(foreign, policy(["v2"], ARMS)), [], "whoever made them keeps them");
    assert.deepEqual(codes(policy(["v2"], ARMS), foreign), [], "no DestinationRule is applied");
  });

  it("knows nothing of routes that are not the policy's, and of files that are replaced whole", () => {
    const without = policy(["v2", "v3"], ARMS);
    delete without.spec.routes;
    assert.deepEqual(codes(without, policy(["v2", "v3"], V3)), []);
    assert.deepEqual(codes(policy(["v2"], ARMS), without), []);
    const onlyNew = policy(["v2"], ARMS);
    delete onlyNew.spec.routes;
    assert.deepEqual(codes(onlyNew, policy(["v2", "v3"], V3)), ["TG3301 v3"]);
    const plain = (given: string[], arms: string): PolicyDocument => {
      const made = policy(given, arms);
      delete made.spec.routes!.service;
      return made;
    };
    assert.deepEqual(codes(plain(["v2"], ARMS), plain(["v2", "v3"], V3)), []);
  });
});
