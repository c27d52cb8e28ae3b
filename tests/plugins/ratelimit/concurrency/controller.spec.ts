import { LimitedUpstream } from "./upstream";

/** One in which nothing has been limited for a while. */
function calm(): LimitedUpstream {
  const upstream = new LimitedUpstream();
  upstream.run(20);
  return upstream;
}

function overloaded(): LimitedUpstream {
  const upstream = calm();
  upstream.offered = 4000;
  upstream.run(10);
  return upstream;
}

describe("Controller: without overload", () => {
  it("leaves plenty of room", () => {
    const upstream = calm();
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.limit).toBeGreaterThanOrEqual(64);
  });

  it("limits nothing when a dependency makes all requests take 5 times as long", () => {
    const upstream = calm();
    upstream.servers = 1e6;
    upstream.serviceMs = 64;
    upstream.run(60);
    expect(upstream.rejectedShare).toBe(0);
  });

  it("gives more room at once to few requests that a dependency makes many", () => {
    const upstream = new LimitedUpstream();
    upstream.offered = 300;
    upstream.run(20);
    upstream.servers = 1e6;
    upstream.serviceMs = 260;
    upstream.run(1);
    upstream.run(10);
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.fields.limited).toBe(0);
  });

  it("gives more room at once though more than a few were turned away", () => {
    const upstream = calm();
    upstream.servers = 1e6;
    upstream.serviceMs = 90;
    upstream.run(1);
    upstream.run(10);
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.fields.limited).toBe(0);
  });

  it("limits nothing when requests fail whatever the load", () => {
    const upstream = calm();
    upstream.failing = 0.9;
    upstream.run(60);
    expect(upstream.rejectedShare).toBe(0);
  });

  it("does nothing on few requests", () => {
    const upstream = calm();
    upstream.offered = 0.3;
    upstream.run(120);
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.limit).toBeGreaterThanOrEqual(64);
  });

  it("follows a load that grows", () => {
    const upstream = calm();
    upstream.servers = 1e6;
    upstream.offered = 40_000;
    upstream.run(3);
    upstream.run(3);
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.limit).toBeGreaterThan(640);
  });
});

describe("Controller: in overload", () => {
  it("goes a little above as many as are served at once", () => {
    const upstream = overloaded();
    expect(upstream.limit).toBeGreaterThan(18);
    expect(upstream.limit).toBeLessThan(25);
    expect(upstream.goodput).toBeGreaterThan(0.98);
  });

  it("goes down with the number of servers", () => {
    const upstream = overloaded();
    upstream.servers = 4;
    upstream.run(5);
    expect(upstream.limit).toBeGreaterThan(4);
    expect(upstream.limit).toBeLessThan(7);
    expect(upstream.usualMs).toBeGreaterThan(14);
    expect(upstream.usualMs).toBeLessThan(18);
  });

  it("stays where it is when the servers are slower, and takes that for usual", () => {
    const upstream = overloaded();
    upstream.serviceMs = 64;
    upstream.run(5);
    expect(upstream.limit).toBeGreaterThan(16);
    expect(upstream.limit).toBeLessThan(26);
    expect(upstream.usualMs).toBeGreaterThan(58);
    expect(upstream.usualMs).toBeLessThan(70);
  });

  it("lets everything in soon after it is over", () => {
    const upstream = overloaded();
    upstream.servers = 4;
    upstream.run(10);
    upstream.servers = 16;
    upstream.offered = 800;
    upstream.run(2);
    upstream.run(20);
    expect(upstream.rejectedShare).toBe(0);
    expect(upstream.limit).toBeGreaterThanOrEqual(64);
    expect(upstream.fields.limited).toBe(0);
  });

  it("goes up by what is missing as soon as the upstream carries more", () => {
    const upstream = calm();
    upstream.servers = 4;
    upstream.run(6);
    expect(upstream.limit).toBeLessThan(7);
    upstream.servers = 16;
    upstream.run(0.3);
    expect(upstream.limit).toBeGreaterThan(20);
    expect(upstream.fields.shift).toBe(0, "which is not faster than usual");
  });

  it("takes a raise back that was too much, and its queue for no new usual", () => {
    const upstream = overloaded();
    const before = upstream.fields.adoptions;
    upstream.servers = 64;
    upstream.run(0.6);
    expect(upstream.limit).toBeGreaterThan(40);
    upstream.servers = 16;
    upstream.run(2);
    expect(upstream.limit).toBeLessThan(26);
    expect(upstream.fields.adoptions).toBe(before);
    expect(upstream.usualMs).toBeGreaterThan(14);
    expect(upstream.usualMs).toBeLessThan(18);
  });

  it("finds out what is usual when it has never seen it", () => {
    const upstream = new LimitedUpstream();
    upstream.offered = 4000;
    upstream.usualMs = 100;
    upstream.run(15);
    expect(upstream.usualMs).toBeGreaterThan(14);
    expect(upstream.usualMs).toBeLessThan(18);
    expect(upstream.limit).toBeLessThan(25);
  });

  it("does not drift in an hour", () => {
    const upstream = overloaded();
    const before = upstream.limit;
    upstream.run(3600);
    expect(upstream.usualMs).toBeGreaterThan(15);
    expect(upstream.usualMs).toBeLessThan(17);
    expect(Math.abs(upstream.limit - before)).toBeLessThan(2);
    expect(upstream.goodput).toBeGreaterThan(0.98);
  });

  it("falls to the least limit while most requests fail, and comes back", () => {
    const upstream = overloaded();
    upstream.failing = 0.9;
    upstream.run(10);
    expect(upstream.limit).toBe(upstream.config.minLimit);
    upstream.failing = 0;
    upstream.run(10);
    expect(upstream.limit).toBeGreaterThan(16);
  });

  it("keeps between its bounds", () => {
    const upstream = new LimitedUpstream();
    upstream.config.minLimit = 30;
    upstream.config.maxLimit = 40;
    upstream.run(10);
    expect(upstream.limit).toBe(40);
    upstream.offered = 4000;
    upstream.run(10);
    expect(upstream.limit).toBe(30);
  });
});

describe("Controller: what cannot be", () => {
  it("learns nothing from what is no number", () => {
    const wrong: f64[] = [NaN, Infinity, -Infinity];
    for (let i = 0; i < wrong.length; i++) {
      const upstream = overloaded();
      for (let round = 0; round < 50; round++) {
        upstream.fields.sumLog = wrong[i];
        upstream.fields.area = wrong[i];
        upstream.run(0.1);
      }
      expect(upstream.limit).toBeGreaterThanOrEqual(upstream.config.minLimit);
      expect(upstream.limit).toBeLessThanOrEqual(upstream.config.maxLimit);
      upstream.run(10);
      expect(upstream.limit).toBeGreaterThan(16);
      expect(upstream.limit).toBeLessThan(26);
    }
  });

  it("goes on when time goes back, or leaps", () => {
    const upstream = overloaded();
    upstream.nowNs -= 3_600_000_000_000;
    upstream.run(20);
    expect(upstream.limit).toBeLessThan(26);
    expect(upstream.goodput).toBeGreaterThan(0.95);
    upstream.nowNs += 3_600_000_000_000;
    upstream.run(20);
    expect(upstream.limit).toBeLessThan(26);
    expect(upstream.goodput).toBeGreaterThan(0.95);
  });
});
