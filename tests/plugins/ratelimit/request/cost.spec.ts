import { Reading } from "./rules";

function costing(cost: string): Reading {
  return new Reading(`"cost": ${cost}`);
}

function costOf(rule: Reading, header: string): i32 {
  return rule.cost(rule.request().with("x-cost", header));
}

describe("a cost", () => {
  it("is 1 unless configured", () => {
    const rule = new Reading('"shadow": false');
    expect(rule.cost(rule.request())).toBe(1);
  });

  it("may be the same for all requests", () => {
    const rule = costing('{"constant": 5}');
    expect(costOf(rule, "7")).toBe(5);
  });

  it("may come from a header, bounded", () => {
    const rule = costing('{"header": "x-cost", "default": 2, "max": 9}');
    expect(costOf(rule, "1")).toBe(1);
    expect(costOf(rule, "7")).toBe(7);
    expect(costOf(rule, "007")).toBe(7);
    expect(costOf(rule, "9")).toBe(9);
    const huge = ["10", "1000001", "4294967297", "18446744073709551617", "9".repeat(60_000)];
    for (let i = 0; i < huge.length; i++) expect(costOf(rule, huge[i])).toBe(9, huge[i].slice(0, 20));
  });

  it("is the default without a whole number from 1 on", () => {
    const rule = costing('{"header": "x-cost", "default": 2}');
    const wrong = [
      "",
      "0",
      "00",
      "-1",
      "+1",
      "1.5",
      "1e3",
      "0x10",
      " 1",
      "1 ",
      "1,2",
      "five",
      "\u0661",
      "9".repeat(30) + "x",
    ];
    for (let i = 0; i < wrong.length; i++) expect(costOf(rule, wrong[i])).toBe(2, wrong[i]);
    expect(rule.cost(rule.request())).toBe(2);
  });

  it("is at most the burst, unless the configuration says less", () => {
    const rule = costing('{"header": "x-cost"}');
    expect(costOf(rule, "11")).toBe(10);
    expect(rule.cost(rule.request())).toBe(1);
    const other = new Reading(
      '"cost": {"header": "x-cost"}, "key": {"header": "u"}, ' +
        '"overrides": [{"key": "a", "quota": {"requests": 4, "per": "day"}}, {"key": "b", "exempt": true}]',
    );
    expect(costOf(other, "11")).toBe(4);
  });
});
