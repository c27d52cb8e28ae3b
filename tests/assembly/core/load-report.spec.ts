import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { MAX_LOAD_REPORT, readBinaryLoadReport, readLoadReport } from "../../../assembly/core/load-report";
import { LoadField, LoadValues } from "../../../assembly/core/load-values";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

/** Values wanted of every kind of field. */
const values = new LoadValues(8);
values.want(LoadField.Cpu, "");
values.want(LoadField.Memory, "");
values.want(LoadField.Application, "");
values.want(LoadField.ErrorsPerSecond, "");
values.want(LoadField.RequestsPerSecond, "");
values.want(LoadField.Named, "queue");
values.want(LoadField.Utilization, "gpu");
values.want(LoadField.RequestCost, "a.b");

const CPU: i32 = 0;
const MEMORY: i32 = 1;
const APPLICATION: i32 = 2;
const EPS: i32 = 3;
const RPS: i32 = 4;
const QUEUE: i32 = 5;
const GPU: i32 = 6;
const COST: i32 = 7;

function reads(text: string): bool {
  return readLoadReport(new Utf8(text), values);
}

function expectRead(text: string): void {
  expect(reads(text)).toBe(true, text);
}

function expectNothing(text: string): void {
  expect(reads(text)).toBe(false, text);
  for (let i = 0; i < 8; i++) expect(isNaN(values.at(i))).toBe(true, text);
}

function expectAll(): void {
  expect(values.at(CPU)).toBe(0.83);
  expect(values.at(MEMORY)).toBe(0.4);
  expect(values.at(APPLICATION)).toBe(1.5);
  expect(values.at(EPS)).toBe(2);
  expect(values.at(RPS)).toBe(120.5);
  expect(values.at(QUEUE)).toBe(12);
  expect(values.at(GPU)).toBe(0.25);
  expect(values.at(COST)).toBe(3487);
}

/** Bytes of a message, put together by the wire format's definition. */
class Message {
  readonly bytes: u8[] = [];

  varint(value: u64): Message {
    for (; value >= 0x80; value >>= 7) this.bytes.push(<u8>(value | 0x80));
    this.bytes.push(<u8>value);
    return this;
  }

  raw(values: u8[]): Message {
    for (let i = 0; i < values.length; i++) this.bytes.push(values[i]);
    return this;
  }

  double(field: u32, value: f64): Message {
    this.varint((field << 3) | 1);
    const bits = reinterpret<u64>(value);
    for (let i: u64 = 0; i < 64; i += 8) this.bytes.push(<u8>(bits >> i));
    return this;
  }

  part(field: u32, bytes: u8[]): Message {
    return this.varint((field << 3) | 2)
      .varint(bytes.length)
      .raw(bytes);
  }

  entry(field: u32, key: string, value: f64): Message {
    const inner = new Message().part(1, bytesOf(key)).double(2, value);
    return this.part(field, inner.bytes);
  }

  get base64(): string {
    const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let text = "";
    for (let i = 0; i < this.bytes.length; i += 3) {
      const left = this.bytes.length - i;
      const bits =
        ((<u32>this.bytes[i]) << 16) |
        (left > 1 ? (<u32>this.bytes[i + 1]) << 8 : 0) |
        (left > 2 ? <u32>this.bytes[i + 2] : 0);
      for (let d = 0; d < min(4, left + 1); d++) text += digits.charAt((bits >> (18 - 6 * d)) & 63);
    }
    return text;
  }
}

function bytesOf(text: string): u8[] {
  const bytes: u8[] = [];
  const utf8 = new Utf8(text);
  for (let i = 0; i < utf8.length; i++) bytes.push(utf8.at(i));
  return bytes;
}

function full(): Message {
  return new Message()
    .double(1, 0.83)
    .double(2, 0.4)
    .entry(4, "a.b", 3487)
    .entry(5, "gpu", 0.25)
    .double(6, 120.5)
    .double(7, 2)
    .entry(8, "queue", 12)
    .double(9, 1.5);
}

