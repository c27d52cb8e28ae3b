import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LIMITER_NAMES } from "../../tools/simulate/limiters.js";
import type { Run } from "../../tools/simulate/run.js";
import { SCENARIO_NAMES } from "../../tools/simulate/scenarios.js";
import { tidegate } from "./memory-io.js";

const simulate = (...args: string[]) => tidegate(["simulate", ...args]);
const QUICK = ["--scenario", "overload-2x", "--duration", "4", "--workers", "1"];

describe("tidegate simulate", () => {
  it("prints a table for each scenario, a line for each limiter", async () => {
    const { exitCode, out, err } = await simulate(...QUICK, "--limiter", "none,static,tidegate-quota");
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    const lines = out.trimEnd().split("\n");
    assert.equal(lines[0], "overload-2x: 2 x capacity");
    assert.match(lines[1]!, /^limiter +workers +goodput % +p50 ms +p99 ms +rejected % +wasted % +s to 85 %$/);
    assert.deepEqual(
      lines.slice(2).map((line) => line.split(/ +/, 2)),
      [
        ["none", "1"],
        ["static", "1"],
        ["tidegate-quota", "1"],
      ],
    );
  });

  it("runs for each number of workers what they make a difference to", async () => {
    const limiters = ["--limiter", "quota,tidegate-quota,envoy-admission"];
    const { out } = await simulate(
      "--scenario",
      "steady",
      "--duration",
      "1",
      "--workers",
      "1,2",
      ...limiters,
      "-o",
      "json",
    );
    const runs = JSON.parse(out) as Run[];
    assert.deepEqual(
      runs.map(({ limiter, workers }) => `${limiter} ${workers}`),
      ["quota 1", "tidegate-quota 1", "tidegate-quota 2", "envoy-admission 1", "envoy-admission 2"],
    );
    for (const { measures } of runs) assert.ok(measures.goodput > 0.99);
  });

  it("has a line for each seed", async () => {
    const { out } = await simulate(...QUICK, "--limiter", "static", "--seed", "1,7");
    const lines = out.trimEnd().split("\n");
    assert.match(lines[1]!, /^limiter +workers +seed +goodput %/);
    assert.deepEqual(
      lines.slice(2).map((line) => line.split(/ +/)[2]),
      ["1", "7"],
    );
  });

  it("comes to the same with the same seed, to something else with another", async () => {
    const run = async (seed: string) =>
      (await simulate(...QUICK, "--limiter", "vegas", "--seed", seed, "-o", "json")).out;
    assert.equal(await run("1"), await run("1"));
    assert.notEqual(await run("1"), await run("2"));
  });

  it("traces one run by tenths of a second", async () => {
    const { out } = await simulate(...QUICK, "--limiter", "envoy-gradient", "--trace");
    const [header, ...lines] = out.trimEnd().split("\n");
    assert.equal(header, "second,offered,admitted,rejected,good,limit,inflight,waiting,p50_ms,p99_ms");
    assert.ok(lines.length >= 240 && lines.length <= 250);
    assert.match(lines[230]!, /^23\.0,\d+,\d+,\d+,\d+,\d+,\d+,\d+,\d+\.\d\d,\d+\.\d\d$/);
  });

  it("lists all that can be named", async () => {
    const { out } = await simulate("--list");
    for (const name of [...SCENARIO_NAMES, ...LIMITER_NAMES]) assert.match(out, new RegExp(`^  ${name} +\\S`, "m"));
  });

  const wrong: [args: string[], exitCode: number, message: string][] = [
    [["--scenario", "overlod-2x"], 2, 'no scenario overlod-2x. Did you mean "overload-2x"?'],
    [["--limiter", "nginx"], 2, "no limiter nginx. Allowed here: tidegate, tidegate-quota, none, static"],
    [["--limiter", ""], 2, "no limiter ."],
    [["--workers", "0"], 2, "Expected a whole number from 1 to 16."],
    [["--seed", "x"], 2, "Expected a whole number from 0 to 2147483648."],
    [["--trace"], 2, "--trace is of one run: name one --scenario, one --limiter, one number of --workers"],
    [["--module", "no-such.wasm"], 3, "no-such.wasm"],
    [["--module", "package.json"], 3, "WebAssembly.compile()"],
    [[...QUICK, "--limiter", "tidegate", "--config", "package.json"], 2, "the ratelimit plugin did not start: "],
  ];
  for (const [args, exitCode, message] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      const ran = await simulate(...args);
      assert.equal(ran.exitCode, exitCode);
      assert.ok(ran.err.includes(message), ran.err);
      assert.equal(ran.err.trimEnd().split("\n").length, 1);
      assert.equal(ran.out, "");
    });
  }
});
