import { FALSE, TRUE } from "../../../../plugins/ratelimit/conditions/program";
import { problemOf, Readings } from "./readings";

const MS: f64 = 1e6;

/** What an expression is with these readings: 1, 0 or NaN. */
function truth(text: string, readings: Readings): f64 {
  return readings.truth(text);
}

function expectTrue(text: string, readings: Readings): void {
  expect(truth(text, readings)).toBe(TRUE, text);
}

function expectFalse(text: string, readings: Readings): void {
  expect(truth(text, readings)).toBe(FALSE, text);
}

function expectUnknown(text: string, readings: Readings): void {
  expect(isNaN(truth(text, readings))).toBe(true, text);
}

function busy(): Readings {
  return new Readings()
    .set("latency.p99", 250 * MS)
    .set("latency.p50", 20 * MS)
    .set("inflight", 60)
    .set("rps", 1000)
    .set("error_rate", 0.02)
    .set("concurrency.limit", 80)
    .set("load.cpu", 0.9)
    .set("load.named.queue", 12);
}

describe("an expression", () => {
  it("compares signals with numbers and their units", () => {
    expectTrue("latency.p99 > 200ms", busy());
    expectTrue("latency.p99 > 0.2s", busy());
    expectTrue("latency.p99 == 250000us", busy());
    expectFalse("latency.p99 >= 1m", busy());
    expectFalse("latency.p99 > 1h", busy());
    expectTrue("error_rate >= 2%", busy());
    expectTrue("error_rate < 0.05", busy());
    expectTrue("inflight != 61", busy());
    expectTrue("load.cpu > 80%", busy());
    expectTrue("load.named.queue <= 12.0", busy());
  });

  it("joins comparisons, and binds tighter than or, not tightest", () => {
    expectTrue("latency.p99 > 200ms and inflight > 50", busy());
    expectTrue("latency.p99 > 200ms && inflight > 50", busy());
    expectFalse("latency.p99 > 200ms and inflight > 99", busy());
    expectTrue("error_rate > 5% or load.cpu > 0.8", busy());
    expectTrue("error_rate > 5% || load.cpu > 0.8", busy());
    expectTrue("inflight > 50 or inflight > 99 and rps < 1", busy());
    expectFalse("(inflight > 50 or inflight > 99) and rps < 1", busy());
    expectTrue("not rps < 100 and inflight > 50", busy());
    expectTrue("not (rps < 100)", busy());
    expectTrue("!(rps < 100)", busy());
    expectTrue("not not rps > 100", busy());
  });

  it("calculates: products before sums, from left to right", () => {
    expectTrue("inflight == 10 + 5 * 10", busy());
    expectTrue("inflight == 100 - 30 - 10", busy());
    expectTrue("inflight == 240 / 2 / 2", busy());
    expectTrue("inflight == (10 + 2) * 5", busy());
    expectTrue("inflight == -(-60)", busy());
    expectTrue("inflight > 70% * concurrency.limit", busy());
    expectTrue("inflight / concurrency.limit > 70%", busy());
    expectTrue("latency.p99 > 10 * latency.p50 + 1ms", busy());
    expectTrue("latency.p99 / latency.p50 == 12.5", busy());
    expectTrue("latency.p99 - latency.p50 == 230ms", busy());
  });

  it("knows the time of day", () => {
    const office = "time >= 09:00 and time < 17:30";
    expectFalse(office, new Readings().at(8, 59, 59));
    expectTrue(office, new Readings().at(9, 0, 0));
    expectTrue(office, new Readings().at(17, 29, 59));
    expectFalse(office, new Readings().at(17, 30, 0));
    expectTrue("time >= 22:00 or time < 06:00", new Readings().at(0, 0, 0));
    expectTrue("time < 24:00", new Readings().at(23, 59, 59));
    expectUnknown(office, new Readings());
  });

  it("takes any white space, or none", () => {
    expectTrue("  latency.p99>200ms\n\tand(inflight>50)  ", busy());
    expectTrue("!(rps<100)&&inflight>50||rps<1", busy());
  });
});

describe("what is unknown", () => {
  it("is decided by what is known, where that suffices", () => {
    const half = new Readings().set("inflight", 60);
    expectUnknown("rps > 1", half);
    expectUnknown("not (rps > 1)", half);
    expectFalse("rps > 1 and inflight > 99", half);
    expectFalse("inflight > 99 and rps > 1", half);
    expectTrue("rps > 1 or inflight > 50", half);
    expectTrue("inflight > 50 or rps > 1", half);
    expectUnknown("rps > 1 and inflight > 50", half);
    expectUnknown("inflight > 99 or rps > 1", half);
    expectUnknown("rps > 1 and rps < 1", half);
    expectUnknown("rps == rps", half);
    expectUnknown("rps != 1", half);
    expectUnknown("inflight + rps > 1", half);
  });

  it("comes of a division by zero, and of signals that are not finite", () => {
    const idle = new Readings().set("rps", 0).set("inflight", 0).set("load.cpu", Infinity);
    expectUnknown("inflight / rps > 1", idle);
    expectUnknown("1000 / rps > 1", idle);
    expectUnknown("load.cpu > 1", idle);
    expectTrue("rps < 1", idle);
  });
});

