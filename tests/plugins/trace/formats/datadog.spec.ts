import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { DatadogFormat } from "../../../../plugins/trace/formats/datadog";
import { written } from "./texts";
import { extracted } from "./spoken";

const headers = new TraceHeaders();
const datadog = new DatadogFormat(headers);

const IDS: string[] = ["x-datadog-trace-id", "1234567890123456789", "x-datadog-parent-id", "987654321"];
const LOW: string = "0000000000000000112210f47de98115 ";
const HIGH: string = "640cfd8d00000000112210f47de98115 ";
const PARENT: string = "000000003ade68b1 ";

/** What is read of these ids and the named header besides. */
function readWith(name: string, value: string): string {
  return extracted(datadog, headers, IDS.concat(["x-datadog-" + name, value]));
}

function readTags(tags: string): string {
  return readWith("tags", tags);
}

function readIds(trace: string, parent: string): string {
  return extracted(datadog, headers, ["x-datadog-trace-id", trace, "x-datadog-parent-id", parent]);
}

/** What is written to a request with these ids and tags. */
function rewrite(tags: string, context: string): string {
  return written(datadog, headers, IDS.concat(["x-datadog-tags", tags]), context);
}

/** The tags among what was written; "unchanged" when they were not. */
function tagsOf(edits: string): string {
  const parts = edits.split("; ");
  for (let i = 0; i < parts.length; i++) {
    if (parts[i] == "-x-datadog-tags") return "removed";
    if (parts[i].startsWith("x-datadog-tags=")) return parts[i].slice("x-datadog-tags=".length);
  }
  return "unchanged";
}

