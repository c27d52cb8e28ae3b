import {
  credited,
  MAX_TOLERANCE,
  owesNothing,
  Quota,
  settled,
  ticksOf,
  Timeline,
  waitSeconds,
} from "../../../assembly/core/gcra";

const SECOND: u64 = 1_000_000_000;
const DAY: u64 = 86_400 * SECOND;

/** One key under one quota, with the count of what it admitted. */
class Bucket {
  tat: u64 = 0;
  admitted: i64 = 0;
  private readonly time: Timeline;

  constructor(
    readonly quota: Quota,
    readonly startNs: u64,
  ) {
    this.time = new Timeline(startNs);
    this.tat = ticksOf(startNs);
  }

  /** Asks at `ns` after the start. */
  ask(ns: u64): bool {
    const now = this.time.at(this.startNs + ns);
    if (this.quota.wait(this.tat, now) > 0) return false;
    this.tat = this.quota.debit(this.tat, now);
    this.admitted++;
    return true;
  }

  /** Asks every `stepNs` from 0 to `untilNs`, both included. */
  askEvery(stepNs: u64, untilNs: u64): i64 {
    for (let ns: u64 = 0; ns <= untilNs; ns += stepNs) this.ask(ns);
    return this.admitted;
  }
}

function bucket(requests: i64, periodSeconds: i64, burst: i64): Bucket {
  return new Bucket(new Quota(requests, periodSeconds, burst), 123_456_789);
}

let seed: u64 = 1;
function random(below: u64): u64 {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % below;
}

/** Admissions, at random times with pauses, beyond what the quota allows in the worst of all windows. */
function worstExcess(requests: u64, periodSeconds: u64, burst: i64, meanGapNs: u64): i64 {
  const one = bucket(requests, periodSeconds, burst);
  const times: u64[] = [];
  let ns: u64 = 0;
  for (let i = 0; i < 20_000 && times.length < 1_500; i++) {
    ns += random(100) == 0 ? random(200 * meanGapNs) : random(2 * meanGapNs);
    if (one.ask(ns)) times.push(ns);
  }
  let worst = i64.MIN_VALUE;
  for (let to = 0; to < times.length; to++) {
    for (let from = 0; from <= to; from++) {
      const earned = ((times[to] - times[from]) * requests) / (periodSeconds * SECOND);
      worst = max(worst, <i64>(to - from + 1) - burst - <i64>earned);
    }
  }
  return worst;
}

describe("Quota", () => {
  it("admits a burst at once and not one more", () => {
    const one = bucket(10, 1, 20);
    for (let i = 0; i < 100; i++) one.ask(0);
    expect(one.admitted).toBe(20);
  });

  it("admits again exactly when the wait is over", () => {
    const quota = new Quota(3, 1, 2);
    let tat = ticksOf(SECOND);
    const now = tat;
    tat = quota.debit(quota.debit(tat, now), now);
    const wait = quota.wait(tat, now);
    expect(wait).toBe(quota.interval);
    expect(quota.wait(tat, now + <u64>wait - 1)).toBe(1);
    expect(quota.wait(tat, now + <u64>wait)).toBe(0);
  });

  it("owes nothing once its state is not after now", () => {
    const quota = new Quota(1, 1, 1);
    const now = ticksOf(SECOND);
    const tat = quota.debit(now, now);
    expect(owesNothing(tat, now)).toBe(false);
    expect(owesNothing(tat, tat - 1)).toBe(false);
    expect(owesNothing(tat, tat)).toBe(true);
  });

  it("never admits more than burst + rate * t in any window", () => {
    expect(worstExcess(10, 1, 20, 10_000_000)).toBeLessThanOrEqual(0);
    expect(worstExcess(7, 86_400, 1, 1800 * SECOND)).toBeLessThanOrEqual(0);
    expect(worstExcess(1_000_000, 1, 50, 100)).toBeLessThanOrEqual(0);
    expect(worstExcess(999_983, 1, 3, 300)).toBeLessThanOrEqual(0);
    expect(worstExcess(100, 60, 100, 60_000_000)).toBeLessThanOrEqual(0);
  });

  it("comes as near to burst + rate * t as the load of each test allows", () => {
    // The excess of 0 says that the limit itself was met: the property above is not idle.
    expect(worstExcess(10, 1, 20, 10_000_000)).toBe(0);
    expect(worstExcess(1_000_000, 1, 50, 100)).toBe(0);
  });

  it("gives 7 a day in full: 30 days of asking each minute", () => {
    expect(bucket(7, 86_400, 20).askEvery(60 * SECOND, 30 * DAY + 60 * SECOND)).toBe(20 + 7 * 30);
  });

  it("gives 3 a second in full over an hour", () => {
    expect(bucket(3, 1, 2).askEvery(1_000_000, 3600 * SECOND + 1_000_000)).toBe(2 + 3 * 3600);
  });

  it("gives 1,000,000 a second in full", () => {
    expect(bucket(1_000_000, 1, 10).askEvery(500, SECOND)).toBe(10 + 1_000_000);
  });

  it("is at most 4 in a million below a rate whose interval is no whole tick", () => {
    const admitted = bucket(999_983, 1, 5).askEvery(250, 2 * SECOND);
    expect(admitted).toBeGreaterThanOrEqual(5 + 2 * 999_983 - 8);
    expect(admitted).toBeLessThanOrEqual(5 + 2 * 999_983);
  });

  it("takes a burst that fits in 180 days and refuses a longer one", () => {
    expect(Quota.fits(1, 86_400, 180)).toBe(true);
    expect(Quota.fits(1, 86_400, 181)).toBe(false);
    expect(Quota.fits(1_000_000, 1, 1_000_000_000)).toBe(true);
    expect(new Quota(1, 86_400, 180).tolerance).toBe(MAX_TOLERANCE);
  });

  it("works at the longest burst without overflow", () => {
    const one = bucket(1, 86_400, 180);
    for (let i = 0; i < 200; i++) one.ask(0);
    expect(one.admitted).toBe(180);
    one.ask(DAY - 1);
    expect(one.admitted).toBe(180);
    one.ask(DAY);
    expect(one.admitted).toBe(181);
  });
});