describe("an expression is refused, with what was expected and where:", () => {
  it("values of different kinds", () => {
    expect(problemOf("latency.p99 > 5%")).toBe("character 15: expected a duration such as 200ms, not a ratio");
    expect(problemOf("latency.p99 > 200")).toBe("character 15: expected a duration such as 200ms, not a number");
    expect(problemOf("inflight > 50%")).toBe("character 12: expected a number such as 50, not a ratio");
    expect(problemOf("5% < inflight")).toBe("character 6: expected a ratio such as 5%, not a number");
    expect(problemOf("time > 9")).toBe("character 8: expected a time of day such as 09:00, not a number");
    expect(problemOf("rps > 1 + 2ms")).toBe("character 11: expected a number such as 50, not a duration");
    expect(problemOf("latency.p50 * latency.p50 > 1")).toBe(
      "character 15: expected a number such as 2, not a duration",
    );
    expect(problemOf("time + 1 > 09:00")).toBe("character 6: a time of day cannot stand before this operator");
  });

  it("what is no comparison, and comparisons of comparisons", () => {
    expect(problemOf("inflight")).toBe("character 1: expected a comparison such as rps > 50, not a number");
    expect(problemOf("inflight > 1 and rps")).toBe(
      "character 18: expected a comparison such as rps > 50, not a number",
    );
    expect(problemOf("rps or inflight > 1")).toBe("character 1: expected a comparison such as rps > 50, not a number");
    expect(problemOf("not rps")).toBe("character 5: expected a comparison such as rps > 50, not a number");
    expect(problemOf("1 < inflight < 9")).toBe(
      'character 14: expected and, or, or the end after a comparison, not "<"',
    );
    expect(problemOf("(rps > 1) == (rps > 2)")).toBe(
      'character 11: expected and, or, or the end after a comparison, not "=="',
    );
    expect(problemOf("rps > (rps > 1)")).toBe("character 7: expected a number such as 50, not a comparison");
    expect(problemOf("-(rps > 1) > 1")).toBe("character 2: expected a number after the minus sign, not a comparison");
  });

  it("no signal at all", () => {
    expect(problemOf("1 < 2")).toBe("character 1: expected at least one signal");
  });

  it("names that are none", () => {
    expect(problemOf("latency.p98 > 1s")).toBe('character 1: unknown signal "latency.p98"; did you mean latency.p90?');
    expect(problemOf("rps > 1 and errorrate > 5%")).toBe(
      'character 13: unknown signal "errorrate"; did you mean error_rate?',
    );
    expect(problemOf("load.named. > 1").includes("load.named.NAME, load.utilization.NAME")).toBe(true);
    expect(problemOf("rps > 1 AND rps < 2")).toBe(
      'character 9: expected an operator or the end, not "AND"; did you mean and?',
    );
  });

  it("numbers that are none", () => {
    expect(problemOf("latency.p99 > 200min")).toBe(
      'character 15: expected one of the units us, ms, s, m, h and %, not "200min"',
    );
    expect(problemOf("rps > 1.")).toBe('character 7: expected a digit after the point, not "1."');
    expect(problemOf("rps > 1234567890123456").startsWith("character 7: expected a number of at most 15")).toBe(true);
    const times = ["9:00", "09:0", "09:60", "24:01", "25:00", "09:000", "09:", "09:00x"];
    for (let i = 0; i < times.length; i++) {
      const problem = problemOf(`time > ${times[i]}`);
      expect(problem.startsWith("character 8: expected a time of day from 00:00 to 24:00, not ")).toBe(true, problem);
    }
  });

  it("what is missing, or one too many", () => {
    expect(problemOf("rps >")).toBe("character 6: expected a signal or a number, not the end");
    expect(problemOf("> 5")).toBe('character 1: expected a signal or a number, not ">"');
    expect(problemOf("rps > 1 and")).toBe("character 12: expected a signal or a number, not the end");
    expect(problemOf("(rps > 1")).toBe("character 9: expected an operator or ), not the end");
    expect(problemOf("rps > 1)")).toBe('character 8: expected an operator or the end, not ")"');
    expect(problemOf("rps = 1")).toBe('character 5: expected == to compare, not "="');
    expect(problemOf("rps > 1 & rps < 2")).toBe('character 9: expected and, not "&"');
    expect(problemOf("rps > 1 | rps < 2")).toBe('character 9: expected or, not "|"');
    expect(problemOf("")).toBe("character 1: expected a signal or a number, not the end");
    expect(problemOf("rps > \u{1f600}").startsWith("character 7: expected a signal, a number, an operator")).toBe(true);
  });

  it("more than is bounded", () => {
    expect(problemOf("(".repeat(16) + "rps > 1" + ")".repeat(16))).toBe("");
    expect(problemOf("(".repeat(17) + "rps > 1" + ")".repeat(17))).toBe("character 17: expected at most 16 levels");
    expect(problemOf("not ".repeat(17) + "rps > 1")).toBe("character 65: expected at most 16 levels");
    expect(problemOf("rps > " + "-".repeat(17) + "1")).toBe("character 23: expected at most 16 levels");
    expect(problemOf("rps > 1" + " + 1".repeat(30))).toBe("");
    const problem = problemOf("rps > 1" + " + 1".repeat(31));
    expect(problem.includes("expected at most 64 signals, numbers and operators")).toBe(true, problem);
    const metrics = ["load.cpu", "load.memory", "load.eps", "load.rps", "load.named.a", "load.named.b"];
    metrics.push("load.utilization.a");
    metrics.push("load.utilization.b");
    const eight = metrics.join(" > 1 or ") + " > 1";
    expect(problemOf(eight)).toBe("");
    expect(problemOf(eight + " or load.named.a > 2")).toBe("");
    const nine = problemOf(eight + " or load.named.c > 1");
    expect(nine.includes("expected at most 8 different signals of load reports")).toBe(true, nine);
  });
});