describe("DatadogFormat reads", () => {
  it("nothing where there are no ids", () => {
    expect(extracted(datadog, headers, [])).toBe("absent");
    expect(extracted(datadog, headers, ["x-datadog-sampling-priority", "1", "x-datadog-origin", "rum"])).toBe("absent");
  });

  // DataDog/dd-trace-js, packages/dd-trace/test/opentracing/propagation/text_map.spec.js
  it("what dd-trace reads", () => {
    expect(readIds("123", "456")).toBe("0000000000000000000000000000007b 00000000000001c8 undecided short");
    expect(readIds("-123", "-456")).toBe("0000000000000000ffffffffffffff85 fffffffffffffe38 undecided short");
    expect(readWith("sampling-priority", "0")).toBe(LOW + PARENT + "dropped short");
    expect(readWith("origin", "synthetics")).toBe(LOW + PARENT + "undecided short");
    expect(readTags("_dd.p.foo=bar,_dd.p.baz=qux")).toBe(LOW + PARENT + "undecided short");
  });

  // DataDog/system-tests, tests/parametric/test_128_bit_traceids.py
  it("the high half of the trace id, unless it is malformed", () => {
    expect(readTags("_dd.p.tid=640cfd8d00000000")).toBe(HIGH + PARENT + "undecided");
    expect(readTags("_dd.p.tid=1234567890abcdef1")).toBe(LOW + PARENT + "undecided short");
    expect(readTags("_dd.p.tid=1234567890abcde")).toBe(LOW + PARENT + "undecided short");
    expect(readTags("_dd.p.tid=1234567890abcdeX")).toBe(LOW + PARENT + "undecided short");
    expect(readTags("_dd.p.tid=0000000000000000")).toBe(LOW + PARENT + "undecided short");
    expect(readTags("_dd.p.tid=640CFD8D00000000")).toBe(HIGH + PARENT + "undecided");
    expect(readTags("_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,_dd.p.x=")).toBe(HIGH + PARENT + "undecided");
    expect(readTags("_dd.p.tid2=640cfd8d00000000")).toBe(LOW + PARENT + "undecided short");
  });

  // DataDog/dd-trace-js, packages/dd-trace/test/opentracing/propagation/text_map.spec.js
  it("no tags of a list with a mistake in it, or of one that is too long", () => {
    const tid = "_dd.p.tid=640cfd8d00000000";
    const mistaken = [
      "_dd.p.foo=bar,_dd.p.baz,=,_dd.p.qux",
      "_dd.p.foo=h\u00e9licopt\u00e8re",
      "_ddupefoo=value",
      "_dd.p.=value",
      "_dd.p.a b=value",
      "",
      " ",
    ];
    for (let i = 0; i < mistaken.length; i++) {
      expect(readTags(tid + "," + mistaken[i])).toBe(LOW + PARENT + "undecided short", mistaken[i]);
      expect(readTags(mistaken[i] + "," + tid)).toBe(LOW + PARENT + "undecided short", mistaken[i]);
    }
    expect(readTags(tid + ",_dd.p.foo=" + "a".repeat(512 - 37))).toBe(HIGH + PARENT + "undecided");
    expect(readTags(tid + ",_dd.p.foo=" + "a".repeat(512 - 36))).toBe(LOW + PARENT + "undecided short");
  });

  it("each priority", () => {
    const priorities = ["-9", "-1", "0", "1", "2", "3"];
    const samplings = ["dropped", "dropped", "dropped", "sampled", "debug", "debug"];
    for (let i = 0; i < priorities.length; i++) {
      expect(readWith("sampling-priority", priorities[i])).toBe(LOW + PARENT + samplings[i] + " short", priorities[i]);
    }
    const malformed = ["", "-", "x", "1x", "1.5", "--1", "18446744073709551616"];
    for (let i = 0; i < malformed.length; i++) {
      expect(readWith("sampling-priority", malformed[i])).toBe(LOW + PARENT + "undecided short", malformed[i]);
    }
  });

  it("numbers of 64 bits and no others", () => {
    expect(readIds("18446744073709551615", "9223372036854775808")).toBe(
      "0000000000000000ffffffffffffffff 8000000000000000 undecided short",
    );
    expect(readIds(" 1 ", "-9223372036854775808")).toBe(
      "00000000000000000000000000000001 8000000000000000 undecided short",
    );
    expect(readIds("00000000000000000000000001", "0")).toBe(
      "00000000000000000000000000000001 0000000000000000 undecided short",
    );
    const malformed = ["", "0", "-0", "-", "x", "0x1", "1,2", "18446744073709551616", "-9223372036854775809"];
    for (let i = 0; i < malformed.length; i++) expect(readIds(malformed[i], "1")).toBe("invalid", malformed[i]);
    expect(readIds("1", "x")).toBe("invalid");
  });

  it("nothing out of one id, or of two", () => {
    expect(extracted(datadog, headers, ["x-datadog-trace-id", "1"])).toBe("invalid");
    expect(extracted(datadog, headers, ["x-datadog-parent-id", "1"])).toBe("invalid");
    expect(extracted(datadog, headers, IDS.concat(["x-datadog-trace-id", "1"]))).toBe("invalid");
    expect(extracted(datadog, headers, IDS.concat(["x-datadog-parent-id", "1"]))).toBe("invalid");
  });
});

