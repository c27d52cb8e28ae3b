import { Utf8 } from "../../../../assembly/core/bytes";
import { readLoadReport } from "../../../../assembly/core/load-report";
import { EndpointLoads, MAX_ENDPOINTS } from "../../../../plugins/ratelimit/conditions/endpoint-loads";
import { SignalTable } from "../../../../plugins/ratelimit/conditions/signals";

const SECOND: u64 = 1_000_000_000;

/** Endpoints that report load.cpu and load.named.queue. */
class Upstream {
  readonly loads: EndpointLoads;
  nowNs: u64 = 100 * SECOND;

  constructor() {
    const table = new SignalTable();
    table.slotOf("load.cpu");
    table.slotOf("load.named.queue");
    this.loads = new EndpointLoads(table.metrics);
  }

  report(endpoint: u64, text: string): Upstream {
    readLoadReport(new Utf8(text), this.loads.values);
    this.loads.note(endpoint, this.nowNs);
    return this;
  }

  cpu(endpoint: u64, value: f64): Upstream {
    return this.report(endpoint, `cpu_utilization=${value}`);
  }

  get load(): f64 {
    return this.loads.value(0, this.nowNs);
  }

  get queue(): f64 {
    return this.loads.value(1, this.nowNs);
  }
}

describe("the load of an upstream", () => {
  it("is unknown until an endpoint reports it", () => {
    const upstream = new Upstream();
    expect(isNaN(upstream.load)).toBe(true);
    expect(upstream.loads.age).toBe(Infinity);
    upstream.report(1, "named_metrics.queue=7");
    expect(isNaN(upstream.load)).toBe(true);
    expect(upstream.queue).toBe(7);
    expect(upstream.loads.age).toBe(0);
  });

  it("is the greatest of up to three endpoints, of more what three quarters are not above", () => {
    const upstream = new Upstream().cpu(1, 0.9);
    expect(upstream.load).toBe(0.9);
    upstream.cpu(2, 0.1);
    expect(upstream.load).toBe(0.9);
    upstream.cpu(3, 0.3);
    expect(upstream.load).toBe(0.9);
    upstream.cpu(4, 0.2);
    expect(upstream.load).toBe(0.3);
    for (let i = 5; i <= 20; i++) upstream.cpu(i, 0.2 + <f64>i / 100);
    // 0.1, 0.2, 0.25 ... 0.29, 0.3, 0.3 ... 0.4, 0.9: the fifteenth of twenty
    expect(upstream.load).toBeCloseTo(0.36);
  });

  it("follows a change within a second, and a single odd value hardly", () => {
    const upstream = new Upstream().cpu(1, 0.2);
    upstream.nowNs += SECOND / 100;
    expect(upstream.cpu(1, 1).load).toBeCloseTo(0.208);
    for (let i = 0; i < 300; i++) {
      upstream.nowNs += SECOND / 100;
      upstream.cpu(1, 0.6);
    }
    expect(abs(upstream.load - 0.6)).toBeLessThan(0.02);
    upstream.nowNs += 2 * SECOND;
    expect(upstream.cpu(1, 0.1).load).toBeCloseTo(0.1); // reports that are far apart are not smoothed
  });

  it("forgets an endpoint that has been silent for over 10 s", () => {
    const upstream = new Upstream().cpu(1, 0.9);
    upstream.nowNs += 5 * SECOND;
    upstream.cpu(2, 0.3);
    upstream.nowNs += 5 * SECOND;
    expect(upstream.load).toBe(0.9);
    expect(upstream.loads.age).toBe(5);
    upstream.nowNs += 1;
    expect(upstream.load).toBe(0.3);
    upstream.nowNs += 5 * SECOND;
    expect(isNaN(upstream.load)).toBe(true);
    expect(upstream.cpu(1, 0.5).load).toBe(0.5, "the old value does not count any more");
  });

  it("is of the endpoints that reported last, if there are very many", () => {
    const upstream = new Upstream();
    for (let i = 0; i < 4 * MAX_ENDPOINTS; i++) {
      upstream.nowNs += 1000;
      upstream.cpu(i, i < 3 * MAX_ENDPOINTS ? 0.9 : 0.1);
    }
    expect(upstream.load).toBeCloseTo(0.1);
  });

  it("is not harmed by a clock that steps back", () => {
    const upstream = new Upstream().cpu(1, 0.5);
    upstream.nowNs -= 50 * SECOND;
    expect(upstream.load).toBe(0.5);
    expect(upstream.loads.age).toBe(0);
    expect(upstream.cpu(2, 0.7).load).toBe(0.7);
  });
});
