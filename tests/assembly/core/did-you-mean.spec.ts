import { didYouMean, editDistance } from "../../../assembly/core/did-you-mean";

const known = ["rules", "arm", "default", "decision_header", "percent"];

describe("editDistance", () => {
  it("counts letters added, dropped, changed and swapped", () => {
    expect<i32>(editDistance("rules", "rules")).toBe(0);
    expect<i32>(editDistance("", "abc")).toBe(3);
    expect<i32>(editDistance("rule", "rules")).toBe(1);
    expect<i32>(editDistance("rulse", "rules")).toBe(1);
    expect<i32>(editDistance("rukes", "rules")).toBe(1);
    expect<i32>(editDistance("kitten", "sitting")).toBe(3);
  });
});

describe("didYouMean", () => {
  it("finds the nearest", () => {
    expect<string>(didYouMean("rule", known)).toBe("rules");
    expect<string>(didYouMean("Percent", known)).toBe("percent");
    expect<string>(didYouMean("decisionheader", known)).toBe("decision_header");
    expect<string>(didYouMean("defualt", known)).toBe("default");
  });

  it("keeps quiet when none is near", () => {
    expect<string>(didYouMean("weight", known)).toBe("");
    expect<string>(didYouMean("x", known)).toBe("");
    expect<string>(didYouMean("r".repeat(100000), known)).toBe("");
  });
});
