import { NO_PLACE } from "../../../assembly/core/percent";
import { HeaderNames, RequestFacts } from "../../../assembly/request/facts";
import { MemoryRequest } from "../../assembly/request/memory-request";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { Condition } from "../../../plugins/canary/conditions/condition";
import { ArmOutcome, NO_ARM, Outcome } from "../../../plugins/canary/outcome/outcome";
import { CanaryPolicy, NO_RULE, Rule } from "../../../plugins/canary/policy";
import { Schedule } from "../../../plugins/canary/schedule/schedule";

/** Holds or not, and counts how often it was asked. */
class Fixed extends Condition {
  asked: i32 = 0;

  constructor(private readonly answer: bool) {
    super("fixed");
  }

  holds(facts: RequestFacts): bool {
    this.asked++;
    return this.answer;
  }
}

/** A lane by a label. */
class Labelled extends Outcome {
  private readonly text: Utf8 = new Utf8("alice");

  pick(facts: RequestFacts): i32 {
    return 1;
  }

  get label(): ByteView | null {
    return this.text;
  }
}

/** Gives nobody an arm. */
class Nothing extends Outcome {
  pick(facts: RequestFacts): i32 {
    return NO_ARM;
  }
}

const ARMS: i32 = 3;
const request = new MemoryRequest(new HeaderNames());

function rule(answer: bool, arm: i32): Rule {
  return new Rule("r", new Fixed(answer), null, new ArmOutcome(arm));
}

function policyOf(rules: Rule[], defaultArm: i32 = NO_ARM): CanaryPolicy {
  return new CanaryPolicy(rules, ARMS, defaultArm);
}

describe("CanaryPolicy.decide", () => {
  it("takes the first rule that matches, and asks none after it", () => {
    const later = new Fixed(true);
    const policy = policyOf([rule(false, 0), rule(true, 1), new Rule("l", later, null, new ArmOutcome(2))]);
    expect<i32>(policy.decide(request)).toBe(1);
    expect<i32>(policy.decidedBy).toBe(1);
    expect<i32>(later.asked).toBe(0);
  });

  it("takes a rule without a match for every request", () => {
    expect<i32>(policyOf([new Rule("r", null, null, new ArmOutcome(2))]).decide(request)).toBe(2);
  });

  it("falls to the default arm, or to none", () => {
    const policy = policyOf([rule(false, 0)], 2);
    expect<i32>(policy.decide(request)).toBe(2);
    expect<i32>(policy.decidedBy).toBe(NO_RULE);
    expect<i32>(policyOf([rule(false, 0)]).decide(request)).toBe(NO_ARM);
    expect<i32>(policyOf([]).decide(request)).toBe(NO_ARM);
  });

  it("goes on after a rule that gives no arm", () => {
    expect<i32>(policyOf([new Rule("n", null, null, new Nothing()), rule(true, 1)]).decide(request)).toBe(1);
  });

  it("goes on after a rule whose arm is stopped; the default arm is given all the same", () => {
    const policy = policyOf([rule(true, 0), rule(true, 1)], 2);
    policy.stopped[0] = true;
    expect<i32>(policy.decide(request)).toBe(1);
    policy.stopped[1] = true;
    policy.stopped[2] = true;
    expect<i32>(policy.decide(request)).toBe(2);
    policy.stopped[0] = false;
    expect<i32>(policy.decide(request)).toBe(0);
  });

  it("takes a rule with a schedule only while that is known to be active", () => {
    const schedule = new Schedule(1000, 2000, []);
    const policy = policyOf([new Rule("s", null, schedule, new ArmOutcome(0))], 1);
    const times: i64[] = [0, 999, 1000, 1999, 0, 2000];
    const arms: i32[] = [1, 1, 0, 0, 0, 1]; // a clock that does not answer changes nothing
    expect<i32>(policy.decide(request)).toBe(1);
    for (let i = 0; i < times.length; i++) {
      policy.follow(times[i]);
      expect<i32>(policy.decide(request)).toBe(arms[i], times[i].toString());
    }
  });
});

describe("CanaryPolicy.label", () => {
  it("is that of the lane by which the last request was decided", () => {
    const policy = policyOf([new Rule("l", null, null, new Labelled())]);
    policy.decide(request);
    expect<string>(policy.label.toString()).toBe("alice");
  });

  it("has no bytes when another rule decided, or none", () => {
    const policy = policyOf([rule(true, 0)]);
    policy.decide(request);
    expect<i32>(policy.label.length).toBe(0);
    const none = policyOf([]);
    none.decide(request);
    expect<i32>(none.label.length).toBe(0);
  });
});

describe("ArmOutcome", () => {
  it("has no places", () => {
    expect<i32>(new ArmOutcome(0).placeOf(request)).toBe(NO_PLACE);
  });
});
