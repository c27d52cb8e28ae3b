import { ConcurrencyConfig } from "../../../../plugins/ratelimit/concurrency/config";
import { Controller } from "../../../../plugins/ratelimit/concurrency/controller";
import { MAX_WORKERS } from "../../../../plugins/ratelimit/pool/control";
import { Pool } from "../../../../plugins/ratelimit/pool/pool";
import { CONTROL_ENTRY } from "../../../../plugins/ratelimit/pool/store";
import { SharedBytes, SharedView } from "./workers";

const MS: u64 = 1_000_000;
const controller = new Controller(new ConcurrencyConfig());
let nowNs: u64 = 0;
let shared = new SharedBytes();
let pools: Pool[] = [];

function workers(count: i32): void {
  nowNs = 1_000_000_000_000;
  shared = new SharedBytes();
  pools = [];
  for (let i = 0; i < count; i++) pools.push(new Pool(new SharedView(shared), <u64>(i + 1), nowNs, 64));
}

/** Each worker ticks, some milliseconds after the one before. */
function tick(rounds: i32 = 1): void {
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < pools.length; i++) pools[i].tick(nowNs + <u64>(3 * i) * MS, controller);
    nowNs += 50 * MS;
  }
}

/** @param demands requests a second of each worker. */
function offer(demands: f64[], inflights: f64[]): void {
  for (let i = 0; i < pools.length; i++) {
    pools[i].own.fields.demand = demands[i];
    pools[i].own.fields.wanted = demands[i];
    pools[i].own.fields.inflight = inflights[i];
  }
}

function limit(to: f64, limited: bool): void {
  const control = pools[0].control;
  control.fields.limit = to;
  control.fields.limited = limited ? 1 : 0;
  control.encode();
  shared.put(CONTROL_ENTRY, control.ptr, control.size);
}

function allowances(): f64[] {
  return pools.map<f64>((pool) => pool.allowance);
}

