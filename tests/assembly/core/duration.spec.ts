import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseDuration, readDuration } from "../../../assembly/core/duration";
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
