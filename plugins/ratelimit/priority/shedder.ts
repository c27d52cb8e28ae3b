import { RequestFacts } from "../request/facts";
import { HashSecret } from "../request/key";
import { classOfRank, Ranking } from "./cohorts";
import { PriorityConfig } from "./config";

/** Counts of one class since somebody last took them. */
@final
export class ClassCounts {
  admitted: u64 = 0;
  rejected: u64 = 0;

  constructor(readonly name: string) {}

  forget(): void {
    this.admitted = 0;
    this.rejected = 0;
  }
}

/**
 * Who is served first when the gate is full.
 *
 * For each request: `rankOf`, then `admits` in place of `inflight < allowance` (or `limitShare` and `note`, if the gate
 * compares itself); every tick of about 100 ms: `roll`. Allocates nothing after construction.
 */
@final
export class Shedder {
  readonly counts: ClassCounts[] = [];
  private readonly ranking: Ranking;

  /** @param seed by chance, another one in each worker. Allocates. */
  constructor(config: PriorityConfig, seed: u64) {
    this.ranking = new Ranking(config, seed);
    for (let i = 0; i < config.classes.length; i++) this.counts.push(new ClassCounts(config.classes[i].name));
  }

  /** The number of the request's class. */
  classOf(facts: RequestFacts): i32 {
    return this.ranking.classOf(facts);
  }

  /** Where the request stands: an opaque number for the other calls. */
  rankOf(facts: RequestFacts, secret: HashSecret, nowNs: u64): i32 {
    return this.ranking.rankOf(facts, secret, nowNs);
  }

  /**
   * Whether a request may enter beside `inflight` others; it is counted as such.
   * @param allowance requests in flight that this worker may have, at least 1.
   */
  admits(rank: i32, inflight: i32, allowance: f64): bool {
    const admitted = <f64>(inflight + 1) <= max<f64>(1, allowance * this.limitShare(rank));
    this.note(rank, admitted);
    return admitted;
  }

  /** The share of the allowance that requests of this rank may fill; above 1 for those that go first. */
  limitShare(rank: i32): f64 {
    return 1;
  }

  /** Counts a request that was admitted or rejected. */
  note(rank: i32, admitted: bool): void {
    const counts = unchecked(this.counts[classOfRank(rank)]);
    if (admitted) counts.admitted++;
    else counts.rejected++;
  }

  /**
   * Ends a window of about 100 ms.
   * @param full whether an arrival found the allowance used up in it.
   */
  roll(nowNs: u64, full: bool): void {}
}