describe("a cost", () => {
  it("is debited as that many requests at once", () => {
    const quota = new Quota(10, 1, 20);
    const now = ticksOf(SECOND);
    expect(quota.available(now, now)).toBe(20);
    const tat = quota.debit(now, now, 15);
    expect(quota.available(tat, now)).toBe(5);
    expect(quota.wait(tat, now, 5)).toBe(0);
    expect(quota.wait(tat, now, 6)).toBe(quota.interval);
    expect(quota.available(tat, now + <u64>quota.interval - 1)).toBe(5);
    expect(quota.available(tat, now + <u64>quota.interval)).toBe(6);
  });

  it("of a whole burst overflows nothing, however long that takes", () => {
    const slow = new Quota(1, 86_400, 180);
    expect(slow.debit(0, 0, slow.burst)).toBe(<u64>MAX_TOLERANCE);
    expect(slow.wait(<u64>MAX_TOLERANCE, 0, slow.burst)).toBe(MAX_TOLERANCE);
    const fast = new Quota(1_000_000, 1, 1_000_000_000);
    expect(fast.available(0, 0)).toBe(1_000_000_000);
    expect(fast.available(fast.debit(0, 0, 999_999_999), 0)).toBe(1);
  });
});

describe("credited", () => {
  it("takes a debit back, and what is owed never below nothing", () => {
    const quota = new Quota(10, 1, 20);
    const now = ticksOf(SECOND);
    const tat = quota.debit(now, now, 15);
    expect(credited(tat, now, 15, quota.interval)).toBe(now);
    expect(credited(tat, now, 10, quota.interval)).toBe(quota.debit(now, now, 5));
    expect(credited(tat, now, 1000, quota.interval)).toBe(now);
  });
});

describe("a part of a quota", () => {
  it("has that part of the rate and of the burst", () => {
    const whole = new Quota(10, 1, 20);
    const half = whole.percent(50);
    expect(half.interval).toBe(2 * whole.interval);
    expect(half.burst).toBe(10);
    expect(half.available(0, 0)).toBe(10);
    expect(whole.percent(100).burst).toBe(20);
    expect(whole.percent(200).burst).toBe(40);
    expect(whole.percent(200).interval).toBe(whole.interval / 2);
  });

  it("lets nobody owe longer than the whole does, so that all of it is there at once when it is back", () => {
    const whole = new Quota(10, 1, 20);
    const tenth = whole.percent(10);
    const now = ticksOf(SECOND);
    const tat = tenth.debit(now, now, tenth.burst);
    expect(<i64>(tat - now)).toBeLessThanOrEqual(whole.tolerance);
    expect(whole.wait(tat, now)).toBeLessThanOrEqual(whole.interval);
  });

  it("has a burst of one where less would be left, and is never beyond 180 days", () => {
    const one = new Quota(1, 86_400, 1).percent(1);
    expect(one.burst).toBe(1);
    expect(one.tolerance).toBe(one.interval);
    expect(new Quota(1, 86_400, 180).percent(0).interval).toBe(MAX_TOLERANCE);
    expect(new Quota(1_000_000, 1, 1_000_000_000).percent(1000).burst).toBe(10_000_000_000);
  });
});

