import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { XRayFormat } from "../../../../plugins/trace/formats/xray";
import { written } from "./texts";
import { extracted } from "./spoken";

const headers = new TraceHeaders();
const xray = new XRayFormat(headers);

function read(value: string): string {
  return extracted(xray, headers, ["x-amzn-trace-id", value]);
}

/** What is written to a request that has this value. */
function rewrite(value: string, context: string): string {
  return written(xray, headers, ["x-amzn-trace-id", value], context).replace("x-amzn-trace-id=", "");
}

const ROOT: string = "Root=1-8a3c60f7-d188f8fa79d48a391a778fa6";
const PARENT: string = ";Parent=53995c3f42cd8ad8";
const TRACE: string = "8a3c60f7d188f8fa79d48a391a778fa6";
const CONTEXT: string = TRACE + " 53995c3f42cd8ad8 ";

describe("XRayFormat reads", () => {
  it("nothing where there is nothing", () => {
    expect(extracted(xray, headers, [])).toBe("absent");
  });

  // opentelemetry-js-contrib, packages/propagator-aws-xray/test/AWSXRayPropagator.test.ts, and
  // opentelemetry-java-contrib, aws-xray-propagator/.../AwsXrayPropagatorTest.java
  it("what OpenTelemetry reads", () => {
    expect(read(ROOT + PARENT + ";Sampled=1")).toBe(CONTEXT + "sampled");
    expect(read(ROOT + PARENT + ";Sampled=0")).toBe(CONTEXT + "dropped");
    expect(read(PARENT.slice(1) + ";Sampled=1;" + ROOT)).toBe(CONTEXT + "sampled");
    expect(read(ROOT + PARENT + ";Sampled=1;Foo=Bar")).toBe(CONTEXT + "sampled");
    expect(read("Root=1-0-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1;Foo=Bar")).toBe(
      "00000000d188f8fa79d48a391a778fa6 53995c3f42cd8ad8 sampled",
    );
    expect(read("Root=1-1a-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1;Foo=Bar")).toBe(
      "0000001ad188f8fa79d48a391a778fa6 53995c3f42cd8ad8 sampled",
    );
    expect(read("Root=1-00000000-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1;Foo=Bar")).toBe(
      "00000000d188f8fa79d48a391a778fa6 53995c3f42cd8ad8 sampled",
    );
  });

  it("nothing where OpenTelemetry reads nothing", () => {
    const malformed = [
      "",
      "Root=1-abcdefgh-ijklmnopabcdefghijklmnop" + PARENT + ";Sampled=0",
      "Root=abcdefghijklmnopabcdefghijklmnop" + PARENT + ";Sampled=0",
      ROOT + "00" + PARENT + ";Sampled=0",
      "Root=1*8a3c60f7+d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1;Foo=Bar",
      ROOT + ";Parent=abcdefghijklmnop;Sampled=0",
      ROOT + PARENT + "00;Sampled=0",
      ROOT + PARENT + ";Sampled=",
      ROOT + PARENT + ";Sampled=10220",
      ROOT + PARENT + ";Sampled=a",
      "Root=2-8a3c60f7-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1",
      "Root=1-8a3c60f711-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=0",
      "Root=1--d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=0",
      "Root=1-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=0",
    ];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
  });

  // aws/aws-xray-sdk-go, header/header_test.go; OpenTelemetry takes none of these.
  it("what AWS sends besides: no parent, no decision, one that is left open, a decision alone", () => {
    expect(read("Sampled=1")).toBe("only sampled");
    expect(read("Sampled=0")).toBe("only dropped");
    expect(read("Sampled=?; " + ROOT + "; Parent=53995c3f42cd8ad8; Self=2; Foo=bar")).toBe(CONTEXT + "undecided");
    expect(read("Self=1-67891233-12456789abcdef012345678;" + ROOT)).toBe(TRACE + " 0000000000000000 undecided");
    expect(read(ROOT + ";Sampled=1")).toBe(TRACE + " 0000000000000000 sampled");
    expect(read("Sampled=?")).toBe("invalid");
    expect(read("Parent=53995c3f42cd8ad8;Sampled=1")).toBe("invalid");
    expect(read("Self=1-67891233-12456789abcdef012345678")).toBe("invalid");
  });

  it("over what has no meaning, and no zeros", () => {
    expect(read(";; " + ROOT + " ;x;" + PARENT + ";=;Sampled=0;")).toBe(CONTEXT + "dropped");
    expect(read(ROOT + PARENT + ";Sampled2=x;Rooted=1;Parents=0")).toBe(CONTEXT + "undecided");
    expect(read("Root=1-00000000-000000000000000000000000" + PARENT)).toBe("invalid");
    expect(read(ROOT + ";Parent=0000000000000000")).toBe("invalid");
    expect(read(ROOT.replace("8a3c", "8A3C") + PARENT)).toBe(CONTEXT + "undecided");
  });

  it("nothing out of two", () => {
    expect(read(ROOT + PARENT + ";" + ROOT)).toBe("invalid");
    expect(read(ROOT + PARENT + PARENT)).toBe("invalid");
    expect(read(ROOT + PARENT + ";Sampled=1;Sampled=1")).toBe("invalid");
    expect(extracted(xray, headers, ["x-amzn-trace-id", ROOT, "x-amzn-trace-id", ROOT])).toBe("invalid");
  });
});

