import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { readSampling, SamplingConfig } from "../../../../plugins/trace/sampling/config";
import { RateSource } from "../../../../plugins/trace/sampling/rate";
import { Origin, Sampler } from "../../../../plugins/trace/sampling/sampler";
import { NONE } from "../../../../plugins/trace/sampling/threshold";
import { send } from "../sent";

/** Reads the inside of `sampling`; what is wrong goes into `problems`. */
export function read(json: string, problems: Problems): SamplingConfig {
  const root = ConfigNode.root(parseJsonText(`{"sampling":${json}}`), problems);
  return root != null ? readSampling(root) : new SamplingConfig();
}

/** Rates that admit so many. */
@final
export class Tokens extends RateSource {
  left: i32 = i32.MAX_VALUE;
  /** The buckets asked, in order. */
  readonly asked: i32[] = [];

  take(bucket: i32): bool {
    this.asked.push(bucket);
    return this.left-- > 0;
  }
}

/** A sampler of one configuration, and the trace that it is asked about. */
@final
export class Sampled {
  readonly context: TraceContext = new TraceContext();
  readonly headers: TraceHeaders;
  readonly rates: Tokens = new Tokens();
  readonly random: Xoshiro256 = new Xoshiro256();
  readonly sampler: Sampler;
  /** The tracestate's threshold and randomness. */
  th: u64 = NONE;
  rv: u64 = NONE;

  constructor(json: string) {
    const problems = new Problems();
    const config = read(json, problems);
    assert(problems.ok, problems.list.join("\n"));
    const headers = new TraceHeaders();
    this.headers = headers;
    this.sampler = new Sampler(config, headers);
    this.random.seedPoor(1, 2, 3, 4);
    send(headers, [":method", "GET", ":path", "/"]);
  }

  /** Lets the request at hand have these headers: name, value, name, value, ... */
  request(pairs: string[]): Sampled {
    send(this.headers, pairs);
    return this;
  }

  /** Starts a trace and answers whether it is sampled. */
  start(): bool {
    this.context.start(this.random);
    this.sampler.decide(Origin.Started, this.context, NONE, NONE, this.rates);
    return this.context.isSampled;
  }

  /** Continues a trace whose id ends with these 56 bits, and answers what its sampling is then. */
  carry(origin: Origin, sampling: Sampling, randomness: u64, isRandom: bool = true): Sampling {
    const context = this.context;
    context.clear();
    context.traceIdHigh = 1;
    context.traceIdLow = (0xab << 56) | randomness;
    context.parentId = 2;
    context.sampling = sampling;
    context.isRandom = isRandom;
    this.sampler.decide(origin, context, this.th, this.rv, this.rates);
    return context.sampling;
  }
}