describe("DatadogFormat writes", () => {
  it("ids, a priority, the high half of the id", () => {
    const ids = "x-datadog-trace-id=1234567890123456789; x-datadog-parent-id=987654321";
    expect(written(datadog, headers, [], LOW + PARENT + "undecided")).toBe(ids);
    expect(written(datadog, headers, [], LOW + PARENT + "dropped")).toBe(ids + "; x-datadog-sampling-priority=0");
    expect(written(datadog, headers, [], LOW + PARENT + "sampled")).toBe(ids + "; x-datadog-sampling-priority=1");
    expect(written(datadog, headers, [], HIGH + PARENT + "debug")).toBe(
      ids + "; x-datadog-sampling-priority=2; x-datadog-tags=_dd.p.tid=640cfd8d00000000",
    );
  });

  it("nothing that would be read as no trace", () => {
    const context = "640cfd8d000000000000000000000000 " + PARENT + "sampled";
    expect(written(datadog, headers, IDS, context)).toBe("-x-datadog-trace-id; -x-datadog-parent-id");
  });

  it("nothing where all is so already, whatever else there is", () => {
    const sent = IDS.concat(["x-datadog-sampling-priority", "-1", "x-datadog-origin", "rum"]);
    sent.push("x-datadog-tags");
    sent.push("_dd.p.dm=-3,_dd.p.tid=640cfd8d00000000,_dd.p.usr=x");
    expect(written(datadog, headers, sent, HIGH + PARENT + "dropped")).toBe("");
  });

  it("another decision, and not who made the former", () => {
    const sent = IDS.concat(["x-datadog-sampling-priority", "-1", "x-datadog-tags", "_dd.p.dm=-3,_dd.p.usr=x"]);
    expect(written(datadog, headers, sent, LOW + PARENT + "sampled")).toBe(
      "x-datadog-sampling-priority=1; x-datadog-tags=_dd.p.usr=x",
    );
    expect(written(datadog, headers, sent, LOW + PARENT + "undecided")).toBe(
      "-x-datadog-sampling-priority; x-datadog-tags=_dd.p.usr=x",
    );
  });

  it("another parent, with all that goes with the trace", () => {
    const sent = IDS.concat(["x-datadog-origin", "rum", "x-datadog-tags", "_dd.p.dm=-3,_dd.p.usr=x"]);
    expect(written(datadog, headers, sent, LOW + "0000000000000001 undecided")).toBe("x-datadog-parent-id=1");
  });

  it("nothing of what came with another trace", () => {
    const sent = IDS.concat(["x-datadog-origin", "rum", "x-datadog-tags", "_dd.p.dm=-3,_dd.p.usr=x"]);
    expect(written(datadog, headers, sent, "00000000000000000000000000000001 0000000000000001 sampled short")).toBe(
      "x-datadog-trace-id=1; x-datadog-parent-id=1; x-datadog-sampling-priority=1; -x-datadog-tags; -x-datadog-origin",
    );
    // The low half is the same, the trace is not.
    expect(tagsOf(rewrite("_dd.p.usr=x", HIGH + PARENT + "sampled"))).toBe("_dd.p.tid=640cfd8d00000000");
    expect(tagsOf(rewrite("_dd.p.usr=x,_dd.p.tid=640cfd8d00000000", LOW + PARENT + "sampled"))).toBe("removed");
  });

  it("no tags on that are malformed", () => {
    expect(tagsOf(rewrite("_dd.p.usr=x,_dd.p.tid=640cfd8d0000000", LOW + PARENT + "sampled"))).toBe("_dd.p.usr=x");
    expect(tagsOf(rewrite("_dd.p.usr=x,foo=bar", LOW + PARENT + "sampled"))).toBe("removed");
    expect(tagsOf(rewrite("_dd.p.tid=640cfd8d0000000", LOW + PARENT + "sampled"))).toBe("removed");
  });

  it("the high half of the id once, and tags up to the limit", () => {
    const tid = "_dd.p.tid=640cfd8d00000000";
    const long = "_dd.p.foo=" + "a".repeat(512 - 37);
    expect(tagsOf(rewrite(long + "," + tid, HIGH + PARENT + "undecided"))).toBe("unchanged");
    expect(tagsOf(rewrite("_dd.p.tid=1," + tid + "," + tid + ",_dd.p.x=y", HIGH + PARENT + "sampled"))).toBe(
      tid + ",_dd.p.x=y",
    );
    const malformed = "_dd.p.tid=x,_dd.p.foo=" + "a".repeat(512 - 22);
    expect(tagsOf(rewrite(malformed, LOW + PARENT + "sampled"))).toBe(malformed.slice("_dd.p.tid=x,".length));
  });
});