describe("a load report as text", () => {
  it("is read with = or :, with or without spaces and the word TEXT", () => {
    const equals =
      "cpu_utilization=0.83, mem_utilization=0.4,application_utilization=1.5 , eps=2,rps_fractional=120.5," +
      "named_metrics.queue=12, utilization.gpu=0.25, request_cost.a.b=3487";
    expectRead("TEXT " + equals);
    expectAll();
    expectRead("  TEXT  " + equals + " ");
    expectAll();
    expectRead(equals.split("=").join(":"));
    expectAll();
    expectRead(equals.split("=").join(" = "));
    expectAll();
  });

  it("says only what it says; what is not wanted is passed over", () => {
    expectRead(
      "TEXT mem_utilization=0.5, named_metrics.other=7, cpu=1, cpu_utilization.x=1, named_metrics=3, x=y".replace(
        ", x=y",
        "",
      ),
    );
    expect(values.at(MEMORY)).toBe(0.5);
    expect(isNaN(values.at(CPU))).toBe(true);
    expect(isNaN(values.at(QUEUE))).toBe(true);
  });

  it("is none if an entry is none", () => {
    const wrong = [
      "TEXT",
      "TEXT ",
      "",
      ",",
      "TEXT cpu_utilization",
      "TEXT cpu_utilization=",
      "TEXT =0.5",
      "TEXT a=1,,b=2",
    ];
    const more = [
      "TEXT cpu_utilization=0.5,",
      "TEXT cpu_utilization=high",
      "TEXT cpu_utilization=0.5;eps=1",
      "text eps=x",
    ];
    const all = wrong.concat(more);
    for (let i = 0; i < all.length; i++) expectNothing(all[i]);
  });

  it("is not believed where it cannot be true", () => {
    expectRead("TEXT cpu_utilization=-0.5, mem_utilization=1e13, eps=0, named_metrics.queue=-3");
    expect(isNaN(values.at(CPU))).toBe(true);
    expect(isNaN(values.at(MEMORY))).toBe(true);
    expect(values.at(EPS)).toBe(0);
    expect(values.at(QUEUE)).toBe(-3);
    expectNothing("TEXT cpu_utilization=nan");
    expectNothing("TEXT cpu_utilization=inf");
    expectRead("TEXT cpu_utilization=1e999");
    expect(isNaN(values.at(CPU))).toBe(true);
  });
});

describe("a load report as JSON", () => {
  it("is read with either spelling of the fields, and numbers in quotes", () => {
    expectRead(
      'JSON {"cpu_utilization": 0.83, "mem_utilization":0.4, "application_utilization":15e-1, "eps":2, ' +
        '"rps_fractional":120.5, "named_metrics":{"x":1,"queue":12}, "utilization":{"gpu":0.25}, "request_cost":{"a.b":3487}}',
    );
    expectAll();
    expectRead(
      'JSON {"cpuUtilization":"0.83","memUtilization":0.4,"applicationUtilization":1.5,"eps":"2",' +
        '"rpsFractional":120.5,"namedMetrics":{"queue":"12"},"utilization":{"gpu":0.25},"requestCost":{"a.b":3487}}',
    );
    expectAll();
  });

  it("may say nothing, or more than is known", () => {
    expectRead("JSON {}");
    expectRead(' JSON  { "named_metrics" : { } , "cpu_utilization" : null } ');
    expectRead('JSON {"other":[1,{"cpu_utilization":9}],"x":"a\\"}","y":true,"eps":2}');
    expect(values.at(EPS)).toBe(2);
    expect(isNaN(values.at(CPU))).toBe(true);
    expectRead('JSON {"rps":"7"}');
    expect(values.at(RPS)).toBe(7);
    expectRead('JSON {"rps_fractional":7.5,"rps":"7"}');
    expect(values.at(RPS)).toBe(7.5);
    expectRead('JSON {"cpu_utilization":"NaN","eps":1}');
    expect(isNaN(values.at(CPU))).toBe(true);
  });

  it("is none if it is cut off, or no object", () => {
    const whole = '{"cpu_utilization":0.83,"named_metrics":{"queue":12},"x":[1,"\\""]}';
    for (let length = 0; length < whole.length; length++) expectNothing("JSON " + whole.slice(0, length));
    expectRead("JSON " + whole);
    const wrong = ["[]", "1", "null", "{}{}", "{} x", '{"eps":}', '{"eps" 1}', "{eps:1}", '{"eps":1,}', '{"eps":1]'];
    const more = [
      '{"named_metrics":{"queue":1}',
      '{"named_metrics":5}',
      '{"named_metrics":[1]}',
      '{"eps":1}}',
      '{,"eps":1}',
    ];
    const all = wrong.concat(more);
    for (let i = 0; i < all.length; i++) expectNothing("JSON " + all[i]);
  });
});

