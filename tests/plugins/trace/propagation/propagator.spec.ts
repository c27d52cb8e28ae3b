import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { BAGGAGE, PropagationConfig, Span, Trust, W3C } from "../../../../plugins/trace/propagation/config";
import { Outcome, Propagator } from "../../../../plugins/trace/propagation/propagator";
import { Continued, SamplingConfig } from "../../../../plugins/trace/sampling/config";
import { RateSource } from "../../../../plugins/trace/sampling/rate";
import { Sampler } from "../../../../plugins/trace/sampling/sampler";
import { RecordedEdits, send } from "../sent";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";
const VALID = `00-${ID}-${PARENT}-01`;
const OTHER = "00-12345678901234567890123456789012-1234567890123456-00";


@final
class NoRates extends RateSource {
  take(bucket: i32): bool {
    return false;
  }
}

/** One propagator and what it does to requests. */
@final
class Hop {
  readonly headers: TraceHeaders;
  readonly propagator: Propagator;
  joined: TraceContext | null = null;

  constructor(config: PropagationConfig, sampling: SamplingConfig = new SamplingConfig()) {
    const random = new Xoshiro256();
    random.seedPoor(1, 2, 3, 4);
    const headers = new TraceHeaders();
    this.headers = headers;
    this.propagator = new Propagator(config, headers, random, new Sampler(sampling, headers));
  }

  /** Sends a request on. @returns what becomes of its headers. */
  pass(pairs: string[]): string {
    const edits = new RecordedEdits(this.headers);
    const map = send(this.headers, pairs);
    const propagator = this.propagator;
    propagator.arrive(map);
    propagator.settle(this.joined, new NoRates());
    propagator.leave(edits);
    return edits.toString();
  }

  get outcome(): Outcome {
    return this.propagator.outcome;
  }
}

function configOf(trust: Trust, extract: string[] = [W3C], inject: string[] = [W3C]): PropagationConfig {
  const config = new PropagationConfig();
  config.trust = trust;
  config.extract = extract;
  config.inject = inject;
  return config;
}

/** The traceparent that a hop's context is written as. */
function written(hop: Hop): string {
  const context = hop.propagator.context;
  const flags = i32(context.isSampled) + 2 * i32(context.isRandom);
  return `traceparent=00-${hex(context.traceIdHigh)}${hex(context.traceIdLow)}-${hex(context.parentId)}-0${flags}`;
}

function hex(value: u64): string {
  return value.toString(16).padStart(16, "0");
}

describe("a trusted caller", () => {
  it("keeps its context untouched", () => {
    const hop = new Hop(configOf(Trust.Full));
    expect<string>(hop.pass(["traceparent", VALID, "tracestate", "a=1", "tracestate", "b=2"])).toBe("");
    expect<Outcome>(hop.outcome).toBe(Outcome.Continued);
    expect<string>(hop.pass(["traceparent", "cc" + VALID.slice(2) + "-more"])).toBe("");
  });

  it("loses a tracestate that is not valid", () => {
    const hop = new Hop(configOf(Trust.Full));
    expect<string>(hop.pass(["traceparent", VALID, "tracestate", "A=1"])).toBe("-tracestate");
    expect<Outcome>(hop.outcome).toBe(Outcome.Repaired);
  });

  it("gets a new trace instead of an invalid one, and nothing of the old", () => {
    const hop = new Hop(configOf(Trust.Full));
    const edits = hop.pass(["traceparent", VALID, "traceparent", OTHER, "tracestate", "a=1"]);
    expect<string>(edits).toBe(`${written(hop)}; -tracestate`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Repaired);
    expect<bool>(hop.propagator.left == null).toBe(true);
  });

  it("gets a new trace where it has none", () => {
    const hop = new Hop(configOf(Trust.Full));
    expect<string>(hop.pass([])).toBe(written(hop));
    expect<Outcome>(hop.outcome).toBe(Outcome.Started);
    expect<string>(hop.pass(["tracestate", "a=1"])).toBe(`${written(hop)}; -tracestate`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Repaired);
  });

  it("gets none where none is started", () => {
    const config = configOf(Trust.Full);
    config.start = false;
    const hop = new Hop(config);
    expect<string>(hop.pass([])).toBe("");
    expect<Outcome>(hop.outcome).toBe(Outcome.Passed);
    expect<string>(hop.pass(["traceparent", "bad", "tracestate", "a=1"])).toBe("-traceparent; -tracestate");
    expect<Outcome>(hop.outcome).toBe(Outcome.Repaired);
  });
});

