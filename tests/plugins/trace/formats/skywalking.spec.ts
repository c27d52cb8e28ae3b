import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { SkyWalkingFormat } from "../../../../plugins/trace/formats/skywalking";
import { RecordedEdits, send } from "../sent";
import { base64Of } from "./base64-text";
import { written } from "./texts";
import { extracted } from "./spoken";

const headers = new TraceHeaders();
const skywalking = new SkyWalkingFormat(headers);

const CALLER: string = "-c2VydmljZQ==-aW5zdGFuY2U=-L2FwcA==-MTI3LjAuMC4xOjgwODA=";

function read(value: string): string {
  return extracted(skywalking, headers, ["sw8", value]);
}

function readIds(trace: string, segment: string, span: i32): string {
  return read("1-" + base64Of(trace) + "-" + base64Of(segment) + "-" + span.toString() + CALLER);
}

const UUID: string = "de5980b8-fce3-4a37-aab9-b4ac3af7eedd";
const PLAIN: string = "de5980b8fce34a37aab9b4ac3af7eedd";
const NO_PARENT: string = " 0000000000000000 sampled";

describe("SkyWalkingFormat reads", () => {
  it("nothing where there is nothing", () => {
    expect(extracted(skywalking, headers, [])).toBe("absent");
    expect(extracted(skywalking, headers, ["sw8-correlation", "dGVzdA==:dHJ1ZQ=="])).toBe("absent");
  });

  // opentelemetry-collector-contrib, receiver/skywalkingreceiver/internal/trace/skywalkingproto_to_traces_test.go,
  // Test_stringToTraceID
  it("trace ids as the OpenTelemetry collector does", () => {
    expect(readIds(UUID, "1", 2)).toBe(PLAIN + NO_PARENT);
    expect(readIds(PLAIN, "1", 2)).toBe(PLAIN + NO_PARENT);
    expect(readIds(PLAIN + ".1.16563474296430001", "1", 2)).toBe("de5980b8fde34a371be41bcd5e2fd4dd" + NO_PARENT);
    expect(readIds("de59", "1", 2)).toBe("absent");
    expect(readIds(".,<>?/-=+MNop", "1", 2)).toBe("absent");
  });

  // The same, Test_segmentIdToSpanId
  it("parents as the OpenTelemetry collector does", () => {
    const segment = "4f2f27748b8e44ecaf18fe0347194e86";
    expect(readIds(UUID, segment + ".33.16560607369950066", 123)).toBe(PLAIN + " e9c455a82542306a sampled");
    expect(readIds(UUID, segment, 123)).toBe(PLAIN + " 9b37d977cc970a6a sampled");
    expect(readIds(UUID, "16560607369950066", 12)).toBe(PLAIN + NO_PARENT);
    expect(readIds(UUID, ".,<>?/-=+MNop", 2)).toBe(PLAIN + NO_PARENT);
    const dashed = "4f2f2774-8b8e-44ec-af18-fe0347194e86";
    expect(readIds(UUID, dashed, 123)).toBe(PLAIN + " 9b37d977cc970a6a sampled");
  });

  // The same, Test_stringToTraceID_Unique
  it("different ids of one process", () => {
    const one = readIds(PLAIN + ".133.16563474296430001", "1", 2);
    expect(one).not.toBe(readIds(PLAIN + ".133.16534574123430001", "1", 2));
    expect(one).not.toBe(readIds(PLAIN + ".134.16563474296430001", "1", 2));
    expect(one).not.toBe("absent");
  });

  // apache/skywalking, apm-sniffer/apm-agent-core/.../context/ContextCarrierV3HeaderTest.java
  it("an id of SkyWalking 6 as one that cannot be mapped", () => {
    expect(read("1-My40LjU=-MS4yLjM=-4" + CALLER)).toBe("absent");
  });

  it("the decision", () => {
    const ids = "-" + base64Of(UUID) + "-MS4yLjM=-0" + CALLER;
    expect(read("1" + ids)).toBe(PLAIN + NO_PARENT);
    expect(read("0" + ids)).toBe(PLAIN + " 0000000000000000 dropped");
    expect(read("2" + ids)).toBe("invalid");
    expect(read(ids)).toBe("invalid");
    expect(read("10" + ids)).toBe("invalid");
  });

  it("ids that are almost such as ones that cannot be mapped", () => {
    const almost = [
      "00000000000000000000000000000000",
      PLAIN.slice(1),
      PLAIN + "0",
      PLAIN + ".",
      PLAIN + ".1",
      PLAIN + ".1.",
      PLAIN + "..1",
      PLAIN + ".1.2.3",
      PLAIN + ".x.1",
      PLAIN + ".1.18446744073709551616",
      PLAIN + "-1-1",
      UUID + ".1.1",
      UUID.replace("8-", "80"),
      UUID.replace("d", "g"),
      UUID.slice(0, -1) + "g",
      "a".repeat(97),
    ];
    for (let i = 0; i < almost.length; i++) expect(readIds(almost[i], "1", 2)).toBe("absent", almost[i]);
  });

  it("nothing into malformed values", () => {
    const trace = base64Of(UUID);
    const malformed = [
      "",
      "1",
      "1-" + trace,
      "1-" + trace + "-MS4yLjM=",
      "1-" + trace + "-MS4yLjM=-4",
      "1-" + trace + "-MS4yLjM=-4-c2VydmljZQ==-aW5zdGFuY2U=-L2FwcA==",
      "1-" + trace + "-MS4yLjM=-4" + CALLER + "-",
      "1-" + trace + "-MS4yLjM=-" + CALLER,
      "1-" + trace + "-MS4yLjM=-x" + CALLER,
      "1-" + trace + "-MS4yLjM=-2147483648" + CALLER,
      "1-" + trace + "!-MS4yLjM=-4" + CALLER,
      "1--MS4yLjM=-4" + CALLER,
    ];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
    const value = "1-" + trace + "-MS4yLjM=-4" + CALLER;
    expect(read(value)).toBe(PLAIN + NO_PARENT);
    expect(extracted(skywalking, headers, ["sw8", value, "sw8", value])).toBe("invalid");
  });

  it("no id beyond its room", () => {
    expect(read("1-" + "A".repeat(60000) + "-MS4yLjM=-4" + CALLER)).toBe("absent");
    expect(read("1-" + base64Of(UUID) + "-" + "A".repeat(60000) + "-4" + CALLER)).toBe(PLAIN + NO_PARENT);
  });
});

describe("SkyWalkingFormat writes", () => {
  it("nothing, and says so", () => {
    expect(skywalking.canWrite).toBe(false);
    expect(written(skywalking, headers, [], PLAIN + " 0000000000000001 sampled")).toBe("");
  });

  it("nothing away but all that is SkyWalking's", () => {
    send(headers, ["sw8", "x", "sw8-x", "0", "sw8-correlation", "dGVzdA==:dHJ1ZQ=="]);
    const edits = new RecordedEdits(headers);
    skywalking.remove(edits);
    expect(edits.toString()).toBe("-sw8; -sw8-correlation; -sw8-x");
  });
});
