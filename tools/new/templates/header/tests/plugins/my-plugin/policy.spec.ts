import { Action, decide, dependsOnAnswer, Existing } from "../../../plugins/my-plugin/policy";

describe("decide", () => {
  it("replaces, whatever the answer has", () => {
    expect<Action>(decide(Existing.Replace, false)).toBe(Action.Replace);
    expect<Action>(decide(Existing.Replace, true)).toBe(Action.Replace);
  });

  it("keeps what is there", () => {
    expect<Action>(decide(Existing.Keep, false)).toBe(Action.Add);
    expect<Action>(decide(Existing.Keep, true)).toBe(Action.Nothing);
  });

  it("adds, whatever the answer has", () => {
    expect<Action>(decide(Existing.Add, false)).toBe(Action.Add);
    expect<Action>(decide(Existing.Add, true)).toBe(Action.Add);
  });
});

describe("dependsOnAnswer", () => {
  it("is true where the decision differs", () => {
    for (let existing = Existing.Replace; existing <= Existing.Add; existing++) {
      expect(dependsOnAnswer(existing)).toBe(decide(existing, false) != decide(existing, true));
    }
  });
});
