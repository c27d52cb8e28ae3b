// What any context is after any way through the formats: written in one, read, written in the next, and so on.
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Sampling, TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { createFormat, FORMATS } from "../../../../plugins/trace/formats/formats";
import { Found, TraceFormat } from "../../../../plugins/trace/formats/trace-format";
import { EditedRequest } from "./edited-request";
import { textOf } from "./spoken";
import { parsed } from "./texts";

const CONTEXTS = 40;
const DIRT = "dddddddddddddddddddddddddddddddd dddddddddddddddd debug random";

const random = new Xoshiro256();
const headers = new TraceHeaders();
const written: TraceFormat[] = [];
for (let i = 0; i < FORMATS.length; i++) {
  const format = createFormat(FORMATS[i], headers)!;
  if (format.canWrite) written.push(format);
}

/** One of the ids that are likelier to go wrong than others, or any. */
function anyId(): u64 {
  const id = random.next();
  switch (<i32>(random.next() & 7)) {
    case 0:
      return 1;
    case 1:
      return u64.MAX_VALUE;
    case 2:
      return id >> (random.next() & 63);
    case 3:
      return 1 << 63;
    default:
      return id;
  }
}

function anyContext(sampling: Sampling): TraceContext {
  const context = new TraceContext();
  context.isShort = (random.next() & 3) == 0;
  context.traceIdHigh = context.isShort || (random.next() & 7) == 0 ? 0 : anyId();
  context.traceIdLow = context.traceIdHigh != 0 && (random.next() & 7) == 0 ? 0 : max(1, anyId());
  context.parentId = max(1, anyId());
  context.sampling = sampling;
  context.isRandom = (random.next() & 1) == 0;
  return context;
}

/** What is left of a context that a format says: what the format cannot express. */
function expressed(name: string, context: TraceContext): TraceContext {
  const left = new TraceContext();
  left.copy(context);
  left.isRandom = name == "tracecontext" && context.isRandom;
  if (name == "datadog") left.isShort = context.traceIdHigh == 0;
  else if (name == "tracecontext" || name == "xray" || name == "google") left.isShort = false;
  const isDebugLost = name == "tracecontext" || name == "xray" || name == "google";
  if (context.sampling == Sampling.Debug && isDebugLost) left.sampling = Sampling.Sampled;
  const isUndecidedLost = name == "tracecontext" || name == "jaeger";
  if (context.sampling == Sampling.Undecided && isUndecidedLost) left.sampling = Sampling.Dropped;
  return left;
}

/** Whether `format` can write this at all: Datadog has no name for a trace whose low half is 0. */
function canExpress(format: TraceFormat, context: TraceContext): bool {
  return format.name != "datadog" || context.traceIdLow != 0;
}

/** Writes `context` to the request as a hop does that has just received it, and sends it on. */
function write(format: TraceFormat, context: TraceContext, request: EditedRequest): void {
  format.inject(context, request);
  request.send();
}

function read(format: TraceFormat): TraceContext {
  const context = parsed(DIRT);
  const found = format.extract(context);
  if (found != Found.Trace) expect<Found>(found).toBe(Found.Trace, format.name);
  return context;
}

function newRequest(): EditedRequest {
  const request = new EditedRequest(headers);
  request.send();
  return request;
}

function expectSame(actual: TraceContext, expected: TraceContext, way: string): void {
  // An expectation costs more than all that is tested here.
  if (textOf(actual) != textOf(expected)) expect<string>(textOf(actual)).toBe(textOf(expected), way);
}

function forContexts(seed: u64, check: (context: TraceContext) => void): void {
  random.seedPoor(2, seed, 0, 0);
  for (let i = 0; i < CONTEXTS; i++) check(anyContext(<Sampling>(i & 3)));
}

