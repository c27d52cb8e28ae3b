import { Field } from "../../../assembly/core/w3c-headers";
import { TraceConfig, Trust } from "../../../plugins/trace/config";
import { decide, Decision, removesTraceparent, removesTracestate, startsTrace } from "../../../plugins/trace/policy";

const ABSENT = Field.Absent;
const VALID = Field.Valid;
const INVALID = Field.Invalid;
const ALL_FIELDS: Field[] = [ABSENT, VALID, INVALID];

function config(trust: Trust, start: bool): TraceConfig {
  const made = new TraceConfig();
  made.trust = trust;
  made.start = start;
  return made;
}

const defaults = new TraceConfig();
const neverStart = config(Trust.Full, false);
const distrust = config(Trust.None, true);
const distrustNeverStart = config(Trust.None, false);

describe("decide, trusting the caller", () => {
  it("continues a valid traceparent, with a valid tracestate or none", () => {
    expect<Decision>(decide(defaults, VALID, ABSENT)).toBe(Decision.Continue);
    expect<Decision>(decide(defaults, VALID, VALID)).toBe(Decision.Continue);
    expect<Decision>(decide(neverStart, VALID, VALID)).toBe(Decision.Continue);
  });

  it("drops an invalid tracestate and continues without", () => {
    expect<Decision>(decide(defaults, VALID, INVALID)).toBe(Decision.DropTracestate);
    expect<Decision>(decide(neverStart, VALID, INVALID)).toBe(Decision.DropTracestate);
  });

  it("restarts an invalid traceparent, whatever the tracestate", () => {
    for (let i = 0; i < 3; i++) expect<Decision>(decide(defaults, INVALID, ALL_FIELDS[i])).toBe(Decision.Restart);
  });

  it("starts a trace where there is none, and drops a tracestate without traceparent", () => {
    expect<Decision>(decide(defaults, ABSENT, ABSENT)).toBe(Decision.Start);
    expect<Decision>(decide(defaults, ABSENT, VALID)).toBe(Decision.Restart);
    expect<Decision>(decide(defaults, ABSENT, INVALID)).toBe(Decision.Restart);
  });

  it("with start false only removes what is invalid", () => {
    expect<Decision>(decide(neverStart, ABSENT, ABSENT)).toBe(Decision.Pass);
    for (let i = 0; i < 3; i++) expect<Decision>(decide(neverStart, INVALID, ALL_FIELDS[i])).toBe(Decision.Remove);
    expect<Decision>(decide(neverStart, ABSENT, VALID)).toBe(Decision.Remove);
  });
});

describe("decide, not trusting the caller", () => {
  it("replaces whatever arrived, valid or not", () => {
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        if (i + j == 0) continue;
        expect<Decision>(decide(distrust, ALL_FIELDS[i], ALL_FIELDS[j])).toBe(Decision.Replace);
        expect<Decision>(decide(distrustNeverStart, ALL_FIELDS[i], ALL_FIELDS[j])).toBe(Decision.Discard);
      }
    }
  });

  it("treats a request without context as any other", () => {
    expect<Decision>(decide(distrust, ABSENT, ABSENT)).toBe(Decision.Start);
    expect<Decision>(decide(distrustNeverStart, ABSENT, ABSENT)).toBe(Decision.Pass);
  });
});

describe("what a decision writes", () => {
  it("is nothing when the context is continued or there is none", () => {
    const untouched: Decision[] = [Decision.Pass, Decision.Continue];
    for (let i = 0; i < untouched.length; i++) {
      expect<bool>(startsTrace(untouched[i])).toBe(false);
      expect<bool>(removesTraceparent(untouched[i])).toBe(false);
      expect<bool>(removesTracestate(untouched[i])).toBe(false);
    }
  });

  it("is a new traceparent or none, and never the caller's tracestate with it", () => {
    const writing: Decision[] = [Decision.Restart, Decision.Replace];
    for (let i = 0; i < writing.length; i++) {
      expect<bool>(startsTrace(writing[i]) && removesTracestate(writing[i])).toBe(true);
      expect<bool>(removesTraceparent(writing[i])).toBe(false);
    }
    const removing: Decision[] = [Decision.Remove, Decision.Discard];
    for (let i = 0; i < removing.length; i++) {
      expect<bool>(removesTraceparent(removing[i]) && removesTracestate(removing[i])).toBe(true);
      expect<bool>(startsTrace(removing[i])).toBe(false);
    }
  });

  it("leaves the traceparent alone when only the tracestate is dropped", () => {
    expect<bool>(removesTracestate(Decision.DropTracestate)).toBe(true);
    expect<bool>(startsTrace(Decision.DropTracestate) || removesTraceparent(Decision.DropTracestate)).toBe(false);
  });

  it("has no tracestate to remove when a trace is started where there was nothing", () => {
    expect<bool>(startsTrace(Decision.Start)).toBe(true);
    expect<bool>(removesTracestate(Decision.Start)).toBe(false);
  });
});
