import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { JaegerFormat } from "../../../../plugins/trace/formats/jaeger";
import { written } from "./texts";
import { extracted } from "./spoken";

const headers = new TraceHeaders();
const jaeger = new JaegerFormat(headers);

function read(value: string): string {
  return extracted(jaeger, headers, ["uber-trace-id", value]);
}

function write(context: string): string {
  return written(jaeger, headers, [], context);
}

describe("JaegerFormat reads", () => {
  it("nothing where there is nothing", () => {
    expect(extracted(jaeger, headers, [])).toBe("absent");
    expect(extracted(jaeger, headers, ["uber-trace-idnot", "1:1:0:1"])).toBe("absent");
  });

  // opentelemetry-js, packages/opentelemetry-propagator-jaeger/test/JaegerPropagator.test.ts
  it("what OpenTelemetry for JavaScript reads", () => {
    const trace = "d4cda95b652f4a1592b449d5929fda1b 6e0c63257de34c92 ";
    expect(read("d4cda95b652f4a1592b449d5929fda1b:6e0c63257de34c92:0:01")).toBe(trace + "sampled");
    const short = "9c41e35aeb6d1272:45fd2a9709dadcf1:a13699e3fb724f40:";
    expect(read(short + "1")).toBe("00000000000000009c41e35aeb6d1272 45fd2a9709dadcf1 sampled short");
    expect(read(short + "0")).toBe("00000000000000009c41e35aeb6d1272 45fd2a9709dadcf1 dropped short");
    expect(read("ac1f3dc3c2c0b06e%3A5ac292c4a11a163e%3Ac086aaa825821068%3A1")).toBe(
      "0000000000000000ac1f3dc3c2c0b06e 5ac292c4a11a163e sampled short",
    );
    expect(read("4cda95b652f4a1592b449d5929fda1b:e0c63257de34c92:0:01")).toBe(
      "04cda95b652f4a1592b449d5929fda1b 0e0c63257de34c92 sampled",
    );
    const malformed = ["invalid!", "%ZZ", "abc%G:123:0:01", "%"];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
  });

  // opentelemetry-java, extensions/trace-propagators/.../trace/propagation/JaegerPropagatorTest.java
  it("what OpenTelemetry for Java reads", () => {
    expect(read("4d0000000000000016:17c29:0:5")).toBe("000000000000004d0000000000000016 0000000000017c29 sampled");
    expect(read("236f2e:17c29:0:1")).toBe("00000000000000000000000000236f2e 0000000000017c29 sampled short");
    expect(read("4d0000000000000016%3A17c29%3A0%3A5")).toBe(
      "000000000000004d0000000000000016 0000000000017c29 sampled",
    );
    const trace = "000000000000004d0000000000000016";
    const span = "0000000000017c29";
    const malformed = [
      "",
      "aa:bb:cc",
      "aa:bb:cc:dd:ee",
      "abcdefghijklmnopabcdefghijklmnop:" + span + ":0:0",
      trace + "00:" + span + ":0:0",
      trace + ":abcdefghijklmnop:0:0",
      trace + ":" + span + "00:0:0",
      trace + ":" + span + ":0:",
      trace + ":" + span + ":0:10220",
      trace + ":" + span + ":0:abcdefr",
    ];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
  });

  // opentelemetry-go-contrib, propagators/jaeger/jaeger_data_test.go; it alone takes no ids without leading zeros, which
  // Jaeger's own description allows.
  it("what OpenTelemetry for Go reads", () => {
    const trace = "a1ce929d0e0e4736a3ce929d0e0e4736";
    const ids = trace + ":00f067aa0ba902b7:0:";
    const context = trace + " 00f067aa0ba902b7 ";
    expect(read(ids + "0")).toBe(context + "dropped");
    expect(read(ids + "1")).toBe(context + "sampled");
    expect(read(ids + "2")).toBe(context + "dropped");
    expect(read(ids + "3")).toBe(context + "debug");
    expect(read(ids + "8")).toBe(context + "dropped");
    expect(read(ids + "9")).toBe(context + "sampled");
    expect(read(ids + "00001")).toBe(context + "sampled");
    expect(read(ids + "ff")).toBe(context + "debug");
    expect(read("a3ce929d0e0e4736:00f067aa0ba902b7:0:1")).toBe(
      "0000000000000000a3ce929d0e0e4736 00f067aa0ba902b7 sampled short",
    );
    expect(read(trace + ":00f067aa0ba902b7:whatever:1")).toBe(context + "sampled");
    const malformed = [
      "zcd00v0000000000a3ce929d0e0e4736:00f067aa0ba902b7:0:1",
      trace + "0000:00f067aa0ba902b7:0:1",
      trace + ":00f067aa0ba902b70000:0:1",
      trace + ":00f0wiredba902b7:0:1",
      trace + ":0000000000000000:0:1",
      "00000000000000000000000000000000:00f067aa0ba902b7:0:1",
      ids + "wired",
      trace + "-00f067aa0ba902b7-0-1",
    ];
    for (let i = 0; i < malformed.length; i++) expect(read(malformed[i])).toBe("invalid", malformed[i]);
  });

  it("digits of either case, white space around", () => {
    expect(read(" A1CE:00F0:0:1\t")).toBe("0000000000000000000000000000a1ce 00000000000000f0 sampled short");
    expect(read("a1ce%3a00f0%3a0%3a0F")).toBe("0000000000000000000000000000a1ce 00000000000000f0 debug short");
  });

  it("nothing into several headers", () => {
    const value = "a1ce:00f0:0:1";
    expect(extracted(jaeger, headers, ["uber-trace-id", value, "uber-trace-id", value])).toBe("invalid");
    expect(read(value + "," + value)).toBe("invalid");
  });
});

describe("JaegerFormat writes", () => {
  // opentelemetry-go-contrib, propagators/jaeger/jaeger_data_test.go
  it("what OpenTelemetry for Go writes", () => {
    const context = "a1ce929d0e0e4736a3ce929d0e0e4736 00f067aa0ba902b7 ";
    const value = "uber-trace-id=a1ce929d0e0e4736a3ce929d0e0e4736:00f067aa0ba902b7:0:";
    expect(write(context + "sampled")).toBe(value + "1");
    expect(write(context + "debug")).toBe(value + "3");
    expect(write(context + "dropped")).toBe(value + "0");
    expect(write(context + "undecided")).toBe(value + "0");
  });

  it("16 digits of a short id", () => {
    expect(write("000000000000000000ce929d0e0e4736 00f067aa0ba902b7 sampled short")).toBe(
      "uber-trace-id=00ce929d0e0e4736:00f067aa0ba902b7:0:1",
    );
  });
});
