import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { SpanOutcome } from "../../../../plugins/trace/spans/span-outcome";

const part = new ByteView();

function versionOf(protocol: string): string {
  const outcome = new SpanOutcome();
  const bytes = new Utf8(protocol);
  outcome.protocol.set(bytes.ptr, bytes.length);
  return outcome.protocolVersion(part) ? part.toString() : "none";
}

function breachOf(details: string): string {
  const outcome = new SpanOutcome();
  const bytes = new Utf8(details);
  outcome.details.set(bytes.ptr, bytes.length);
  outcome.breach(part);
  return part.toString();
}

describe("SpanOutcome", () => {
  it("reads the version of Envoy's protocols", () => {
    expect<string>(versionOf("HTTP/1.0")).toBe("1.0");
    expect<string>(versionOf("HTTP/1.1")).toBe("1.1");
    expect<string>(versionOf("HTTP/2")).toBe("2");
    expect<string>(versionOf("HTTP/3")).toBe("3");
    expect<string>(versionOf("")).toBe("none");
    expect<string>(versionOf("HTTP")).toBe("none");
    expect<string>(versionOf("HTTP/")).toBe("none");
  });

  it("names a breach by few words", () => {
    expect<string>(breachOf("upstream_reset_before_response_started{connection_failure|111}")).toBe(
      "upstream_reset_before_response_started",
    );
    expect<string>(breachOf("via_upstream")).toBe("via_upstream");
    expect<string>(breachOf("{x}")).toBe("_OTHER");
    expect<i32>(breachOf("x".repeat(100)).length).toBe(64);
  });
});