function sum(values: f64[]): f64 {
  let total: f64 = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

describe("Pool: one worker", () => {
  it("has the whole limit, with a store or without", () => {
    workers(1);
    pools.push(new Pool(null, 9, nowNs, 64));
    tick(3);
    expect(allowances()).toStrictEqual([64, 64]);
    expect(pools[0].control.fields.rounds).toBeGreaterThan(1);
    expect(pools[1].control.fields.rounds).toBeGreaterThan(1);
  });

  it("works alone while the store fails, and together with others afterwards", () => {
    workers(2);
    shared.broken = true;
    tick(5);
    expect(pools[0].alone).toBe(true);
    expect(pools[0].failures).toBeGreaterThan(0);
    expect(pools[0].allowance).toBeGreaterThanOrEqual(1);
    shared.broken = false;
    tick(3);
    expect(pools[0].alone).toBe(false);
    expect(pools[1].control.fields.workers).toBe(2);
  });
});

describe("Pool: several workers", () => {
  it("adds their reports up", () => {
    workers(4);
    offer([100, 200, 0, 0], [3, 4, 0, 1]);
    tick(3);
    for (let i = 0; i < 4; i++) {
      expect(pools[i].control.fields.workers).toBe(4);
      expect(pools[i].control.merged.fields.inflight).toBe(8);
      expect(pools[i].control.merged.fields.demand).toBe(300);
    }
  });

  it("has one round in 50 ms, whoever leads it", () => {
    workers(4);
    tick(1);
    const before = pools[0].control.fields.rounds;
    tick(20);
    expect(pools[3].control.fields.rounds - before).toBeGreaterThanOrEqual(19);
    expect(pools[3].control.fields.rounds - before).toBeLessThanOrEqual(21);
  });

  it("makes few calls: three a tick, and one for each report when it leads", () => {
    workers(4);
    tick(5);
    shared.reads = 0;
    shared.writes = 0;
    tick(10);
    // Each tick: reads its own entry and the record, writes its report. Each round: reads the others' up to the last.
    expect(shared.writes).toBe(50);
    expect(shared.reads).toBe(80 + 10 * 4);
  });

  it("shares a limit that is reached by demand, exactly", () => {
    workers(4);
    offer([700, 100, 100, 100], [14, 2, 2, 2]);
    tick(2);
    limit(20, true);
    let total: f64 = 0;
    for (let round = 0; round < 90; round++) {
      tick(1);
      const parts = allowances();
      expect(sum(parts)).toBeLessThanOrEqual(22);
      total += parts[0];
      limit(20, true);
    }
    expect(total / 90).toBeGreaterThan(13);
    expect(total / 90).toBeLessThan(14.5);
  });

  it("gives every worker at least one", () => {
    workers(8);
    offer([1000, 0, 0, 0, 0, 0, 0, 0], [3, 0, 0, 0, 0, 0, 0, 0]);
    tick(2);
    limit(3, true);
    tick(2);
    const parts = allowances();
    for (let i = 0; i < 8; i++) expect(parts[i]).toBeGreaterThanOrEqual(1);
  });

  it("lets a worker that begins take room while there is some", () => {
    workers(4);
    offer([800, 0, 0, 0], [13, 0, 0, 0]);
    tick(3);
    const parts = allowances();
    expect(parts[0]).toBeGreaterThan(30);
    expect(parts[3]).toBeGreaterThan(20);
    expect(sum(parts)).toBeLessThan(2 * 64 + 64);
  });

  it("forgets a worker that is gone, and gives its entry away", () => {
    workers(3);
    tick(3);
    const gone = pools.pop();
    tick(70);
    expect(pools[0].control.fields.workers).toBe(2);
    pools.push(new Pool(new SharedView(shared), 99, nowNs, 64));
    tick(3);
    expect(pools[0].control.fields.workers).toBe(3);
    // The one that was gone comes back: its entry is another's now.
    pools.push(gone);
    tick(3);
    expect(pools[0].control.fields.workers).toBe(4);
  });

  it("counts nothing twice and misses nothing when writes come too late", () => {
    workers(2);
    tick(3);
    pools[0].control.clear(nowNs, 64);
    let counted: f64 = 0;
    for (let round = 0; round < 60; round++) {
      pools[0].own.fields.offered += 10;
      shared.lateWrites = round < 57 ? round % 4 : 0;
      const before = pools[0].control.seen(0).offered;
      tick(1);
      counted += pools[0].control.seen(0).offered - before;
    }
    expect(pools[0].races + pools[1].races).toBeGreaterThan(0);
    expect(counted).toBe(600);
    expect(pools[0].control.fields.workers).toBe(2);
  });

  it("takes no harm from bytes that are not ours", () => {
    workers(2);
    const lengths: i32[] = [0, 1, 8, 500, 65536];
    for (let i = 0; i < lengths.length; i++) {
      for (let entry = 0; entry <= 3; entry++) shared.spoil(entry, lengths[i], 0xff);
      tick(3);
      expect(pools[0].control.fields.limit).toBe(64);
      expect(pools[0].control.fields.workers).toBe(2);
    }
  });

  it("leaves out a report of what is no number", () => {
    workers(4);
    tick(3);
    for (let round = 0; round < 5; round++) {
      pools[1].own.fields.inflight = NaN;
      pools[2].own.fields.demand = Infinity;
      pools[3].own.fields.wanted = Infinity;
      tick(1);
    }
    expect(pools[0].control.merged.fields.inflight).toBe(0);
    expect(pools[0].control.merged.fields.demand).toBe(0);
  });

  it("has room for 64; the next one works alone, with its part", () => {
    workers(MAX_WORKERS + 1);
    tick(3);
    expect(pools[MAX_WORKERS - 1].alone).toBe(false);
    expect(pools[MAX_WORKERS].alone).toBe(true);
    expect(pools[0].control.fields.workers).toBe(MAX_WORKERS);
  });
});
