import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseDuration, parseSeconds, readDuration, readSeconds } from "../../../assembly/core/duration";
import { parseJsonText } from "../../../assembly/core/json";

describe("parseDuration", () => {
  it("reads a whole number and a unit", () => {
    expect(parseDuration("0s")).toBe(0);
    expect(parseDuration("5us")).toBe(5_000);
    expect(parseDuration("250ms")).toBe(250_000_000);
    expect(parseDuration("3s")).toBe(3_000_000_000);
    expect(parseDuration("2m")).toBe(120_000_000_000);
    expect(parseDuration("999999h")).toBe(999_999 * 3_600_000_000_000);
  });

  it("refuses everything else", () => {
    const wrong = [
      "",
      "5",
      "s",
      "1.5s",
      "-1s",
      "+1s",
      " 1s",
      "1 s",
      "1s ",
      "1S",
      "1d",
      "1ns",
      "1000000s",
      "1s1s",
      "1é",
    ];
    for (let i = 0; i < wrong.length; i++) expect(parseDuration(wrong[i])).toBe(-1, wrong[i]);
  });
});

describe("readDuration", () => {
  it("gives the default for none, and reports what is none or out of range", () => {
    const problems = new Problems();
    const node = ConfigNode.root(parseJsonText('{"a": "5s", "b": "9ms", "c": 5, "d": "61m"}'), problems)!;
    expect(readDuration(node, "none", 7, "10ms", "1h")).toBe(7);
    expect(readDuration(node, "a", 7, "10ms", "1h")).toBe(5_000_000_000);
    expect(problems.ok).toBe(true);
    for (let i = 0; i < 3; i++) expect(readDuration(node, ["b", "c", "d"][i], 7, "10ms", "1h")).toBe(7);
    expect(problems.list.length).toBe(3);
    expect(problems.list[0]).toBe(
      '$.b: expected a duration from 10ms to 1h, a whole number and us, ms, s, m or h, not "9ms"',
    );
  });
});

describe("parseSeconds", () => {
  it("reads seconds, minutes, hours and days, and nothing else", () => {
    expect(parseSeconds("0s")).toBe(0);
    expect(parseSeconds("90m")).toBe(5400);
    expect(parseSeconds("36h")).toBe(129_600);
    expect(parseSeconds("30d")).toBe(2_592_000);
    expect(parseSeconds("999999d")).toBe(999_999 * 86_400);
    const wrong = ["", "5", "d", "1.5d", "-1d", "1000000d", "1ms", "1us", "1w", "1D", "1d "];
    for (let i = 0; i < wrong.length; i++) expect(parseSeconds(wrong[i])).toBe(-1, wrong[i]);
  });
});

describe("readSeconds", () => {
  it("gives the default for none, and reports what is none or out of range", () => {
    const problems = new Problems();
    const node = ConfigNode.root(parseJsonText('{"a": "2d", "b": "9ms", "c": 5, "d": "31d"}'), problems)!;
    expect(readSeconds(node, "none", 7, "1s", "30d")).toBe(7);
    expect(readSeconds(node, "a", 7, "1s", "30d")).toBe(172_800);
    expect(problems.ok).toBe(true);
    for (let i = 0; i < 3; i++) expect(readSeconds(node, ["b", "c", "d"][i], 7, "1s", "30d")).toBe(7);
    expect(problems.list.length).toBe(3);
    expect(problems.list[2]).toBe(
      '$.d: expected a duration from 1s to 30d, a whole number and s, m, h or d, not "31d"',
    );
  });
});
