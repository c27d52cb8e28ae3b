import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { EnvoyHost } from "./envoy-host.js";
import { NodeHost } from "./node-host.js";
import type { Subject, Visit } from "./subject.js";

/** What every tour can be asked, whatever its SDK; the last ends the module. */
export const TOUR: readonly Visit[] = [
  {
    name: "headers of requests are read, added, replaced and removed",
    request: {
      path: "/headers",
      headers: [
        ["x-swap", "old"],
        ["x-drop", "old"],
        ["x-kept", "old"],
      ],
    },
    response: { headers: [["x-upstream", "yes"]] },
  },
  { name: "a request with few headers", request: { path: "/few" }, response: { status: 404 } },
  { name: "a property", request: { path: "/property" } },
  { name: "a local response", request: { path: "/deny" } },
  { name: "an HTTP call", request: { path: "/call" }, callout: { status: 202, body: ["called ", "out"] } },
  { name: "a body in pieces", request: { path: "/body", method: "POST", body: ["one ", "two"] } },
];

/** What a tour can be asked when its SDK has more. */
export const MORE: readonly Visit[] = [
  { name: "the environment", request: { path: "/env" } },
  { name: "shared data, for the first time", request: { path: "/shared" } },
  { name: "shared data, once more", request: { path: "/shared" } },
  { name: "a counter", request: { path: "/metric" } },
];

export const TRAP: Visit = { name: "a trap", request: { path: "/trap" }, traps: true };

/** A subject on the way through a tour: what it is asked, and the counters that are there in the end. */
export interface Tour {
  subject: () => Promise<Subject>;
  visits: readonly Visit[];
  counters: Readonly<Record<string, number>>;
}

/** The same where the module can be built; in CI it has to be. @param why it cannot, undefined when it can. */
export function builtTourTests(name: string, why: string | undefined, tour: Tour): void {
  if (why === undefined) return tourTests(name, tour);
  test(name, { skip: process.env["CI"] === "true" ? false : why }, () => assert.fail(why));
}

/** Defines tests which hold the Node host to what a real Envoy does with the same module. */
export function tourTests(name: string, { subject, visits, counters }: Tour): void {
  describe(`${name} in Envoy and in the Node host`, { timeout: 120_000 }, () => {
    const envoy = new EnvoyHost();
    let node: NodeHost;
    before(async () => {
      const taken = await subject();
      node = await NodeHost.start(taken);
      await envoy.start([taken]);
    });
    after(() => envoy.stop());

    test("it starts and says its configuration", () => {
      assert.equal(node.plugin.failure, undefined);
      assert.match(node.logs.join("\n"), /configured: /);
      assert.deepEqual(node.logs, envoy.started(name));
    });

    for (const visit of visits) {
      test(visit.name, async () => {
        const seen = await envoy.visit(name, visit);
        assert.deepEqual(node.visit(visit), seen);
      });
    }

    test("its counters", async () => {
      assert.deepEqual(await envoy.counters(), counters);
      const counted = node.proxy.metrics.all().map((metric) => [metric.name, Number(metric.value)] as const);
      assert.deepEqual(Object.fromEntries(counted), counters);
    });

    test("a trap ends it: this request and the next get 503", async () => {
      const seen = await envoy.visit(name, TRAP);
      const [first] = seen.logs;
      assert.deepEqual({ ...node.visit(TRAP), logs: [first] }, { ...seen, logs: [first] });
      assert.equal(seen.status, 503);
      assert.notEqual(node.plugin.vm.trapped, undefined);
    });
  });
}
