import { Sampling } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { B3Single } from "../../../../plugins/trace/formats/b3-single";
import { contextOf, extracted, injected } from "./spoken";

const TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN = "e457b5a2e4d86bd1";
const PARENT = "05e3ac9a4f6e3b90";
const IDS = `${TRACE}-${SPAN}`;
const SHORT = "64fe8b2a57d3eff7";
const PADDED = "000000000000000064fe8b2a57d3eff7";

const headers = new TraceHeaders();
const format = new B3Single(headers);

function said(value: string): string {
  return extracted(format, headers, ["b3", value]);
}

function expectAll(values: string[], expected: string): void {
  for (let i = 0; i < values.length; i++) expect<string>(said(values[i])).toBe(expected, values[i]);
}

// https://github.com/openzipkin/brave: brave/src/test/java/brave/propagation/B3SingleFormatTest.java (parse...),
// https://github.com/open-telemetry/opentelemetry-go-contrib: propagators/b3/b3_data_test.go ("single: ..."),
// https://github.com/open-telemetry/opentelemetry-js: packages/opentelemetry-propagator-b3/test/B3SinglePropagator.test.ts,
// https://github.com/open-telemetry/opentelemetry-java: extensions/trace-propagators/.../B3PropagatorTest.java
// (..._SingleHeader). Where they disagree, the text or the stricter one counts: Java's `-true` and its `-1-0` (debug)
// are refused, and so is what JavaScript finds in the middle of a value; only Go, of these, refuses upper case.
describe("B3Single on the cases of Brave and OpenTelemetry", () => {
  it("reads ids with each sampling state", () => {
    expectAll([IDS], `${TRACE} ${SPAN} undecided`);
    expectAll([IDS + "-0"], `${TRACE} ${SPAN} dropped`);
    expectAll([IDS + "-1"], `${TRACE} ${SPAN} sampled`);
    expectAll([IDS + "-d"], `${TRACE} ${SPAN} debug`);
  });

  it("reads ids with a parent span, which may be zeros, with and without a sampling state", () => {
    expectAll([`${IDS}-${PARENT}`, `${IDS}-0000000000000000`], `${TRACE} ${SPAN} undecided`);
    expectAll([`${IDS}-0-${PARENT}`], `${TRACE} ${SPAN} dropped`);
    expectAll([`${IDS}-1-${PARENT}`, `${IDS}-1-0000000000000000`], `${TRACE} ${SPAN} sampled`);
    expectAll([`${IDS}-d-${PARENT}`], `${TRACE} ${SPAN} debug`);
  });

  it("reads trace ids of 64 bits, and those of 128 bits of which a half is 0", () => {
    expectAll([`${SHORT}-${SPAN}`], `${PADDED} ${SPAN} undecided short`);
    expectAll([`${SHORT}-${SPAN}-1-${PARENT}`], `${PADDED} ${SPAN} sampled short`);
    expectAll([`${PADDED}-${SPAN}-d`], `${PADDED} ${SPAN} debug`);
    const right = "64fe8b2a57d3eff70000000000000000";
    expectAll([`${right}-${SPAN}-0`], `${right} ${SPAN} dropped`);
  });

  it("reads a sampling state alone", () => {
    expectAll(["0"], "only dropped");
    expectAll(["1"], "only sampled");
    expectAll(["d"], "only debug");
  });

  it("refuses what is too short or too long", () => {
    const sixteen = SHORT;
    expectAll([`1-${SPAN}`, `${TRACE.substring(1)}-${SPAN}`, `${TRACE}a-${SPAN}`, `${TRACE}00-${SPAN}-1`], "invalid");
    expectAll(
      [`abc123-${SPAN}`, `${TRACE}-abc123`, `${sixteen}a-${SPAN}`, `${sixteen.substring(1)}-${SPAN}`],
      "invalid",
    );
    expectAll([`${TRACE}-${SPAN.substring(1)}`, `${IDS}a`, `${TRACE}-${SPAN}00-1`, `${TRACE}-${SPAN}11`], "invalid");
    expectAll([`${IDS}-${PARENT.substring(1)}`, `${IDS}-1-${PARENT.substring(1)}`], "invalid");
    expectAll([`${IDS}-${PARENT}a`, `${IDS}-1-${PARENT}a`, `${IDS}-1-${PARENT}00`], "invalid");
    expectAll([`${IDS}-11-${PARENT}`, `${IDS}-11`, `${IDS}-true`, `${IDS}-true-0`, `${IDS}-1-0`], "invalid");
  });

  it("refuses empty fields, too many and too few", () => {
    expectAll(["", "-", `-234567812345678-${SPAN}`, `${TRACE}--`, `${TRACE}--${PARENT}`, `-${SPAN}`], "invalid");
    expectAll([`${IDS}-`, `${IDS}--`, `${IDS}--${PARENT}`, `${IDS}-d-`, `${IDS}-1--${PARENT}`], "invalid");
    expectAll([`${IDS}-1-${PARENT}-`, `${IDS}-1-extra-extra`, `00-${IDS}-01`, "0-1-2-3-4-5-6-7", TRACE], "invalid");
  });

  it("refuses other characters than digits", () => {
    expectAll(["not-a-tumor", "b970dafd-0d95-40aa-95d8-1d8725aebe40", "D", "2", "e", "f", "00"], "invalid");
    expectAll([`g${TRACE.substring(1)}-${SPAN}-1`, `${TRACE}-${SPAN.substring(0, 15)}g-1`, `${IDS}-f`], "invalid");
    expectAll([`${IDS}-q`, `${IDS}-D`, `${IDS}-1-qw00000000000000`, `${TRACE}-${SPAN.substring(0, 15)}💩`], "invalid");
    expectAll([`??${IDS}??`, `${TRACE}_${SPAN}`, `${IDS}_1`, `${IDS}-1_${PARENT}`], "invalid");
  });

  it("refuses ids of zeros", () => {
    const zeros = "0000000000000000";
    expectAll([`${zeros}-${SPAN}-1-${PARENT}`, `${zeros}${zeros}-${SPAN}-1`, `${TRACE}-${zeros}-1`], "invalid");
    expectAll([`${zeros}${zeros}-${zeros}-1`], "invalid");
  });

  it("writes each sampling state, and no parent span, which it was not told", () => {
    expect<string>(written([], Sampling.Undecided)).toBe(`b3=${IDS}`);
    expect<string>(written([], Sampling.Dropped)).toBe(`b3=${IDS}-0`);
    expect<string>(written([], Sampling.Sampled)).toBe(`b3=${IDS}-1`);
    expect<string>(written([], Sampling.Debug)).toBe(`b3=${IDS}-d`);
  });
});