describe("XRayFormat writes", () => {
  // opentelemetry-js-contrib, packages/propagator-aws-xray/test/AWSXRayPropagator.test.ts
  it("what OpenTelemetry writes", () => {
    const value = "x-amzn-trace-id=" + ROOT + PARENT;
    expect(written(xray, headers, [], CONTEXT + "sampled")).toBe(value + ";Sampled=1");
    expect(written(xray, headers, [], CONTEXT + "dropped")).toBe(value + ";Sampled=0");
    expect(written(xray, headers, [], CONTEXT + "debug")).toBe(value + ";Sampled=1");
    expect(written(xray, headers, [], CONTEXT + "undecided")).toBe(value);
  });

  it("zeros before a short id", () => {
    expect(written(xray, headers, [], "000000000000000092b449d5929fda1b 0000000000000001 sampled short")).toBe(
      "x-amzn-trace-id=Root=1-00000000-0000000092b449d5929fda1b;Parent=0000000000000001;Sampled=1",
    );
  });

  it("others' fields on with the trace they came with, and with no other", () => {
    const others = ";Self=1-67891233-12456789abcdef012345678;Lineage=25:a87bd80c:1";
    const sent = "Self=1-67891233-12456789abcdef012345678 ; " + ROOT + ";Sampled=1; ;x;Lineage=25:a87bd80c:1;";
    expect(rewrite(sent, CONTEXT + "sampled")).toBe(ROOT + PARENT + ";Sampled=1" + others);
    expect(rewrite(sent, CONTEXT + "dropped")).toBe(ROOT + PARENT + ";Sampled=0" + others);
    const other = "9a3c60f7d188f8fa79d48a391a778fa6 53995c3f42cd8ad8 sampled";
    expect(rewrite(sent, other)).toBe("Root=1-9a3c60f7-d188f8fa79d48a391a778fa6" + PARENT + ";Sampled=1");
    expect(rewrite("Sampled=1;Foo=Bar", CONTEXT + "sampled")).toBe(ROOT + PARENT + ";Sampled=1");
    expect(rewrite(ROOT + ";Parent=x;Foo=Bar", CONTEXT + "sampled")).toBe(ROOT + PARENT + ";Sampled=1");
  });

  it("a wish to be told the decision as long as there is none", () => {
    expect(rewrite(ROOT + ";Sampled=?", CONTEXT + "undecided")).toBe(ROOT + PARENT + ";Sampled=?");
    expect(rewrite(ROOT + ";Sampled=?", CONTEXT + "sampled")).toBe(ROOT + PARENT + ";Sampled=1");
    expect(rewrite(ROOT + ";Sampled=1", CONTEXT + "undecided")).toBe(ROOT + PARENT);
  });

  // The limit of opentelemetry-java-contrib's AwsXrayPropagatorTest.java: 256 bytes of others' fields; each has its `;`
  // here, too.
  it("others' fields only as far as there is room", () => {
    const long = "a".repeat(252) + "=a";
    const sent = ROOT + PARENT + ";Sampled=1;";
    expect(rewrite(sent + long + ";b=b", CONTEXT + "sampled")).toBe(sent + long);
    expect(rewrite(sent + "a" + long + ";b=b", CONTEXT + "sampled")).toBe(sent + "a" + long);
    expect(rewrite(sent + "aa" + long + ";b=b", CONTEXT + "sampled")).toBe(sent + "b=b");
    expect(rewrite(sent + "a".repeat(60000) + "=;b=b", CONTEXT + "sampled")).toBe(sent + "b=b");
  });
});
