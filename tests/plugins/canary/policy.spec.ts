import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { IdSet } from "../../../assembly/core/id-set";
import { ALL, StickyShare } from "../../../assembly/core/percent";
import {
  CanaryPolicy,
  Condition,
  ExactCondition,
  HeaderSource,
  ListCondition,
  NO_ARM,
  PrefixCondition,
  Rule,
  ShareCondition,
} from "../../../plugins/canary/policy";

/** A request with two headers, that notes which were asked for. */
class Request extends HeaderSource {
  asked: string = "";
  private values: ByteView[] = [];

  constructor(first: string, second: string = "") {
    super();
    this.values.push(new Utf8(first));
    this.values.push(new Utf8(second));
  }

  value(index: i32): ByteView {
    this.asked += index.toString();
    return this.values[index];
  }
}

function ids(list: string[]): IdSet {
  const set = new IdSet(list.length, 1, 2);
  for (let i = 0; i < list.length; i++) {
    const id = new Utf8(list[i]);
    set.add(id.ptr, id.length);
  }
  return set;
}

/** Rules of the conditions, in order, with the arms 0, 1, 2, ... */
function policyOf(conditions: Condition[], defaultArm: i32 = NO_ARM): CanaryPolicy {
  const policy = new CanaryPolicy();
  policy.defaultArm = defaultArm;
  for (let i = 0; i < conditions.length; i++) policy.rules.push(new Rule("r", conditions[i], i));
  return policy;
}

function decide(policy: CanaryPolicy, first: string, second: string = ""): i32 {
  return policy.decide(new Request(first, second));
}

describe("CanaryPolicy.decide", () => {
  it("takes the first rule that holds", () => {
    const policy = policyOf([
      new ExactCondition(0, "a"),
      new PrefixCondition(0, "a"),
      new ListCondition(0, ids(["ab"])),
    ]);
    expect<i32>(decide(policy, "a")).toBe(0);
    expect<i32>(decide(policy, "ab")).toBe(1);
    expect<i32>(decide(policy, "b")).toBe(NO_ARM);
  });

  it("falls to the default arm", () => {
    expect<i32>(decide(policyOf([new ExactCondition(0, "a")], 7), "b")).toBe(7);
    expect<i32>(decide(policyOf([], 3), "")).toBe(3);
    expect<i32>(decide(policyOf([]), "")).toBe(NO_ARM);
  });

  it("asks for no header that it does not need", () => {
    const policy = policyOf([new ExactCondition(0, "a"), new ExactCondition(1, "b")]);
    const met = new Request("a", "b");
    policy.decide(met);
    expect<string>(met.asked).toBe("0");
    const unmet = new Request("x", "b");
    policy.decide(unmet);
    expect<string>(unmet.asked).toBe("01");
  });
});

describe("conditions", () => {
  it("compare bytes", () => {
    const policy = policyOf([new ExactCondition(0, "Beta"), new PrefixCondition(1, "caf\u00e9")]);
    expect<i32>(decide(policy, "Beta")).toBe(0);
    expect<i32>(decide(policy, "beta")).toBe(NO_ARM);
    expect<i32>(decide(policy, "Beta ", "caf\u00e9s")).toBe(1);
    expect<i32>(decide(policy, "", "caf")).toBe(NO_ARM);
  });

  it("find an id in a list", () => {
    const policy = policyOf([new ListCondition(0, ids(["1001", "alice"]))]);
    expect<i32>(decide(policy, "1001")).toBe(0);
    expect<i32>(decide(policy, "alice")).toBe(0);
    expect<i32>(decide(policy, "1002")).toBe(NO_ARM);
    expect<i32>(decide(policy, "")).toBe(NO_ARM);
    expect<i32>(decide(policy, "1001,alice")).toBe(NO_ARM);
  });

  it("take a share of the keys, none at 0 and all at 100 percent", () => {
    let taken = 0;
    const half = policyOf([new ShareCondition(0, new StickyShare("s", 5000))]);
    const none = policyOf([new ShareCondition(0, new StickyShare("s", 0))]);
    const all = policyOf([new ShareCondition(0, new StickyShare("s", ALL))]);
    for (let i = 0; i < 1000; i++) {
      const user = `user${i}`;
      taken += i32(decide(half, user) == 0);
      expect<i32>(decide(half, user)).toBe(decide(half, user));
      expect<i32>(decide(none, user)).toBe(NO_ARM);
      expect<i32>(decide(all, user)).toBe(0);
    }
    expect<bool>(abs(taken - 500) < 64).toBe(true);
  });

  it("take a request without a key only at 100 percent", () => {
    expect<i32>(decide(policyOf([new ShareCondition(0, new StickyShare("s", ALL - 1))]), "")).toBe(NO_ARM);
    expect<i32>(decide(policyOf([new ShareCondition(0, new StickyShare("s", ALL))]), "")).toBe(0);
  });
});
