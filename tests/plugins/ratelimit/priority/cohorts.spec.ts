import { HeaderNames } from "../../../../assembly/request/facts";
import { HashSecret } from "../../../../assembly/request/key";
import {
  classOfRank,
  levelOfRank,
  PLACE_BITS,
  Ranking,
  rankOfLevel,
} from "../../../../plugins/ratelimit/priority/cohorts";
import { PriorityConfig } from "../../../../plugins/ratelimit/priority/config";
import { MemoryRequest, SECOND, START } from "../request";
import { prioritiesOf } from "./priorities";

const SECRET: HashSecret = new HashSecret(1, 2);
const PLACES: i32 = 1 << PLACE_BITS;
const MINUTE: u64 = 60 * SECOND;

const CLASSES =
  '{"name": "a", "match": {"headers": [{"name": "x-class", "in": ["a", "A"]}]}}, {"name": "rest"}, ' +
  '{"name": "z", "match": {"path": {"prefix": "/batch"}}}';

/** Ranks by these members of `priorities`. */
class Ranks {
  readonly names: HeaderNames;
  readonly ranking: Ranking;

  constructor(members: string) {
    const names = new HeaderNames();
    this.names = names;
    this.ranking = new Ranking(prioritiesOf(members, names), 99);
  }

  request(): MemoryRequest {
    return new MemoryRequest(this.names);
  }

  classOf(request: MemoryRequest): i32 {
    request.begin();
    return this.ranking.classOf(request);
  }

  /** The place within the class. */
  place(user: string, nowNs: u64): i32 {
    const request = this.request().with("x-user", user);
    request.begin();
    return this.ranking.rankOf(request, SECRET, nowNs) & (PLACES - 1);
  }
}

describe("Ranking", () => {
  it("takes the first class whose match holds, and the one without match for the rest", () => {
    const ranks = new Ranks(`"classes": [${CLASSES}]`);
    expect(ranks.classOf(ranks.request())).toBe(1);
    expect(ranks.classOf(ranks.request().with("x-class", "a"))).toBe(0);
    expect(ranks.classOf(ranks.request().with("x-class", "A").with(":path", "/batch"))).toBe(0);
    expect(ranks.classOf(ranks.request().with("x-class", "b"))).toBe(1, "a value that nobody allowed");
    expect(ranks.classOf(ranks.request().with(":path", "/batch/1"))).toBe(2);
  });

  it("takes the last class for the rest when all have a match", () => {
    const ranks = new Ranks(
      '"classes": [{"name": "a", "match": {"methods": ["PUT"]}}, {"name": "b", "match": {"methods": ["POST"]}}]',
    );
    expect(ranks.classOf(ranks.request())).toBe(1);
  });

  it("knows class and cohort by the rank", () => {
    const rank = (5 << PLACE_BITS) | 0xffff;
    expect(classOfRank(rank)).toBe(5);
    expect(levelOfRank(rank)).toBe(5 * 32 + 31);
    expect(levelOfRank(rankOfLevel(77))).toBe(77);
    expect(levelOfRank(rankOfLevel(77) - 1)).toBe(76);
  });

  it("ranks all requests in one class without classes", () => {
    const ranking = new Ranking(new PriorityConfig(), 1);
    const request = new MemoryRequest(new HeaderNames());
    for (let i = 0; i < 100; i++) expect(ranking.rankOf(request, SECRET, START) < PLACES).toBe(true);
  });
});

const BY_USER = '"classes": [{"name": "all"}], "cohort_key": {"header": "x-user"}, "rotation": "1m"';

describe("a cohort key", () => {
  it("keeps a user's place for one rotation", () => {
    const ranks = new Ranks(BY_USER);
    let changes = 0;
    for (let user = 0; user < 30; user++) {
      let last = ranks.place(user.toString(), START);
      let changed = 0;
      for (let second: u64 = 1; second <= 60; second++) {
        const place = ranks.place(user.toString(), START + second * SECOND);
        if (place != last) changed++;
        last = place;
      }
      expect(changed).toBe(1);
      changes += changed;
    }
  });

  it("changes the places of few users at any moment", () => {
    const ranks = new Ranks(BY_USER);
    let most = 0;
    for (let second: u64 = 0; second < 60; second++) {
      let changed = 0;
      for (let user = 0; user < 200; user++) {
        const before = ranks.place(user.toString(), START + second * SECOND);
        if (before != ranks.place(user.toString(), START + (second + 1) * SECOND)) changed++;
      }
      most = max(most, changed);
    }
    expect(most).toBeLessThan(14, "of 200");
  });

  it("spreads users evenly", () => {
    const ranks = new Ranks(BY_USER);
    const cohorts = new StaticArray<i32>(32);
    for (let user = 0; user < 9600; user++) cohorts[levelOfRank(ranks.place(user.toString(), START))]++;
    for (let i = 0; i < 32; i++) expect(abs(cohorts[i] - 300)).toBeLessThan(90);
  });

  it("serves each of the first tenth in turn, and nobody after much more than ten rotations", () => {
    const ranks = new Ranks(BY_USER);
    let sum: f64 = 0;
    let squares: f64 = 0;
    for (let user = 0; user < 100; user++) {
      let served = 0;
      let waited = 0;
      for (let rotation: u64 = 0; rotation < 60; rotation++) {
        waited++;
        if (ranks.place(user.toString(), START + rotation * MINUTE) >= PLACES / 10) continue;
        served++;
        waited = 0;
      }
      expect(waited).toBeLessThan(27);
      sum += served;
      squares += served * served;
    }
    const jain = (sum * sum) / (100 * squares);
    expect(jain >= 0.98).toBe(true, `Jain's index ${jain}`);
  });

  it("takes each request without it for itself", () => {
    const ranks = new Ranks(BY_USER);
    const cohorts = new StaticArray<i32>(32);
    for (let i = 0; i < 9600; i++) {
      const request = ranks.request();
      request.begin();
      cohorts[levelOfRank(ranks.ranking.rankOf(request, SECRET, START))]++;
    }
    for (let i = 0; i < 32; i++) expect(abs(cohorts[i] - 300)).toBeLessThan(90);
  });
});
