import { Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { NONE } from "../../../../plugins/trace/sampling/threshold";
import { OtEntry } from "../../../../plugins/trace/tracestate/ot-entry";

const entry: OtEntry = new OtEntry();
let text: Utf8 = new Utf8("");

function read(value: string): OtEntry {
  text = new Utf8(value);
  entry.read(text);
  return entry;
}

function composed(value: string, threshold: u64): string {
  return read(value).compose(threshold).toString();
}

function expectNothing(values: string[]): void {
  for (let i = 0; i < values.length; i++) {
    expect<u64>(read(values[i]).threshold).toBe(NONE, values[i]);
    expect<u64>(entry.randomness).toBe(NONE, values[i]);
    expect<string>(entry.compose(NONE).toString()).toBe(values[i], "goes on as it came");
  }
}

describe("reading the ot entry", () => {
  // OpenTelemetry Collector Contrib, pkg/sampling/oteltracestate_test.go: TestParseOpenTelemetryTraceState.
  it("reads thresholds", () => {
    expect<u64>(read("th:2").threshold).toBe(0x20000000000000);
    expect<u64>(read("th:ab").threshold).toBe(0xab000000000000);
    expect<u64>(read("th:abcdefabcdefab").threshold).toBe(0xabcdefabcdefab);
    expect<u64>(read("th:1000").threshold).toBe(0x10000000000000);
    expect<u64>(read("th:0").threshold).toBe(0);
    expect<u64>(read("th:ffffffffffffff").threshold).toBe(0xffffffffffffff);
    expect<u64>(read("th:FD70A4").threshold).toBe(0xfd70a400000000);
    expect<u64>(read("th:2;extra:stuff").threshold).toBe(0x20000000000000);
    expect<u64>(read("extra:stuff;th:2").threshold).toBe(0x20000000000000);
    expect<u64>(read("e100:100;th:1;e101:101").threshold).toBe(0x10000000000000);
    expect<u64>(read("x1y2z3:1-2-3;y1:y_1;xy:-;th:50").threshold).toBe(0x50000000000000);
    expect<u64>(read("x:0X1FFF;y:.-_-.;z:").threshold).toBe(NONE);
  });

  it("reads randomness", () => {
    expect<u64>(read("rv:22222222222222;extra:stuff").randomness).toBe(0x22222222222222);
    expect<u64>(read("extra:stuff;rv:6e6d1a75832a2f").randomness).toBe(0x6e6d1a75832a2f);
    expect<u64>(read("rv:ffffffffffffff").randomness).toBe(0xffffffffffffff);
    expect<u64>(read("rv:00000000000000;th:8").randomness).toBe(0);
    expect<u64>(entry.threshold).toBe(0x80000000000000);
  });

  it("takes nothing from what keeps not to the grammar", () => {
    expectNothing(["", "th:1;", "th:1=p:2", "th:1;p:2=s:3", ":1;p:2=s:3", ":;p:2=s:3", ":;:", ":", "th:;p=1", "x:1;"]);
    expectNothing([
      "th:$",
      "th:0x1p+3",
      "1:1;u:V",
      "X:1;u:V",
      "th",
      "t h:1",
      "th:1;th:2",
      "rv:6e6d1a75832a2f;rv:6e6d1a75832a2f",
      "rv:6e6d1a75832a2f;;th:1",
    ]);
    expectNothing(["th:1;x:" + "_".repeat(250)]);
  });

  it("takes a threshold or a randomness that is no number for none", () => {
    expectNothing(["th:", "th:14.5", "th:-1", "th:ffffffffffffffff", "th:100000000000000", "th:xyz"]);
    expectNothing(["rv:", "rv:3;p:2", "rv:100000000000000", "rv:fffffffffffffffff", "rv:6E6D1A75832A2F"]);
  });
});

describe("writing the ot entry", () => {
  it("sets, replaces and erases the threshold, and keeps the rest in order", () => {
    // Sub-keys of the examples in https://opentelemetry.io/docs/specs/otel/trace/tracestate-handling/#setting-values.
    expect<string>(composed("p:8;r:62", 0xc0000000000000)).toBe("th:c;p:8;r:62");
    expect<string>(composed("p:8;th:7;r:62", 0xfd70a400000000)).toBe("th:fd70a4;p:8;r:62");
    expect<string>(composed("p:8;th:7;r:62", NONE)).toBe("p:8;r:62");
    expect<string>(composed("th:7", NONE)).toBe("");
    expect<string>(composed("th:7", 0)).toBe("th:0");
    expect<string>(composed("rv:abcdefabcdefab", 0x30000000000000)).toBe("th:3;rv:abcdefabcdefab");
    expect<string>(composed("th:7;", 0x80000000000000)).toBe("th:8", "in the place of what says nothing");
    expect<string>(composed("th:xyz;a:b", 0x80000000000000)).toBe("th:8;a:b");
    entry.clear();
    expect<string>(entry.compose(0x123456789abcde).toString()).toBe("th:123456789abcde");
    expect<string>(entry.compose(NONE).toString()).toBe("");
    expect<string>(entry.compose(1).toString()).toBe("th:00000000000001");
  });

  it("leaves alone what says so already", () => {
    expect<string>(composed("p:8;th:7000;r:62", 0x70000000000000)).toBe("p:8;th:7000;r:62");
    expect<string>(composed("p:8;th:C", 0xc0000000000000)).toBe("p:8;th:C");
  });

  it("leaves the threshold out where it has no room", () => {
    const full = "x:" + "_".repeat(251); // 253 bytes
    expect<string>(composed("x:" + "_".repeat(249), 0x80000000000000)).toBe("th:8;x:" + "_".repeat(249));
    expect<string>(composed("x:" + "_".repeat(250), 0x80000000000000)).toBe("x:" + "_".repeat(250));
    expect<string>(composed(full, 0x80000000000000)).toBe(full);
    const both = "th:1;x:" + "_".repeat(249); // 256 bytes
    expect<string>(composed(both, 0x12000000000000)).toBe("x:" + "_".repeat(249));
  });
});

describe("any ot entry", () => {
  it("gives every threshold back", () => {
    const random = new Xoshiro256();
    random.seedPoor(6, 3, 2, 0);
    let wrong = "";
    for (let i = 0; i < 20_000; i++) {
      // All lengths of zeros at the end.
      const threshold = (random.next() >> 8) & (u64.MAX_VALUE << (random.next() % 57));
      entry.clear();
      const written = entry.compose(threshold).toString();
      if (written.length > 17 || (threshold != 0 && written.endsWith("0"))) wrong = written;
      if (read(written).threshold != threshold) wrong = written;
    }
    expect<string>(wrong).toBe("");
  });

  it("is read without harm, and keeps to the grammar once written", () => {
    const random = new Xoshiro256();
    random.seedPoor(1, 9, 9, 5);
    const alphabet = "thrv:;abf019.-_= ZG";
    let wrong = "";
    let kept = 0;
    for (let i = 0; i < 20_000; i++) {
      let value = random.next() % 2 == 0 ? "th:8;" : "";
      const length = <i32>(random.next() % 12);
      for (let j = 0; j < length; j++) value += alphabet.charAt(<i32>(random.next() % <u64>alphabet.length));
      const written = composed(value, 0x80000000000000);
      if (read(written).threshold != 0x80000000000000) wrong = `${value} became ${written}`;
      if (written.length > 4) kept++;
    }
    expect<string>(wrong).toBe("");
    expect<bool>(kept > 100).toBe(true, kept.toString());
  });
});
