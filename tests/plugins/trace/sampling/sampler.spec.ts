import { Sampling } from "../../../../plugins/trace/context/trace-context";
import { Origin } from "../../../../plugins/trace/sampling/sampler";
import { NEVER, NONE, thresholdOf } from "../../../../plugins/trace/sampling/threshold";
import { Sampled } from "./requests";

const SAMPLINGS: Sampling[] = [Sampling.Undecided, Sampling.Dropped, Sampling.Sampled, Sampling.Debug];
const MOST: u64 = NEVER - 1;

describe("A trace that starts here", () => {
  it("is sampled by default, which is not worth a header", () => {
    const sampled = new Sampled("{}");
    expect(sampled.start()).toBe(true);
    expect(sampled.context.sampling).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(NONE);
  });

  it("is not sampled with 0 percent, and says nothing", () => {
    const sampled = new Sampled('{"percent":0}');
    for (let i = 0; i < 1000; i++) {
      expect(sampled.start()).toBe(false);
      expect(sampled.context.sampling).toBe(Sampling.Dropped);
      expect(sampled.sampler.threshold).toBe(NONE);
    }
  });

  it("is sampled from the threshold on", () => {
    const sampled = new Sampled('{"percent":10}');
    const threshold = thresholdOf(10);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, threshold)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(threshold);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, threshold - 1)).toBe(Sampling.Dropped);
    expect(sampled.sampler.threshold).toBe(NONE);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, 0)).toBe(Sampling.Dropped);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, MOST)).toBe(Sampling.Sampled);
  });

  it("writes no threshold where that is switched off", () => {
    const sampled = new Sampled('{"threshold":false}');
    expect(sampled.start()).toBe(true);
    expect(sampled.sampler.threshold).toBe(NONE);
  });
});

describe("A trace that came undecided", () => {
  it("is decided like one that starts here", () => {
    const sampled = new Sampled('{"percent":25,"continued":"never"}');
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, MOST)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(thresholdOf(25));
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, 1)).toBe(Sampling.Dropped);
  });

  it("tells no threshold unless its id is known to be random", () => {
    const sampled = new Sampled('{"percent":25}');
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, MOST, false)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(NONE);
    sampled.rv = MOST;
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, 0, false)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(thresholdOf(25));
  });
});

describe("A trace that came with a decision", () => {
  it("keeps it, with its threshold", () => {
    const sampled = new Sampled('{"percent":0,"per_second":1}');
    sampled.th = 5;
    for (let i = 0; i < SAMPLINGS.length; i++) {
      expect(sampled.carry(Origin.Decided, SAMPLINGS[i], MOST)).toBe(SAMPLINGS[i]);
      expect(sampled.sampler.threshold).toBe(5);
    }
    expect(sampled.rates.asked.length).toBe(0);
  });

  it("loses it with never", () => {
    const sampled = new Sampled('{"continued":"never"}');
    sampled.th = 5;
    for (let i = 0; i < SAMPLINGS.length; i++) {
      expect(sampled.carry(Origin.Decided, SAMPLINGS[i], MOST)).toBe(Sampling.Dropped);
      expect(sampled.sampler.threshold).toBe(NONE);
    }
  });

  it("is decided anew with ratio, whatever the caller said", () => {
    const sampled = new Sampled('{"continued":"ratio","percent":50}');
    sampled.th = thresholdOf(1);
    const half = thresholdOf(50);
    for (let i = 0; i < 3; i++) {
      expect(sampled.carry(Origin.Decided, SAMPLINGS[i], half)).toBe(Sampling.Sampled);
      expect(sampled.sampler.threshold).toBe(half);
      expect(sampled.carry(Origin.Decided, SAMPLINGS[i], half - 1)).toBe(Sampling.Dropped);
      expect(sampled.sampler.threshold).toBe(NONE);
    }
  });

  it("goes by the tracestate's randomness before that of the id", () => {
    const sampled = new Sampled('{"continued":"ratio","percent":50}');
    sampled.rv = MOST;
    expect(sampled.carry(Origin.Decided, Sampling.Dropped, 0)).toBe(Sampling.Sampled);
    sampled.rv = 0;
    expect(sampled.carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Dropped);
  });

  it("loses the caller's threshold where the new one is not known, or not to be written", () => {
    const unknown = new Sampled('{"continued":"ratio","percent":50}');
    unknown.th = 0;
    expect(unknown.carry(Origin.Decided, Sampling.Sampled, MOST, false)).toBe(Sampling.Sampled);
    expect(unknown.sampler.threshold).toBe(NONE);
    const unwritten = new Sampled('{"continued":"ratio","percent":50,"threshold":false}');
    unwritten.th = 0;
    expect(unwritten.carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Sampled);
    expect(unwritten.sampler.threshold).toBe(NONE);
  });

  it("stays sampled with ratio if somebody asked for this very trace", () => {
    const sampled = new Sampled('{"continued":"ratio","percent":0}');
    expect(sampled.carry(Origin.Decided, Sampling.Debug, 0)).toBe(Sampling.Debug);
  });

  it("is not limited by the rate of those that start here", () => {
    const sampled = new Sampled('{"continued":"ratio","per_second":1}');
    sampled.rates.left = 0;
    expect(sampled.carry(Origin.Decided, Sampling.Dropped, 0)).toBe(Sampling.Sampled);
    expect(sampled.rates.asked.length).toBe(0);
  });
});

