import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { processorList } from "../../tools/bench/process-cost.js";
import { reportOf, reportText } from "../../tools/bench/report.js";
import { quantile, spread } from "../../tools/bench/statistics.js";
import { VARIANT_NAMES } from "../../tools/bench/variants.js";
import { tidegate } from "./memory-io.js";

const measured = (name: string, ...costs: number[]) => ({
  variant: { name, about: `about ${name}`, filters: [], proof: undefined },
  costs,
  residentBytes: 64 * 2 ** 20,
});
const run = { envoy: "1.40.0", rounds: 3, seconds: 0.5 };

describe("statistics of the benchmark", () => {
  it("take quantiles between two values by proportion", () => {
    assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
    assert.equal(quantile([5], 0.1), 5);
    assert.equal(quantile([0, 10], 0.1), 1);
  });

  it("leave the values as they came", () => {
    const values = [3, 1, 2];
    assert.deepEqual(spread(values), { median: 2, min: 1, max: 3 });
    assert.deepEqual(values, [3, 1, 2]);
  });
});

describe("the benchmark's report", () => {
  const report = reportOf(
    [
      measured("none", 10, 20, 30),
      measured("empty", 12, 22, 32),
      measured("bare", 14, 24, 34),
      measured("tidegate", 15, 24, 36),
      measured("solo", 20, 30, 40),
    ],
    run,
  );
  const row = (name: string) => report.rows.find(({ variant }) => variant === name)!;

  it("subtracts the cost without a filter round by round", () => {
    assert.deepEqual(row("tidegate").added, { median: 5, min: 4, max: 6 });
    assert.equal(row("none").added, undefined);
  });

  it("counts in empty filters", () => {
    assert.equal(row("empty").timesEmpty, 1);
    assert.equal(row("solo").timesEmpty, 5);
  });

  it("compares our library with bare calls and with the other library", () => {
    const [toBare, toSolo] = report.ratios;
    assert.deepEqual(toBare, {
      variant: "tidegate",
      to: "bare",
      ratio: { median: 1.25, min: 1, max: 1.5 },
      wanted: 1.2,
    });
    assert.deepEqual(toSolo!.ratio, { median: 0.5, min: 0.4, max: 0.6 });
    assert.match(
      reportText(report),
      /tidegate adds 1\.25 \(1\.00\.\.1\.50\) of what bare adds; .*: MORE than wanted$/m,
    );
  });

  it("does without what was not measured", () => {
    const { rows, ratios } = reportOf([measured("empty", 1), measured("lua", 2)], run);
    assert.deepEqual(ratios, []);
    assert.equal(rows[1]!.added, undefined);
    assert.match(reportText({ ...run, rows, ratios }), /^lua +about lua +2\.00 \(2\.00\.\.2\.00\) +64$/m);
  });
});

describe("tidegate bench", () => {
  it("reads lists of processors as Linux writes them", () => {
    assert.deepEqual(processorList("0-2,5,7-8"), [0, 1, 2, 5, 7, 8]);
    assert.deepEqual(processorList(""), []);
  });

  it("names all variants in its help", async () => {
    const { out } = await tidegate(["bench", "--help"]);
    assert.ok(out.replace(/\s+/g, " ").includes(`compared: ${VARIANT_NAMES.join(", ")}.`));
  });

  it("refuses what it does not know in one line", async () => {
    const lines: [string[], RegExp][] = [
      [["--only", "none,luna"], /^tidegate: no variant luna; there are none, empty, bare.*\n$/],
      [["--rounds", "1.5"], /^tidegate: .*'1\.5' is invalid.* whole number from 1 to 100\.\n$/],
      [["--seconds", "0"], /^tidegate: .*'0' is invalid.* number from 0\.1 to 60\.\n$/],
      [["--module", "mine"], /^tidegate: .*'mine' is invalid.*\n$/],
    ];
    for (const [args, line] of lines) {
      const { exitCode, out, err } = await tidegate(["bench", ...args]);
      assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
      assert.match(err, line);
    }
  });
});