function written(sent: string[], sampling: Sampling): string {
  return injected(format, headers, sent, contextOf(TRACE, SPAN, sampling));
}

describe("B3Single", () => {
  it("takes two headers for none", () => {
    expect<string>(extracted(format, headers, ["b3", IDS, "b3", IDS])).toBe("invalid");
    expect<string>(extracted(format, headers, ["b4", IDS])).toBe("absent");
  });

  it("reads upper case, and writes lower case", () => {
    const upper = "80F198EE56343BA864FE8B2A57D3EFF7-E457B5A2E4D86BD1";
    expectAll([upper + "-1", upper + "-1-05E3AC9A4F6E3B90"], `${TRACE} ${SPAN} sampled`);
    expect<string>(written(["b3", upper + "-1"], Sampling.Dropped)).toBe(`b3=${IDS}-0`);
  });

  it("does not mind white space around", () => {
    expectAll([` ${IDS}-1`, `${IDS}-1\t`], `${TRACE} ${SPAN} sampled`);
    expectAll([" 0 "], "only dropped");
    expectAll([" ", "\t \t", `${IDS} -1`], "invalid");
  });

  it("writes a trace id in the width in which it came", () => {
    const context = contextOf(PADDED, SPAN, Sampling.Sampled);
    expect<string>(injected(format, headers, [], context)).toBe(`b3=${PADDED}-${SPAN}-1`);
    context.isShort = true;
    expect<string>(injected(format, headers, [], context)).toBe(`b3=${SHORT}-${SPAN}-1`);
  });

  it("keeps the parent span with the span that it belongs to, and with no other", () => {
    const sent = ["b3", `${IDS}-${PARENT}`];
    expect<string>(written(sent, Sampling.Undecided)).toBe("");
    expect<string>(written(sent, Sampling.Sampled)).toBe(`b3=${IDS}-1-${PARENT}`);
    const otherSpan = contextOf(TRACE, "0000000000000001", Sampling.Sampled);
    expect<string>(injected(format, headers, sent, otherSpan)).toBe(`b3=${TRACE}-0000000000000001-1`);
    const otherTrace = contextOf(PADDED, SPAN, Sampling.Sampled);
    expect<string>(injected(format, headers, sent, otherTrace)).toBe(`b3=${PADDED}-${SPAN}-1`);
    expect<string>(written(["b3", `${IDS}-1-${PARENT}-`], Sampling.Sampled)).toBe(`b3=${IDS}-1`);
  });
});
