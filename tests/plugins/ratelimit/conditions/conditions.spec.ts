import { Quota, TICKS_PER_SECOND } from "../../../../assembly/core/gcra";
import { ConditionConfig } from "../../../../plugins/ratelimit/conditions/condition";
import { Conditions } from "../../../../plugins/ratelimit/conditions/conditions";
import { parseExpression } from "../../../../plugins/ratelimit/conditions/parser";
import { RuleConditions } from "../../../../plugins/ratelimit/conditions/rule-conditions";
import { QuotaConfig } from "../../../../plugins/ratelimit/quota/config";
import { Readings } from "./readings";

const SECOND: i64 = 1_000_000_000;
const TICK_MS: i64 = 50;

/** One rule of 100 requests a second, burst 10, with conditions, ticking every 50 ms. */
class Rule {
  readonly readings: Readings = new Readings();
  private readonly configs: ConditionConfig[] = [];
  private made: Conditions | null = null;
  private nowNs: u64 = 5_000_000_000;
  changes: i32 = 0;

  add(when: string, percent: f64): ConditionConfig {
    const config = new ConditionConfig();
    config.name = `c${this.configs.length}`;
    config.when = parseExpression(when, this.readings.table).program;
    config.percent = percent;
    this.configs.push(config);
    return config;
  }

  until(config: ConditionConfig, text: string): void {
    config.until = parseExpression(text, this.readings.table).program;
  }

  get conditions(): Conditions {
    let made = this.made;
    if (made == null) {
      made = new Conditions(this.readings.table, [new RuleConditions(new Quota(100, 1, 10), this.configs)]);
      this.made = made;
    }
    return made;
  }

  get rule(): RuleConditions {
    return this.conditions.rules[0];
  }

  /** Requests a second. */
  get rate(): f64 {
    return Math.round((<f64>TICKS_PER_SECOND * 1000) / <f64>this.rule.quota.interval) / 1000;
  }

  tick(ms: i64 = TICK_MS): bool {
    this.nowNs += ms * 1_000_000;
    const changed = this.conditions.tick(this.nowNs, 0, this.readings);
    if (changed) this.changes++;
    return changed;
  }

  /** Lets so many milliseconds pass, tick by tick. */
  pass(ms: i64): void {
    for (let passed: i64 = 0; passed < ms; passed += TICK_MS) this.tick();
  }

  with(name: string, value: f64): Rule {
    this.readings.set(name, value);
    return this;
  }
}

describe("a condition", () => {
  it("changes the quota at the first tick at which it is true", () => {
    const rule = new Rule();
    rule.add("rps > 10", 25);
    rule.with("rps", 10).pass(1000);
    expect(rule.rate).toBe(100);
    expect(rule.changes).toBe(0);
    rule.with("rps", 11).tick();
    expect(rule.rate).toBe(25);
    expect(rule.rule.activeName).toBe("c0");
    expect(rule.rule.percent).toBe(25);
    rule.pass(1000);
    expect(rule.changes).toBe(1, "and then no more");
  });

  it("must be true at every tick for the time that `for` says", () => {
    const rule = new Rule();
    rule.add("rps > 10", 25).forNs = SECOND;
    rule.with("rps", 11).pass(900);
    rule.with("rps", 1).tick();
    rule.with("rps", 11).pass(1000);
    expect(rule.rate).toBe(100);
    rule.tick();
    expect(rule.rate).toBe(25);
  });

  it("starts that time anew when it is unknown in between", () => {
    const rule = new Rule();
    rule.add("rps > 10", 25).forNs = SECOND;
    rule.with("rps", 11).pass(900);
    rule.with("rps", NaN).tick();
    rule.with("rps", 11).pass(1000);
    expect(rule.rate).toBe(100);
    rule.tick();
    expect(rule.rate).toBe(25);
  });

  it("stays for `hold`, whatever the signals do, so that they cannot make the quota flap", () => {
    const rule = new Rule();
    const config = rule.add("rps > 10", 25);
    config.holdNs = 5 * SECOND;
    config.rampNs = 0;
    let last = rule.rate;
    let moves = 0;
    for (let i = 0; i < 1200; i++) {
      rule.with("rps", i % 2 == 0 ? 11 : 9).tick();
      if (rule.rate != last) moves++;
      last = rule.rate;
    }
    expect(moves).toBeGreaterThan(4);
    expect(moves).toBeLessThan(25, "60 s: at most twice in 5 s");
  });

  it("leaves by `until`, not before", () => {
    const rule = new Rule();
    const config = rule.add("rps > 10", 25);
    config.holdNs = SECOND;
    config.rampNs = 0;
    rule.until(config, "rps < 5");
    rule.with("rps", 11).tick();
    rule.with("rps", 7).pass(20_000);
    expect(rule.rate).toBe(25);
    rule.with("rps", 4).tick();
    expect(rule.rate).toBe(100);
    rule.with("rps", 7).pass(1000);
    expect(rule.rate).toBe(100);
  });

  it("stays for `hold` while it is unknown, then no longer", () => {
    const rule = new Rule();
    const config = rule.add("rps > 10", 25);
    config.holdNs = 3 * SECOND;
    config.rampNs = 0;
    rule.with("rps", 11).pass(10_000);
    rule.with("rps", NaN).pass(2900);
    expect(rule.rate).toBe(25);
    rule.with("rps", 11).tick();
    rule.with("rps", NaN).pass(2950);
    expect(rule.rate).toBe(25);
    rule.tick();
    expect(rule.rate).toBe(100);
  });

  it("is not true while it is unknown", () => {
    const rule = new Rule();
    rule.add("rps > 10", 25);
    rule.pass(20_000);
    expect(rule.rate).toBe(100);
    expect(rule.changes).toBe(0);
  });

  it("may be about the delay of the worker's ticks", () => {
    const rule = new Rule();
    const config = rule.add("pressure.delay > 20ms", 25);
    config.holdNs = SECOND;
    config.rampNs = 0;
    rule.pass(1000);
    for (let i = 0; i < 10; i++) rule.tick(60);
    expect(rule.rate).toBe(100, "10 ms late");
    for (let i = 0; i < 10; i++) rule.tick(100);
    expect(rule.rate).toBe(25, "50 ms late");
    rule.tick(-5000);
    rule.tick(3_600_000);
    rule.pass(500);
    expect(rule.rate).toBe(25, "a long pause counts as a second late");
    rule.pass(1000);
    expect(rule.rate).toBe(100);
  });

  it("is passed over by a clock that steps back or that stood still, and counts a pause as a second", () => {
    const rule = new Rule();
    rule.add("rps > 10", 25).forNs = 2 * SECOND;
    rule.with("rps", 11).tick();
    rule.tick(-1_000_000);
    rule.tick(0);
    expect(rule.rate).toBe(100);
    rule.tick(3_600_000);
    expect(rule.rate).toBe(100);
    rule.tick(1000);
    expect(rule.rate).toBe(25);
  });
});