describe("A limit per second", () => {
  it("asks only for traces of the share, and tells no threshold", () => {
    const sampled = new Sampled('{"percent":50,"per_second":3}');
    sampled.rates.left = 2;
    expect(sampled.carry(Origin.Started, Sampling.Undecided, 0)).toBe(Sampling.Dropped);
    expect(sampled.rates.asked.length).toBe(0);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, MOST)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(NONE);
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, MOST)).toBe(Sampling.Sampled);
    expect(sampled.carry(Origin.Started, Sampling.Undecided, MOST)).toBe(Sampling.Dropped);
    expect(sampled.sampler.threshold).toBe(NONE);
    expect(sampled.rates.asked.join()).toBe("0,0,0");
  });
});

describe("A forcing header", () => {
  const json = '{"percent":0,"continued":"never","force":{"header":"x-trace","values":["1","on"]}}';

  it("has the request sampled, wherever its trace comes from", () => {
    const sampled = new Sampled(json).request([":path", "/", "x-trace", "on"]);
    sampled.th = 5;
    expect(sampled.carry(Origin.Started, Sampling.Undecided, 0)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(NONE);
    expect(sampled.carry(Origin.Undecided, Sampling.Undecided, 0)).toBe(Sampling.Sampled);
    expect(sampled.carry(Origin.Decided, Sampling.Dropped, 0)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(NONE);
  });

  it("leaves what is sampled already as it is", () => {
    const sampled = new Sampled(json).request(["x-trace", "1"]);
    sampled.th = 5;
    expect(sampled.carry(Origin.Decided, Sampling.Sampled, 0)).toBe(Sampling.Sampled);
    expect(sampled.sampler.threshold).toBe(5);
    expect(sampled.carry(Origin.Decided, Sampling.Debug, 0)).toBe(Sampling.Debug);
  });

  it("counts only with one of its values, the first one if it is repeated", () => {
    const sampled = new Sampled(json);
    const others: string[][] = [
      [],
      ["x-trace", ""],
      ["x-trace", "0"],
      ["x-trace", "ON"],
      ["x-trace", "0", "x-trace", "1"],
    ];
    for (let i = 0; i < others.length; i++) expect(sampled.request(others[i]).start()).toBe(false, others[i].join());
    expect(sampled.request(["x-trace", "1", "x-trace", "0"]).start()).toBe(true);
  });

  it("counts with any value where none is given", () => {
    const sampled = new Sampled('{"percent":0,"force":{"header":"x-trace"}}');
    expect(sampled.start()).toBe(false);
    expect(sampled.request(["x-trace", ""]).start()).toBe(true);
  });

  it("goes before paths and limits", () => {
    const sampled = new Sampled(
      '{"per_second":1,"force":{"header":"x-trace"},"paths":[{"path":{"prefix":"/"},"percent":0}]}',
    );
    sampled.rates.left = 0;
    expect(sampled.request([":path", "/a", "x-trace", "1"]).start()).toBe(true);
    expect(sampled.rates.asked.length).toBe(0);
  });
});

describe("Paths", () => {
  it("have their own share, the first that matches", () => {
    const sampled = new Sampled(`{"percent":0,"paths":[
      {"path":{"exact":"/healthz"},"percent":0},
      {"path":{"prefix":"/health"},"percent":100},
      {"path":{"suffix":".css"},"percent":100},
      {"path":{"template":"/users/{id}/orders"},"percent":100}]}`);
    const on: string[] = [
      "/health",
      "/healthz/",
      "/a.css",
      "/users/7/orders",
      "/users/7/./orders?x=/healthz",
      "//health",
    ];
    for (let i = 0; i < on.length; i++) expect(sampled.request([":path", on[i]]).start()).toBe(true, on[i]);
    const off: string[] = ["/healthz", "/%68ealthz", "/healthz?a=b", "/", "/users/7", ""];
    for (let i = 0; i < off.length; i++) expect(sampled.request([":path", off[i]]).start()).toBe(false, off[i]);
    expect(sampled.request([]).start()).toBe(false);
  });

  it("have the limit of all others, or one of their own", () => {
    const sampled = new Sampled(`{"per_second":5,"paths":[
      {"path":{"prefix":"/a"},"per_second":1},
      {"path":{"prefix":"/b"},"percent":100},
      {"path":{"prefix":"/c"},"percent":0}]}`);
    const paths: string[] = ["/", "/a", "/b", "/c"];
    for (let i = 0; i < paths.length; i++) sampled.request([":path", paths[i]]).start();
    expect(sampled.rates.asked.join()).toBe("0,1,0");
  });

  it("leave the decisions of callers alone, unless they say otherwise", () => {
    const sampled = new Sampled(`{"paths":[
      {"path":{"exact":"/healthz"},"percent":0},
      {"path":{"exact":"/livez"},"percent":0,"continued":"never"},
      {"path":{"exact":"/readyz"},"percent":0,"continued":"ratio"}]}`);
    expect(sampled.request([":path", "/healthz"]).carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Sampled);
    expect(sampled.request([":path", "/livez"]).carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Dropped);
    expect(sampled.request([":path", "/readyz"]).carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Dropped);
    expect(sampled.request([":path", "/"]).carry(Origin.Decided, Sampling.Sampled, MOST)).toBe(Sampling.Sampled);
  });
});
