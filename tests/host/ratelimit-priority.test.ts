import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { refusedByBoth } from "../support/contract.js";
import { pluginModule } from "../support/plugin-module.js";
import { schemaOf } from "../support/plugin-schema.js";
import { type Decision, Pressure, type Source } from "../support/pressure.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const CLASSES = [
  { name: "critical", match: { headers: [{ name: "x-priority", in: ["critical", "payment"] }] } },
  { name: "default" },
  { name: "sheddable", match: { headers: [{ name: "x-priority", exact: "batch" }] }, floor_percent: 5 },
];
const CONFIG = { concurrency: {}, priorities: { classes: CLASSES, cohort_key: { header: "x-user" } } };
const USERS = 60;

/** Requests of one priority, undefined for none, by any of 60 users. */
function source(load: number, priority: string | undefined): Source {
  return {
    load,
    headers: (random): HeaderList => {
      const user: HeaderList = [["x-user", `${priority ?? "nobody"}-${random.below(USERS)}`]];
      return priority === undefined ? user : [...user, ["x-priority", priority]];
    },
  };
}

const part = (decisions: readonly Decision[]): number =>
  decisions.filter(({ admitted }) => admitted).length / decisions.length;
const of = (decisions: readonly Decision[], wanted: number): Decision[] =>
  decisions.filter(({ source }) => source === wanted);

describe("priorities at 5 times the capacity", () => {
  for (const workers of [1, 2]) {
    test(`serve the first class whole, ${workers} workers`, async () => {
      const pressure = await Pressure.start(module, CONFIG, workers);
      const sources = [source(0.25, "critical"), source(0.25, "payment"), source(2.5, undefined), source(2, "batch")];
      pressure.run(3, sources);
      const decisions = pressure.run(4, sources);
      assert.ok(part(of(decisions, 0)) >= 0.994, `critical ${part(of(decisions, 0))}`);
      assert.ok(part(of(decisions, 1)) >= 0.994, `payment ${part(of(decisions, 1))}`);
      const floor = of(decisions, 3).filter(({ admitted }) => admitted).length / 4000;
      assert.ok(floor >= 0.04 && floor <= 0.065, `the last class has ${floor} of the capacity, not 0.05`);
      assert.ok(pressure.answered / 4000 >= 0.95, `${pressure.answered} answered`);
    });
  }

  test("take a value that nobody allowed for no claim", async () => {
    const pressure = await Pressure.start(module, CONFIG);
    const sources = [source(0.5, "critical"), source(2, undefined), source(1, "Critical"), source(1, "root")];
    pressure.run(3, sources);
    const decisions = pressure.run(3, sources);
    assert.ok(part(of(decisions, 0)) >= 0.994);
    for (const claimed of [1, 2, 3]) assert.ok(part(of(decisions, claimed)) < 0.3);
  });

  test("serve or shed a user as a whole, and in all workers alike", async () => {
    const pressure = await Pressure.start(module, CONFIG, 2);
    const sources = [source(0.5, "critical"), source(4.5, undefined)];
    pressure.run(3, sources);
    const decisions = of(pressure.run(6, sources), 1);
    const users = [...new Set(decisions.map(({ headers }) => headers[0]![1]))];
    const parts = users.map((user) =>
      [0, 1].map((worker) => part(decisions.filter((one) => one.worker === worker && one.headers[0]![1] === user))),
    );
    const whole = parts.filter(([here, there]) => (here! > 0.7 && there! > 0.7) || (here! < 0.3 && there! < 0.3));
    assert.ok(whole.length >= 0.85 * parts.length, `${whole.length} of ${parts.length} users`);
    assert.ok(
      parts.some(([here]) => here! > 0.7),
      "somebody is served",
    );
  });

  test("shows what became of each class", async () => {
    const pressure = await Pressure.start(module, CONFIG);
    const sources = [source(0.5, "critical"), source(4.5, undefined)];
    const decisions = pressure.run(3, sources);
    pressure.proxy.clock.advanceMs(1100);
    const value = (name: string, noun: string): number =>
      Number(pressure.proxy.metrics.value(`class=.=${name};.;tidegate_ratelimit_concurrency_${noun}_total`) ?? 0);
    for (const [wanted, name] of ["critical", "default"].entries()) {
      const mine = of(decisions, wanted);
      const admitted = mine.filter((one) => one.admitted).length;
      assert.equal(value(name, "admitted"), admitted);
      assert.equal(value(name, "rejected"), mine.length - admitted);
    }
  });

  test("cost a clock and two headers, and no allocation", async () => {
    const pressure = await Pressure.start(await pluginModule("ratelimit", "counting"), CONFIG);
    const sources = [source(0.5, "critical"), source(4.5, undefined)];
    pressure.run(2, sources);
    for (const { admitted, counts } of pressure.run(1, sources)) {
      assert.equal(counts.heapAllocations, 0);
      // The path too of those that are timed; the answer of those that are turned away.
      assert.ok(counts.hostCallTotal <= 4, JSON.stringify({ admitted, ...counts }));
    }
  });
});

test("priorities turn nobody away as long as there is room", async () => {
  const pressure = await Pressure.start(module, CONFIG, 2);
  const decisions = pressure.run(10, [source(0.1, "critical"), source(0.3, undefined), source(0.2, "batch")]);
  assert.equal(part(decisions), 1);
});

const priorities = (changes: object): object => ({
  concurrency: {},
  priorities: { classes: [{ name: "a" }], ...changes },
});
const oneClass = (changes: object): object => priorities({ classes: [{ name: "a", ...changes }] });
const MATCH = { methods: ["PUT"] };

refusedByBoth("ratelimit", () => module, schemaOf("ratelimit"), [
  ["$.priorities", { concurrency: {}, priorities: [] }],
  ["$.priorities", { concurrency: {}, priorities: {} }],
  ["$.priorities.classes", priorities({ classes: [] })],
  ["$.priorities.classes", priorities({ classes: { name: "a" } })],
  ["$.priorities.classes", priorities({ classes: [..."abcdefghi"].map((name) => ({ name, match: MATCH })) })],
  ["$.priorities.classes[0]", priorities({ classes: ["a"] })],
  ["$.priorities.classes[0]", priorities({ classes: [{}] })],
  ["$.priorities.class", priorities({ class: 1 })],
  ...["", "A", "a b", "a".repeat(64), 5, null].map((name): [string, unknown] => [
    "$.priorities.classes[0].name",
    oneClass({ name }),
  ]),
  ["$.priorities.classes[0].match", oneClass({ match: {} })],
  ["$.priorities.classes[0].match", oneClass({ match: "critical" })],
  ["$.priorities.classes[0].match.otherwise", oneClass({ match: { otherwise: true } })],
  ["$.priorities.classes[0].weight", oneClass({ weight: 3 })],
  ...[-1, 101, "5", null, true].map((floor): [string, unknown] => [
    "$.priorities.classes[0].floor_percent",
    oneClass({ floor_percent: floor }),
  ]),
  ["$.priorities.cohort_key", priorities({ cohort_key: {} })],
  ["$.priorities.cohort_key.header", priorities({ cohort_key: { header: "X-User" } })],
  ...["5", "1d", "", "-1s", 5, null].map((rotation): [string, unknown] => [
    "$.priorities.rotation",
    priorities({ rotation }),
  ]),
]);