describe("several conditions", () => {
  it("count in their order: the first that is active", () => {
    const rule = new Rule();
    rule.add("rps > 20", 10).rampNs = 0;
    const second = rule.add("rps > 10", 50);
    second.rampNs = 0;
    rule.with("rps", 15).tick();
    expect(rule.rate).toBe(50);
    rule.with("rps", 25).tick();
    expect(rule.rate).toBe(10);
    expect(rule.rule.activeName).toBe("c0");
    rule.with("rps", 15).pass(10_000);
    expect(rule.rate).toBe(50);
    rule.with("rps", 1).tick();
    expect(rule.rate).toBe(100);
    expect(rule.rule.activeName).toBe("");
  });

  it("may give another quota in place of a share", () => {
    const rule = new Rule();
    const quota = new QuotaConfig();
    quota.requests = 3;
    quota.burst = 7;
    rule.add("rps > 10", 100).quota = quota;
    rule.with("rps", 15).tick();
    expect(rule.rate).toBe(3);
    expect(rule.rule.quota.burst).toBe(7);
    expect(rule.rule.percent).toBe(100, "overrides keep theirs");
  });
});

describe("a ramp", () => {
  it("is 10 s up and none down, if not configured", () => {
    const rule = new Rule();
    rule.add("rps > 10", 50);
    rule.with("rps", 11).tick();
    expect(rule.rate).toBe(50);
    rule.with("rps", 1).pass(10_000);
    expect(rule.rate).toBe(50, "leaves now");
    rule.pass(5000);
    expect(rule.rate).toBe(75);
    expect(rule.rule.percent).toBe(75);
    rule.pass(5000);
    expect(rule.rate).toBe(100);
    expect(rule.tick()).toBe(false);
  });

  it("takes its time both ways, if configured, in even steps", () => {
    const rule = new Rule();
    rule.add("rps > 10", 20).rampNs = 4 * SECOND;
    rule.with("rps", 11).tick();
    let last = rule.rate;
    for (let i = 0; i < 80; i++) {
      rule.tick();
      expect(Math.abs(last - rule.rate - 1)).toBeLessThan(0.01);
      last = rule.rate;
    }
    expect(rule.rate).toBe(20);
    rule.with("rps", 1).pass(10_000);
    rule.pass(4000);
    expect(rule.rate).toBe(100);
  });

  it("turns back from where it is", () => {
    const rule = new Rule();
    const config = rule.add("rps > 10", 50);
    config.holdNs = SECOND;
    rule.with("rps", 11).tick();
    rule.with("rps", 1).pass(1000);
    rule.pass(5000);
    expect(rule.rate).toBe(75);
    rule.with("rps", 11).tick();
    expect(rule.rate).toBe(50, "down at once");
    rule.with("rps", 1).pass(1000);
    rule.pass(1000);
    expect(rule.rate).toBe(55);
  });

  it("moves by a second at most, however long the pause", () => {
    const rule = new Rule();
    rule.add("rps > 10", 50);
    rule.with("rps", 11).tick();
    rule.with("rps", 1).pass(10_000);
    rule.tick(3_600_000);
    expect(rule.rate).toBe(55);
  });

  it("raises a quota that is above the rule's own, too", () => {
    const rule = new Rule();
    rule.add("rps < 10", 300);
    rule.with("rps", 1).tick();
    expect(rule.rate).toBe(100);
    rule.pass(5000);
    expect(rule.rate).toBe(200);
    rule.pass(6000);
    expect(rule.rate).toBe(300);
    rule.with("rps", 11).tick();
    expect(rule.rate).toBe(100);
  });

  it("ends at the quota itself, so that nothing is lost by rounding", () => {
    const rule = new Rule();
    rule.add("rps > 10", 33);
    const base = rule.rule.quota;
    rule.with("rps", 11).tick();
    rule.with("rps", 1).pass(30_000);
    expect(rule.rule.quota == base).toBe(true);
  });
});