describe("several formats", () => {
  it("count in the order in which they are read", () => {
    const hop = new Hop(configOf(Trust.Full, ["b3", W3C], [W3C]));
    const other = "12345678901234567890123456789012";
    const edits = hop.pass(["traceparent", VALID, "tracestate", "a=1", "b3", `${other}-1234567890123456-0`]);
    expect<string>(edits).toBe(`traceparent=${OTHER}; -tracestate`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Converted);
  });

  it("take the place of one that is not valid", () => {
    const hop = new Hop(configOf(Trust.Full, [W3C, "b3"], [W3C]));
    const edits = hop.pass(["traceparent", "bad", "b3", `${ID}-${PARENT}-1`]);
    expect<string>(edits).toBe(`traceparent=${VALID}`);
  });

  it("go when they are not written and say something else", () => {
    const hop = new Hop(configOf(Trust.Full, [W3C, "b3"], [W3C]));
    expect<string>(hop.pass(["traceparent", VALID, "b3", `${ID}-${PARENT}-1`])).toBe("");
    expect<string>(hop.pass(["traceparent", VALID, "b3", `${ID}-${PARENT}-0`])).toBe("-b3");
    expect<string>(hop.pass(["traceparent", VALID, "b3", "bad"])).toBe("-b3");
  });

  it("pass when nobody can write them, in the trace that they name", () => {
    const hop = new Hop(configOf(Trust.Full, [W3C, "skywalking"], [W3C]));
    const unmapped = "1-MTI=-MTI=-0-YQ==-YQ==-YQ==-YQ==";
    expect<string>(hop.pass(["traceparent", VALID, "sw8", unmapped])).toBe("");
    expect<string>(hop.pass(["traceparent", VALID, "sw8", "bad"])).toBe("-sw8");
  });

  it("are all written", () => {
    const hop = new Hop(configOf(Trust.Full, [W3C], [W3C, "b3", "google"]));
    const google = `x-cloud-trace-context=${ID}/67667974448284343;o=1`;
    expect<string>(hop.pass(["traceparent", VALID])).toBe(`b3=${ID}-${PARENT}-1; ${google}`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Converted);
  });

  it("may hold a decision and no trace", () => {
    const hop = new Hop(configOf(Trust.Full, ["b3"], ["b3"]));
    hop.pass(["b3", "0"]);
    expect<bool>(hop.propagator.context.isSampled).toBe(false);
    expect<Outcome>(hop.outcome).toBe(Outcome.Started);
    hop.pass(["b3", "1"]);
    expect<bool>(hop.propagator.context.isSampled).toBe(true);
  });
});

describe("a caller who is not trusted", () => {
  it("loses every format, known here or not", () => {
    const hop = new Hop(configOf(Trust.None));
    const sent = ["traceparent", VALID, "tracestate", "a=1", "b3", "0", "sw8", "x", "x-datadog-trace-id", "7"];
    const edits = hop.pass(sent);
    expect<string>(edits).toBe(`${written(hop)}; -b3; -x-datadog-trace-id; -sw8; -tracestate`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Distrusted);
    const left = hop.propagator.left;
    expect<bool>(left != null && hex(left.traceIdHigh) + hex(left.traceIdLow) == ID).toBe(true);
  });

  it("loses them where none is started too", () => {
    const config = configOf(Trust.None);
    config.start = false;
    const hop = new Hop(config);
    expect<string>(hop.pass(["traceparent", VALID, "uber-trace-id", "1:2:0:1"])).toBe("-traceparent; -uber-trace-id");
    expect<Outcome>(hop.outcome).toBe(Outcome.Distrusted);
  });

  it("may be trusted with the decision alone", () => {
    const hop = new Hop(configOf(Trust.SampledOnly, [W3C, "b3"], [W3C]));
    expect<string>(hop.pass(["traceparent", OTHER])).toBe(written(hop));
    expect<bool>(hop.propagator.context.isSampled).toBe(false);
    hop.pass(["b3", `${ID}-${PARENT}-d`]);
    expect<Sampling>(hop.propagator.context.sampling).toBe(Sampling.Sampled);
    expect<Outcome>(hop.outcome).toBe(Outcome.Distrusted);
  });
});

describe("a span of this hop", () => {
  it("becomes the parent, and the first entry of tracestate", () => {
    const config = configOf(Trust.Full);
    config.span = Span.New;
    config.tracestateKey = "acme";
    const hop = new Hop(config);
    const edits = hop.pass(["traceparent", VALID, "tracestate", "a=1,acme=old"]);
    const own = hex(hop.propagator.context.parentId);
    expect<string>(edits).toBe(`traceparent=00-${ID}-${own}-01; tracestate=acme=${own},a=1`);
    expect<string>(hex(hop.propagator.callerId)).toBe(PARENT);
    hop.pass([]);
    expect<u64>(hop.propagator.callerId).toBe(0);
  });

  it("is made where the caller's decision is reversed", () => {
    const sampling = new SamplingConfig();
    sampling.base.continued = Continued.Never;
    const hop = new Hop(configOf(Trust.Full), sampling);
    const edits = hop.pass(["traceparent", VALID, "tracestate", "ot=th:8;rv:12345678901234"]);
    expect<string>(edits).toBe(`${written(hop)}; tracestate=ot=rv:12345678901234`);
    expect<bool>(edits.includes(ID) && !edits.includes(PARENT) && !hop.propagator.context.isSampled).toBe(true);
    expect<string>(hop.pass(["traceparent", OTHER])).toBe("");
  });

  it("is made where the caller named none", () => {
    const hop = new Hop(configOf(Trust.Full, ["xray"], [W3C]));
    hop.pass(["x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"]);
    expect<bool>(hop.propagator.context.parentId != 0).toBe(true);
    expect<u64>(hop.propagator.callerId).toBe(0);
  });
});

describe("a joined context", () => {
  it("is taken where nothing arrived, and only there", () => {
    const hop = new Hop(configOf(Trust.None, [W3C, BAGGAGE], [W3C]));
    const joined = new TraceContext();
    joined.traceIdLow = 5;
    joined.parentId = 7;
    joined.sampling = Sampling.Dropped;
    hop.joined = joined;
    expect<string>(hop.pass([])).toBe(`traceparent=00-${"0".repeat(31)}5-${"0".repeat(15)}7-00`);
    expect<Outcome>(hop.outcome).toBe(Outcome.Joined);
    hop.pass(["b3", "0"]);
    expect<Outcome>(hop.outcome).toBe(Outcome.Distrusted);
    hop.pass(["tracestate", "a=1"]);
    expect<Outcome>(hop.outcome).toBe(Outcome.Distrusted);
  });
});
