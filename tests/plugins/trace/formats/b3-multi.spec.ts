import { Sampling } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { B3Multi } from "../../../../plugins/trace/formats/b3-multi";
import { RecordedEdits } from "../sent";
import { contextOf, extracted, injected } from "./spoken";

const TRACE = "463ac35c9f6413ad48485a3953bb6124";
const SPAN = "a2fb4a1d1a96d312";
const PARENT = "0020000000000001";
const SHORT = "48485a3953bb6124";
const PADDED = "000000000000000048485a3953bb6124";

const headers = new TraceHeaders();
const format = new B3Multi(headers);

/** What ids with these other headers are taken for. */
function said(more: string[]): string {
  return extracted(format, headers, ["x-b3-traceid", TRACE, "x-b3-spanid", SPAN].concat(more));
}

function saidOfIds(traceId: string, spanId: string): string {
  return extracted(format, headers, ["x-b3-traceid", traceId, "x-b3-spanid", spanId, "x-b3-sampled", "1"]);
}

function only(pairs: string[]): string {
  return extracted(format, headers, pairs);
}

function expectSampled(values: string[], expected: string): void {
  for (let i = 0; i < values.length; i++) expect<string>(said(["x-b3-sampled", values[i]])).toBe(expected, values[i]);
}

// https://github.com/openzipkin/brave: brave/src/test/java/brave/propagation/B3PropagationTest.java (extract_...),
// https://github.com/open-telemetry/opentelemetry-go-contrib: propagators/b3/b3_data_test.go ("multiple: ..."),
// https://github.com/open-telemetry/opentelemetry-js: packages/opentelemetry-propagator-b3/test/B3MultiPropagator.test.ts,
// https://github.com/open-telemetry/opentelemetry-python: propagator/opentelemetry-propagator-b3/tests/test_b3_format.py.
// Where they disagree: Python alone reads `x-b3-sampled: d`, Go and Brave alone refuse upper case, JavaScript and Java
// alone pad trace ids of any length.
describe("B3Multi on the cases of Brave and OpenTelemetry", () => {
  it("reads ids with each sampling state", () => {
    expect<string>(said([])).toBe(`${TRACE} ${SPAN} undecided`);
    expectSampled(["0", "false", "False"], `${TRACE} ${SPAN} dropped`);
    expectSampled(["1", "true", "True"], `${TRACE} ${SPAN} sampled`);
    expect<string>(said(["x-b3-flags", "1"])).toBe(`${TRACE} ${SPAN} debug`);
  });

  it("refuses what is no sampling state", () => {
    expectSampled(["", "2", "d", "10", "01", "hello", "yes", "truE1", "fals", "💩"], "invalid");
  });

  it("takes debug for more than x-b3-sampled, and no other flags for anything", () => {
    expect<string>(said(["x-b3-sampled", "0", "x-b3-flags", "1"])).toBe(`${TRACE} ${SPAN} debug`);
    expect<string>(said(["x-b3-sampled", "1", "x-b3-flags", "1"])).toBe(`${TRACE} ${SPAN} debug`);
    const others = ["0", "false", "true", "2", "3", "", "11"];
    for (let i = 0; i < others.length; i++) {
      expect<string>(said(["x-b3-flags", others[i]])).toBe(`${TRACE} ${SPAN} undecided`, others[i]);
      expect<string>(said(["x-b3-flags", others[i], "x-b3-sampled", "0"])).toBe(`${TRACE} ${SPAN} dropped`, others[i]);
    }
  });

  it("reads a decision alone", () => {
    expect<string>(only(["x-b3-sampled", "0"])).toBe("only dropped");
    expect<string>(only(["x-b3-sampled", "1"])).toBe("only sampled");
    expect<string>(only(["x-b3-flags", "1"])).toBe("only debug");
    expect<string>(only(["x-b3-sampled", "invalid"])).toBe("invalid");
  });

  it("reads trace ids of 64 bits, and those of 128 bits of which a half is 0", () => {
    expect<string>(saidOfIds(SHORT, SPAN)).toBe(`${PADDED} ${SPAN} sampled short`);
    expect<string>(saidOfIds(PADDED, SPAN)).toBe(`${PADDED} ${SPAN} sampled`);
    const right = "48485a3953bb61240000000000000000";
    expect<string>(saidOfIds(right, SPAN)).toBe(`${right} ${SPAN} sampled`);
  });

  it("refuses what is no trace id", () => {
    const ids = [
      TRACE + "00",
      TRACE.substring(4),
      "ab0000000000",
      "abc123",
      "qw" + TRACE.substring(2),
      "g" + TRACE.substring(1),
      "invalid!",
      "",
      "0000000000000000",
      "00000000000000000000000000000000",
      "00-ffffffffffffffffffffffffffffffff",
    ];
    for (let i = 0; i < ids.length; i++) expect<string>(saidOfIds(ids[i], SPAN)).toBe("invalid", ids[i]);
  });

  it("refuses what is no span id", () => {
    const ids = [SPAN + "00", SPAN.substring(2), "abc123", "qw" + SPAN.substring(2), "", "0000000000000000", TRACE];
    for (let i = 0; i < ids.length; i++) expect<string>(saidOfIds(TRACE, ids[i])).toBe("invalid", ids[i]);
  });

  it("refuses one id without the other", () => {
    expect<string>(only(["x-b3-traceid", TRACE, "x-b3-sampled", "1"])).toBe("invalid");
    expect<string>(only(["x-b3-spanid", SPAN, "x-b3-sampled", "1"])).toBe("invalid");
    expect<string>(only(["x-b3-traceid", TRACE, "x-b3-flags", "1"])).toBe("invalid");
    expect<string>(only(["x-b3-parentspanid", PARENT])).toBe("invalid");
  });

  it("reads a parent span, which may be zeros, and refuses what is none", () => {
    expect<string>(said(["x-b3-parentspanid", PARENT])).toBe(`${TRACE} ${SPAN} undecided`);
    expect<string>(said(["x-b3-parentspanid", "0000000000000000"])).toBe(`${TRACE} ${SPAN} undecided`);
    const wrong = ["", "1", "qw00000000000000", PARENT + "0", TRACE];
    for (let i = 0; i < wrong.length; i++) expect<string>(said(["x-b3-parentspanid", wrong[i]])).toBe("invalid");
  });

  it("writes each sampling state, and with debug nothing but debug", () => {
    const ids = `x-b3-traceid=${TRACE}; x-b3-spanid=${SPAN}`;
    expect<string>(written([], Sampling.Undecided)).toBe(ids);
    expect<string>(written([], Sampling.Dropped)).toBe(ids + "; x-b3-sampled=0");
    expect<string>(written([], Sampling.Sampled)).toBe(ids + "; x-b3-sampled=1");
    expect<string>(written([], Sampling.Debug)).toBe(ids + "; x-b3-flags=1");
  });
});

