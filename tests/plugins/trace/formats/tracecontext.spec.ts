import { Sampling } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { TraceContextFormat } from "../../../../plugins/trace/formats/tracecontext";
import { contextOf, extracted, injected } from "./spoken";

const TRACE = "12345678901234567890123456789012";
const PARENT = "1234567890123456";
const SAMPLED = `${TRACE} ${PARENT} sampled`;

const headers = new TraceHeaders();
const format = new TraceContextFormat(headers);

function expectAll(values: string[], expected: string): void {
  for (let i = 0; i < values.length; i++) {
    expect<string>(extracted(format, headers, ["traceparent", values[i]])).toBe(expected, values[i]);
  }
}

function written(value: string, sampling: Sampling): string {
  return injected(format, headers, value == "" ? [] : ["traceparent", value], contextOf(TRACE, PARENT, sampling));
}

// https://github.com/w3c/trace-context: test/test.py, TraceContextTest and TraceContext2Test, which send these headers
// and look at whether the trace goes on. What they ask of tracestate is asked of its own reader.
describe("TraceContextFormat on the cases of the W3C test suite", () => {
  it("continues the trace of a valid traceparent", () => {
    expectAll([`00-${TRACE}-${PARENT}-01`], SAMPLED);
  });

  it("continues none of two traceparents", () => {
    const first = "00-12345678901234567890123456789011-1234567890123456-01";
    const second = "00-12345678901234567890123456789012-1234567890123456-01";
    expect<string>(extracted(format, headers, ["traceparent", first, "traceparent", second])).toBe("invalid");
    expectAll([`${first},${second}`, `${first}, ${second}`], "invalid");
  });

  it("does not see headers whose names are spelt otherwise", () => {
    const value = `00-${TRACE}-${PARENT}-01`;
    expect<string>(extracted(format, headers, ["trace-parent", value])).toBe("absent");
    expect<string>(extracted(format, headers, ["trace.parent", value])).toBe("absent");
    expect<string>(extracted(format, headers, [])).toBe("absent");
  });

  it("lets nothing follow version 00", () => {
    const whole = `00-${TRACE}-${PARENT}-01`;
    expectAll([whole + ".", whole + "-what-the-future-will-be-like"], "invalid");
  });

  it("reads a version to come, and lets it go on after a dash", () => {
    const whole = `cc-${TRACE}-${PARENT}-01`;
    expectAll([whole, whole + "-what-the-future-will-be-like"], SAMPLED);
    expectAll([whole + ".what-the-future-will-be-like"], "invalid");
  });

  it("refuses version ff and what is no version", () => {
    const rest = `-${TRACE}-${PARENT}-01`;
    expectAll(["ff" + rest, ".0" + rest, "0." + rest, "000" + rest, "0000" + rest, "0" + rest], "invalid");
  });

  it("refuses what is no trace id", () => {
    const zeros = "00000000000000000000000000000000";
    const ids = [zeros, "." + TRACE.substring(1), TRACE.substring(0, 31) + ".", TRACE + "3", TRACE.substring(0, 31)];
    for (let i = 0; i < ids.length; i++) expectAll([`00-${ids[i]}-${PARENT}-01`], "invalid");
  });

  it("refuses what is no parent id", () => {
    const ids = ["0000000000000000", ".234567890123456", "123456789012345.", PARENT + "7", PARENT.substring(0, 15)];
    for (let i = 0; i < ids.length; i++) expectAll([`00-${TRACE}-${ids[i]}-01`], "invalid");
  });

  it("refuses what are no flags", () => {
    const flags = [".0", "0.", "001", "1"];
    for (let i = 0; i < flags.length; i++) expectAll([`00-${TRACE}-${PARENT}-${flags[i]}`], "invalid");
  });

  it("does not mind white space around", () => {
    const whole = `00-${TRACE}-${PARENT}-01`;
    expectAll([" " + whole, "\t" + whole, whole + " ", whole + "\t", "\t " + whole + " \t"], SAMPLED);
  });

  it("keeps the random flag", () => {
    expectAll([`00-${TRACE}-${PARENT}-02`], `${TRACE} ${PARENT} dropped random`);
    const context = contextOf(TRACE, PARENT, Sampling.Dropped);
    context.isRandom = true;
    expect<string>(injected(format, headers, [], context)).toBe(`traceparent=00-${TRACE}-${PARENT}-02`);
  });
});

describe("TraceContextFormat", () => {
  it("reads two flags of eight, in every version", () => {
    expectAll([`00-${TRACE}-${PARENT}-00`, `00-${TRACE}-${PARENT}-fc`], `${TRACE} ${PARENT} dropped`);
    expectAll([`00-${TRACE}-${PARENT}-ff`, `cc-${TRACE}-${PARENT}-03-x`], SAMPLED + " random");
  });

  it("reads every digit", () => {
    const ids = "fedcba98765432100123456789abcdef 0f1e2d3c4b5a6978";
    const value = "00-fedcba98765432100123456789abcdef-0f1e2d3c4b5a6978-00";
    expectAll([value], ids + " dropped");
    const context = contextOf("fedcba98765432100123456789abcdef", "0f1e2d3c4b5a6978", Sampling.Dropped);
    expect<string>(injected(format, headers, [], context)).toBe("traceparent=" + value);
  });

  it("writes version 00 over whatever was there", () => {
    const sampled = `traceparent=00-${TRACE}-${PARENT}-01`;
    expect<string>(written("", Sampling.Sampled)).toBe(sampled);
    expect<string>(written("x", Sampling.Debug)).toBe(sampled);
    expect<string>(written(`cc-${TRACE}-${PARENT}-01-x`, Sampling.Sampled)).toBe(sampled);
    expect<string>(written(`00-${TRACE}-${PARENT}-01`, Sampling.Sampled)).toBe("");
  });

  it("has no way to say that nobody has decided", () => {
    expect<string>(written("", Sampling.Undecided)).toBe(`traceparent=00-${TRACE}-${PARENT}-00`);
    expect<string>(written("", Sampling.Dropped)).toBe(`traceparent=00-${TRACE}-${PARENT}-00`);
  });

  it("writes a trace id of 64 bits with leading zeros", () => {
    const context = contextOf("0000000000000000a3ce929d0e0e4736", PARENT, Sampling.Sampled);
    context.isShort = true;
    const expected = `traceparent=00-0000000000000000a3ce929d0e0e4736-${PARENT}-01`;
    expect<string>(injected(format, headers, [], context)).toBe(expected);
  });
});