describe("a context that is written", () => {
  it("is read as far as the format can express it", () => {
    forContexts(1, (context) => {
      for (let i = 0; i < written.length; i++) {
        if (!canExpress(written[i], context)) continue;
        write(written[i], context, newRequest());
        expectSame(read(written[i]), expressed(written[i].name, context), written[i].name);
      }
    });
  });

  it("says that it is the same: nothing is written a second time", () => {
    forContexts(2, (context) => {
      for (let i = 0; i < written.length; i++) {
        if (!canExpress(written[i], context)) continue;
        const request = newRequest();
        write(written[i], context, request);
        written[i].inject(context, request);
        expect<i32>(request.changes).toBe(0, written[i].name);
        const back = read(written[i]);
        written[i].inject(back, request);
        expect<i32>(request.changes).toBe(0, written[i].name + " again");
        const isUndecidedLost = back.sampling == Sampling.Dropped && context.sampling == Sampling.Undecided;
        expect<bool>(back.saysTheSame(context)).toBe(!isUndecidedLost, written[i].name);
      }
    });
  });

  it("leaves nothing of one that was there before", () => {
    forContexts(3, (context) => {
      for (let i = 0; i < written.length; i++) {
        if (!canExpress(written[i], context)) continue;
        const request = newRequest();
        let before = anyContext(<Sampling>(random.next() & 3));
        if (random.next() & 1) before = withNewParent(context, before.sampling);
        if (canExpress(written[i], before)) write(written[i], before, request);
        write(written[i], context, request);
        expectSame(read(written[i]), expressed(written[i].name, context), written[i].name);
        const alone = newRequest();
        write(written[i], context, alone);
        expect<i32>(request.pairs.length).toBe(alone.pairs.length, written[i].name);
      }
    });
  });

  it("is gone when it is taken away", () => {
    forContexts(4, (context) => {
      for (let i = 0; i < written.length; i++) {
        if (!canExpress(written[i], context)) continue;
        const request = newRequest();
        write(written[i], context, request);
        written[i].remove(request);
        expect<i32>(request.pairs.length).toBe(0, written[i].name);
      }
    });
  });
});

function withNewParent(context: TraceContext, sampling: Sampling): TraceContext {
  const other = new TraceContext();
  other.copy(context);
  other.parentId = max(1, random.next());
  other.sampling = sampling;
  return other;
}

describe("a context that is converted", () => {
  it("from each format to each other and back keeps its ids and its decision", () => {
    forContexts(5, (context) => {
      for (let i = 0; i < written.length * written.length; i++) {
        const one = written[i % written.length];
        const other = written[i / written.length];
        if (!canExpress(one, context) || !canExpress(other, context)) continue;
        const request = newRequest();
        write(one, context, request);
        write(other, read(one), request);
        const there = read(other);
        one.remove(request);
        request.send();
        write(one, there, request);
        const back = read(one);
        const way = `${one.name} to ${other.name} and back`;
        expectSame(there, expressed(other.name, expressed(one.name, context)), way);
        expectSame(back, expressed(one.name, there), way);
        const isKept = back.sameTrace(context) && back.parentId == context.parentId;
        if (!isKept || back.isSampled != context.isSampled) expectSame(back, context, way);
      }
    });
  });

  it("by any way has lost what the formats on it cannot express, and nothing else", () => {
    forContexts(6, (context) => {
      const request = newRequest();
      let at = context;
      let expected = context;
      let way = textOf(context);
      for (let hop = 0; hop < 8; hop++) {
        const format = written[<i32>(random.next() % <u64>written.length)];
        if (!canExpress(format, context)) continue;
        write(format, at, request);
        at = read(format);
        expected = expressed(format.name, expected);
        way += " " + format.name;
        expectSame(at, expected, way);
      }
    });
  });

  it("to all formats at once is the same in all", () => {
    forContexts(7, (context) => {
      if (context.traceIdLow == 0) return;
      const request = newRequest();
      for (let i = 0; i < written.length; i++) written[i].inject(context, request);
      request.send();
      for (let i = 0; i < written.length; i++) {
        expectSame(read(written[i]), expressed(written[i].name, context), written[i].name);
      }
    });
  });
});