describe("a load report in protobuf", () => {
  it("is read after BIN, or alone where the header says so", () => {
    expectRead("BIN " + full().base64);
    expectAll();
    expect(readBinaryLoadReport(new Utf8(full().base64), values)).toBe(true);
    expectAll();
  });

  it("may say nothing, or have fields that nobody knows", () => {
    expectRead("BIN ");
    expect(isNaN(values.at(CPU))).toBe(true);
    const more = new Message()
      .varint(8 * 100)
      .varint(300)
      .part(70, bytesOf("x"))
      .varint((77 << 3) | 5)
      .raw([1, 2, 3, 4]);
    expectRead("BIN " + more.raw(full().bytes).base64);
    expectAll();
    expectRead("BIN " + new Message().varint(3 << 3).varint(250).base64);
    expect(values.at(RPS)).toBe(250);
  });

  it("is none if it is cut off", () => {
    const bytes = new Message().double(1, 0.5).entry(8, "queue", 12).bytes;
    for (let length = 1; length < bytes.length; length++) {
      if (length == 9) continue; // the end of the first field
      expectNothing("BIN " + new Message().raw(bytes.slice(0, length)).base64);
    }
  });

  it("is none if it is no protobuf", () => {
    expectNothing("BIN " + new Message().raw([0]).base64);
    expectNothing("BIN " + new Message().raw([7]).base64);
    expectNothing("BIN " + new Message().varint((4 << 3) | 1).raw([0, 0, 0, 0, 0, 0, 0, 0]).base64);
    expectNothing("BIN " + new Message().varint((20 << 3) | 3).base64);
    expectNothing("BIN " + new Message().varint((20 << 3) | 2).varint(u64.MAX_VALUE).base64);
    expectNothing("BIN " + new Message().raw([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]).base64);
    expectNothing("BIN !!!!");
    expectNothing("BIN Z");
  });

  it("is not believed where it cannot be true", () => {
    const message = new Message()
      .double(1, NaN)
      .double(2, Infinity)
      .double(9, -1)
      .double(7, 1e300)
      .entry(8, "queue", -1);
    expectRead("BIN " + message.base64);
    for (let i = 0; i < QUEUE; i++) expect(isNaN(values.at(i))).toBe(true);
    expect(values.at(QUEUE)).toBe(-1);
  });
});

describe("any bytes", () => {
  it("are a report or none, and nothing outside them is read", () => {
    const random = new Xoshiro256();
    random.seedPoor(7, 0, 0, 0);
    const seeds = ["TEXT cpu_utilization=0.83, named_metrics.queue=12", "BIN " + full().base64];
    seeds.push('JSON {"cpu_utilization":0.83,"named_metrics":{"queue":12},"x":[{"y":"z"}]}');
    const view = new ByteView();
    let understood = 0;
    for (let round = 0; round < 30_000; round++) {
      const seed = new Utf8(seeds[round % 3]);
      const length = round % 2 == 0 ? seed.length : <i32>(random.next() % <u64>seed.length);
      for (let change = random.next() % 4; change > 0; change--) {
        const at = <usize>(random.next() % <u64>seed.length);
        store<u8>(seed.ptr + at, <u8>(random.next() >> 40));
      }
      view.set(seed.ptr, length);
      if (readLoadReport(view, values)) understood++;
      readBinaryLoadReport(view, values);
      for (let i = 0; i < 8; i++) assert(isNaN(values.at(i)) || abs(values.at(i)) <= 1e12);
    }
    expect(understood).toBeGreaterThan(3000);
    expect(understood).toBeLessThan(27_000);
  });

  it("are none if too many", () => {
    const long = "TEXT " + "eps=1,".repeat(<i32>(MAX_LOAD_REPORT / 6)) + "eps=1";
    expect(long.length).toBeGreaterThan(MAX_LOAD_REPORT);
    expectNothing(long);
    expectRead(long.slice(0, 5 + 6 * 100 + 5));
    expectNothing("BIN " + "A".repeat(MAX_LOAD_REPORT));
    expectRead("BIN " + new Message().part(90, bytesOf("x".repeat(3000))).base64);
  });
});