describe("time", () => {
  it("that goes back gives nothing and shuts nobody out", () => {
    const one = bucket(10, 1, 5);
    for (let i = 0; i < 10; i++) one.ask(3600 * SECOND);
    expect(one.admitted).toBe(5);
    expect(one.ask(0)).toBe(false);
    expect(one.ask(SECOND / 10 - 1)).toBe(false);
    expect(one.ask(SECOND / 10)).toBe(true);
  });

  it("needs no Timeline to keep a state from a step back within a full burst", () => {
    const quota = new Quota(10, 1, 5);
    expect(quota.wait(ticksOf(3600 * SECOND), 0)).toBe(quota.interval);
  });

  it("that goes back and on again never yields more than burst + rate * all that passed", () => {
    const one = bucket(10, 1, 5);
    let ns: u64 = 3600 * SECOND;
    let passedNs: u64 = 0;
    for (let i = 0; i < 100_000; i++) {
      const step = random(2_000_000);
      if (random(10) == 0) {
        ns -= random(5_000_000);
      } else {
        ns += step;
        passedNs += step;
      }
      one.ask(ns);
    }
    expect(one.admitted).toBeLessThanOrEqual(5 + <i64>((passedNs * 10) / SECOND) + 1);
    expect(one.admitted).toBeGreaterThan(100);
  });

  it("that jumps ahead fills the bucket once, not more", () => {
    const one = bucket(10, 1, 5);
    for (let i = 0; i < 10; i++) one.ask(0);
    for (let i = 0; i < 1000; i++) one.ask(100 * DAY);
    expect(one.admitted).toBe(10);
  });

  it("may start anywhere, also just before the clock's range ends", () => {
    const ends: u64[] = [1, ((<u64>1) << 56) - SECOND, u64.MAX_VALUE - SECOND, ((<u64>1) << 55) - SECOND];
    for (let i = 0; i < ends.length; i++) {
      const one = new Bucket(new Quota(10, 1, 5), ends[i]);
      expect(one.askEvery(1_000_000, 2 * SECOND)).toBe(5 + 20);
    }
  });

  it("begins with the first reading when there is none at the start", () => {
    const time = new Timeline(0);
    expect(time.at(100 * DAY)).toBe(ticksOf(100 * DAY));
    expect(time.at(50 * DAY)).toBe(ticksOf(100 * DAY));
  });

  it("of workers that start before and after a step back is the same once they agree", () => {
    const early = new Timeline(3600 * SECOND);
    expect(early.at(1800 * SECOND)).toBe(ticksOf(3600 * SECOND));
    const late = new Timeline(1800 * SECOND);
    expect(early.agree(0)).toBe(true, "others should know");
    expect(late.agree(early.offsetNs)).toBe(false);
    expect(early.at(1801 * SECOND)).toBe(late.at(1801 * SECOND));
    expect(early.agree(late.offsetNs)).toBe(false);
  });

  it("of a worker that hears of a step before it sees it counts it once", () => {
    const time = new Timeline(3600 * SECOND);
    time.agree(1800 * SECOND);
    expect(time.at(1801 * SECOND)).toBe(ticksOf(3601 * SECOND));
  });

  it("does not age a state that is settled in time", () => {
    const now = ticksOf(500 * DAY);
    const old = ticksOf(20 * DAY);
    expect(owesNothing(old, now)).toBe(false, "480 days are beyond half of the range");
    const between = ticksOf(200 * DAY);
    expect(owesNothing(settled(old, between), now)).toBe(true);
  });
});

describe("waitSeconds", () => {
  it("rounds up and is never below 1", () => {
    expect(waitSeconds(0)).toBe(1);
    expect(waitSeconds(1)).toBe(1);
    expect(waitSeconds(<i64>ticksOf(SECOND))).toBe(1);
    expect(waitSeconds(<i64>ticksOf(SECOND) + 1)).toBe(2);
    expect(waitSeconds(MAX_TOLERANCE)).toBe(180 * 86_400);
  });
});