function written(more: string[], sampling: Sampling): string {
  return injected(format, headers, more, contextOf(TRACE, SPAN, sampling));
}

function rewritten(more: string[], sampling: Sampling): string {
  return written(["x-b3-traceid", TRACE, "x-b3-spanid", SPAN].concat(more), sampling);
}

describe("B3Multi", () => {
  it("takes nothing, and flags that say nothing, for nothing", () => {
    expect<string>(only([])).toBe("absent");
    expect<string>(only(["b3", `${TRACE}-${SPAN}`])).toBe("absent");
    expect<string>(only(["x-b3-flags", "0"])).toBe("absent");
  });

  // https://github.com/openzipkin/b3-propagation#multiple-headers: the first value wins.
  it("takes the first of repeated headers", () => {
    expect<string>(said(["x-b3-traceid", PADDED, "x-b3-spanid", "x"])).toBe(`${TRACE} ${SPAN} undecided`);
    expect<string>(said(["x-b3-sampled", "0", "x-b3-sampled", "1"])).toBe(`${TRACE} ${SPAN} dropped`);
    expect<string>(said(["x-b3-flags", "0", "x-b3-flags", "1"])).toBe(`${TRACE} ${SPAN} undecided`);
    expect<string>(said(["x-b3-sampled", "x", "x-b3-sampled", "1"])).toBe("invalid");
    expect<string>(saidOfIds(`${TRACE},${TRACE}`, SPAN)).toBe("invalid");
  });

  it("leaves one of repeated headers when it writes", () => {
    const more = ["x-b3-spanid", SPAN, "x-b3-sampled", "0", "x-b3-sampled", "1"];
    expect<string>(rewritten(more, Sampling.Sampled)).toBe(`x-b3-spanid=${SPAN}; x-b3-sampled=1`);
  });

  it("reads upper case, and writes lower case", () => {
    expect<string>(saidOfIds(TRACE.toUpperCase(), SPAN.toUpperCase())).toBe(`${TRACE} ${SPAN} sampled`);
    const sent = ["x-b3-traceid", TRACE.toUpperCase(), "x-b3-spanid", SPAN];
    expect<string>(written(sent, Sampling.Undecided)).toBe(`x-b3-traceid=${TRACE}`);
  });

  it("does not mind white space around", () => {
    expect<string>(saidOfIds(` ${TRACE}`, `${SPAN}\t`)).toBe(`${TRACE} ${SPAN} sampled`);
    expectSampled([" 1", "true "], `${TRACE} ${SPAN} sampled`);
    expectSampled([" ", "1 1"], "invalid");
  });

  it("writes a trace id in the width in which it came", () => {
    const context = contextOf(PADDED, SPAN, Sampling.Undecided);
    context.isShort = true;
    expect<string>(injected(format, headers, [], context)).toBe(`x-b3-traceid=${SHORT}; x-b3-spanid=${SPAN}`);
  });

  it("takes away the sampling state that no longer holds", () => {
    const sampled = ["x-b3-sampled", "1"];
    expect<string>(rewritten(sampled, Sampling.Sampled)).toBe("");
    expect<string>(rewritten(sampled, Sampling.Dropped)).toBe("x-b3-sampled=0");
    expect<string>(rewritten(sampled, Sampling.Undecided)).toBe("-x-b3-sampled");
    expect<string>(rewritten(sampled, Sampling.Debug)).toBe("x-b3-flags=1; -x-b3-sampled");
    const debug = ["x-b3-flags", "1"];
    expect<string>(rewritten(debug, Sampling.Debug)).toBe("");
    expect<string>(rewritten(debug, Sampling.Sampled)).toBe("-x-b3-flags; x-b3-sampled=1");
    expect<string>(rewritten(debug, Sampling.Undecided)).toBe("-x-b3-flags");
  });

  it("keeps the parent span with the span that it belongs to, and with no other", () => {
    const more = ["x-b3-parentspanid", PARENT];
    expect<string>(rewritten(more, Sampling.Sampled)).toBe("x-b3-sampled=1");
    const sent = ["x-b3-traceid", TRACE, "x-b3-spanid", SPAN].concat(more);
    const otherSpan = contextOf(TRACE, "0000000000000001", Sampling.Undecided);
    const gone = "x-b3-spanid=0000000000000001; -x-b3-parentspanid";
    expect<string>(injected(format, headers, sent, otherSpan)).toBe(gone);
    const otherTrace = contextOf(PADDED, SPAN, Sampling.Undecided);
    const goneToo = `x-b3-traceid=${PADDED}; -x-b3-parentspanid`;
    expect<string>(injected(format, headers, sent, otherTrace)).toBe(goneToo);
  });

  it("takes all of its headers away", () => {
    expect<string>(said(["x-b3-parentspanid", PARENT, "x-b3-sampled", "1", "x-b3-flags", "0"])).not.toBe("invalid");
    const edits = new RecordedEdits(headers);
    format.remove(edits);
    const ids = "-x-b3-traceid; -x-b3-spanid; -x-b3-parentspanid";
    expect<string>(edits.toString()).toBe(ids + "; -x-b3-sampled; -x-b3-flags");
  });
});
