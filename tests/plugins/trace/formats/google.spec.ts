import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { GoogleFormat } from "../../../../plugins/trace/formats/google";
import { written } from "./texts";
import { extracted } from "./spoken";

const headers = new TraceHeaders();
const google = new GoogleFormat(headers);

function read(value: string): string {
  return extracted(google, headers, ["x-cloud-trace-context", value]);
}

function write(context: string): string {
  return written(google, headers, [], context);
}

const TRACE: string = "d4cda95b652f4a1592b449d5929fda1b";
const MAX: string = "18446744073709551615";

describe("GoogleFormat reads", () => {
  it("nothing where there is nothing", () => {
    expect(extracted(google, headers, [])).toBe("absent");
  });

  // GoogleCloudPlatform/opentelemetry-operations-js,
  // packages/opentelemetry-cloud-trace-propagator/test/CloudPropagator.test.ts
  it("what Google's propagator for JavaScript reads", () => {
    const value = TRACE + "/7929822056569588882";
    expect(read(value + ";o=1")).toBe(TRACE + " 6e0c63257de34c92 sampled");
    expect(read(value + ";o=0")).toBe(TRACE + " 6e0c63257de34c92 dropped");
    expect(read("invalid!")).toBe("invalid");
    expect(read(value + "foo")).toBe("invalid");
    expect(read(value + ";o=1foo")).toBe("invalid");
  });

  // GoogleCloudPlatform/opentelemetry-operations-go, propagator/propagator_test.go; without options it takes the trace
  // for one that is not sampled, for want of a third word.
  it("what Google's propagator for Go reads", () => {
    const value = "d36a105d7002f0dee73c0dfb9553764a/139592093";
    const context = "d36a105d7002f0dee73c0dfb9553764a 000000000852019d ";
    expect(read(value + ";o=1")).toBe(context + "sampled");
    expect(read(value + ";o=0")).toBe(context + "dropped");
    expect(read(value + ";o=3")).toBe(context + "sampled");
    expect(read(value)).toBe(context + "undecided");
  });

  it("a trace without a span", () => {
    expect(read(TRACE)).toBe(TRACE + " 0000000000000000 undecided");
    expect(read(TRACE + ";o=1")).toBe(TRACE + " 0000000000000000 sampled");
    expect(read(TRACE + "/0;o=1")).toBe(TRACE + " 0000000000000000 sampled");
  });

  it("spans up to the largest number", () => {
    expect(read(TRACE + "/" + MAX)).toBe(TRACE + " ffffffffffffffff undecided");
    expect(read(TRACE + "/00" + MAX)).toBe(TRACE + " ffffffffffffffff undecided");
    expect(read(TRACE + "/18446744073709551616")).toBe("invalid");
    expect(read(TRACE + "/99999999999999999999")).toBe("invalid");
  });

  it("nothing into malformed values", () => {
    const malformed = [
      "",
      TRACE.slice(1),
      TRACE + "0/1",
      "00000000000000000000000000000000/1;o=1",
      "x" + TRACE.slice(1) + "/1",
      TRACE + "/",
      TRACE + "/;o=1",
      TRACE + "/-1",
      TRACE + "/0x1",
      TRACE + "/1;",
      TRACE + "/1;o",
      TRACE + "/1;o=",
      TRACE + "/1;o=x",
      TRACE + "/1;p=1",
      TRACE + "/1;o=01",
      TRACE + " /1",
    ];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
    const value = TRACE + "/1;o=1";
    expect(extracted(google, headers, ["x-cloud-trace-context", value, "x-cloud-trace-context", value])).toBe(
      "invalid",
    );
  });
});

describe("GoogleFormat writes", () => {
  // GoogleCloudPlatform/opentelemetry-operations-js,
  // packages/opentelemetry-cloud-trace-propagator/test/CloudPropagator.test.ts
  it("what Google's propagators write", () => {
    const value = "x-cloud-trace-context=" + TRACE + "/7929822056569588882";
    expect(write(TRACE + " 6e0c63257de34c92 sampled")).toBe(value + ";o=1");
    expect(write(TRACE + " 6e0c63257de34c92 debug")).toBe(value + ";o=1");
    expect(write(TRACE + " 6e0c63257de34c92 dropped")).toBe(value + ";o=0");
    expect(write(TRACE + " 6e0c63257de34c92 undecided")).toBe(value);
  });

  it("the longest value, and zeros before a short id", () => {
    expect(write(TRACE + " ffffffffffffffff sampled")).toBe("x-cloud-trace-context=" + TRACE + "/" + MAX + ";o=1");
    expect(write("000000000000000092b449d5929fda1b 0000000000000001 sampled short")).toBe(
      "x-cloud-trace-context=000000000000000092b449d5929fda1b/1;o=1",
    );
  });
});
