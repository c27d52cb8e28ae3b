import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import {
  isBlankJson,
  JsonKind,
  MAX_JSON_BYTES,
  MAX_JSON_VALUES,
  NO_DECIMAL,
  parseJson,
  parseJsonText,
} from "../../../assembly/core/json";

function errorOf(text: string): string {
  return parseJsonText(text).error;
}

function expectIncludes(text: string, part: string): void {
  expect<bool>(text.includes(part)).toBe(true, `"${text}" should include "${part}"`);
}

function bytes(values: u8[]): ByteView {
  const buffer = new ArrayBuffer(values.length);
  for (let i = 0; i < values.length; i++) store<u8>(changetype<usize>(buffer) + i, values[i]);
  return viewOf(buffer);
}

/** Keeps the bytes alive, which a view does not. */
const kept: ArrayBuffer[] = [];

function viewOf(buffer: ArrayBuffer): ByteView {
  kept.push(buffer);
  const view = new ByteView();
  view.set(changetype<usize>(buffer), buffer.byteLength);
  return view;
}

function textOf(json: string): string {
  const document = parseJsonText(json);
  return document.ok ? document.root.text : document.error;
}

function decimal(json: string, scale: i32): i64 {
  return parseJsonText(json).root.decimal(scale);
}

describe("parseJson: values", () => {
  it("knows each kind", () => {
    expect<i32>(parseJsonText("null").root.kind).toBe(JsonKind.Null);
    expect<i32>(parseJsonText(" true ").root.kind).toBe(JsonKind.Bool);
    expect<bool>(parseJsonText("true").root.isTrue).toBe(true);
    expect<bool>(parseJsonText("false").root.isTrue).toBe(false);
    expect<i32>(parseJsonText("-0.5e+3").root.kind).toBe(JsonKind.Number);
    expect<i32>(parseJsonText('""').root.kind).toBe(JsonKind.String);
    expect<i32>(parseJsonText("[]").root.kind).toBe(JsonKind.Array);
    expect<i32>(parseJsonText("\t{ }\r\n").root.kind).toBe(JsonKind.Object);
  });

  it("finds members and elements at any depth", () => {
    const root = parseJsonText('{"a": {"x": [1, {"y": "deep"}]}, "b": [[], [2]], "c": "last"}').root;
    expect<string>(root.member("a")!.member("x")!.elements()[1].member("y")!.text).toBe("deep");
    expect<string>(root.member("b")!.elements()[1].elements()[0].text).toBe("2");
    expect<string>(root.member("c")!.text).toBe("last");
    expect<bool>(root.member("x") == null).toBe(true);
    expect<bool>(root.member("c")!.member("x") == null).toBe(true);
  });

  it("keeps numbers as f64", () => {
    expect<f64>(parseJsonText("12.5").root.number).toBe(12.5);
    expect<f64>(parseJsonText("-0").root.number).toBe(-0.0);
    expect<f64>(parseJsonText("1e307").root.number).toBe(1e307);
    expect<f64>(parseJsonText("5e-324").root.number).toBe(5e-324);
  });

  it("tells blank text from the rest", () => {
    expect<bool>(isBlankJson(new ByteView())).toBe(true);
    expect<bool>(isBlankJson(new Utf8(" \r\n\t"))).toBe(true);
    expect<bool>(isBlankJson(new Utf8(" {}"))).toBe(false);
  });
});

describe("parseJson: exact decimals", () => {
  it("scales without rounding", () => {
    expect<i64>(decimal("12.34", 2)).toBe(1234);
    expect<i64>(decimal("33.33", 2)).toBe(3333);
    expect<i64>(decimal("12.3400", 2)).toBe(1234);
    expect<i64>(decimal("1.234e1", 2)).toBe(1234);
    expect<i64>(decimal("-100", 2)).toBe(-10000);
    expect<i64>(decimal("0.00", 2)).toBe(0);
    expect<i64>(decimal("1002003", 0)).toBe(1002003);
    expect<i64>(decimal("100.0", 0)).toBe(100);
    expect<i64>(decimal("1e3", 0)).toBe(1000);
    expect<i64>(decimal("-0", 0)).toBe(0);
    expect<i64>(decimal("0.0100", 2)).toBe(1);
  });

  it("refuses what would be rounded", () => {
    expect<i64>(decimal("12.345", 2)).toBe(NO_DECIMAL);
    expect<i64>(decimal("0.1", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("1e-9999", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("1.0000000000000000000001", 0)).toBe(NO_DECIMAL);
  });

  it("is exact up to 2^53 and refuses more", () => {
    expect<i64>(decimal("9007199254740992", 0)).toBe(9007199254740992);
    expect<i64>(decimal("-9007199254740992", 0)).toBe(-9007199254740992);
    expect<i64>(decimal("9007199254740993", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("1e16", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("1e307", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("123456789012345678901234567890", 0)).toBe(NO_DECIMAL);
    expect<i64>(decimal("18446744073709551617", 0)).toBe(NO_DECIMAL);
  });
});

describe("parseJson: strings", () => {
  it("undoes every escape", () => {
    expect<string>(textOf('"\\"\\\\\\/\\b\\f\\n\\r\\t"')).toBe('"\\/\b\f\n\r\t');
    expect<string>(textOf('"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00"')).toBe("A\u00e9\u20ac\ud83d\ude00");
    expect<string>(textOf('"a\\u0000b"')).toBe("a\0b");
  });

  it("keeps UTF-8 of all lengths", () => {
    expect<string>(textOf('"\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff"')).toBe(
      "\u007f\u0080\u07ff\u0800\uffff\ud800\udc00\udbff\udfff",
    );
  });

  it("refuses unpaired surrogates", () => {
    expect<string>(errorOf('"\\ud83d"')).toBe("$: line 1, column 2: an unpaired surrogate is no character");
    expect<string>(errorOf('"\\ud83d\\u0041"')).toBe("$: line 1, column 2: an unpaired surrogate is no character");
    expect<string>(errorOf('"\\ude00"')).toBe("$: line 1, column 2: an unpaired surrogate is no character");
  });

  it("refuses bad escapes and control characters", () => {
    expectIncludes(errorOf('"a\\x"'), "line 1, column 3: unknown escape");
    expectIncludes(errorOf('"\\u12G4"'), "expected four hexadecimal digits");
    expectIncludes(errorOf('"\\u12'), "expected four hexadecimal digits");
    expectIncludes(errorOf('"\\'), "unknown escape");
    expectIncludes(errorOf('"a\nb"'), "a control character in a string");
    expect<string>(errorOf('"abc')).toBe("$: line 1, column 5: the string is not closed");
  });

  it("refuses invalid UTF-8 of every sort", () => {
    const bad: u8[][] = [
      [0x80],
      [0xc0, 0x80],
      [0xc1, 0xbf],
      [0xc3],
      [0xc3, 0x28],
      [0xe0, 0x9f, 0xbf],
      [0xe2, 0x82],
      [0xed, 0xa0, 0x80],
      [0xf0, 0x8f, 0xbf, 0xbf],
      [0xf0, 0x9f, 0x98],
      [0xf4, 0x90, 0x80, 0x80],
      [0xf5, 0x80, 0x80, 0x80],
      [0xff],
    ];
    const quote: u8[] = [0x22];
    for (let i = 0; i < bad.length; i++) {
      const document = parseJson(bytes(quote.concat(bad[i]).concat(quote)));
      expect<string>(document.error).toBe("$: line 1, column 2: the text is not valid UTF-8");
    }
  });
});

describe("parseJson: refusals", () => {
  it("refuses what RFC 8259 does not have", () => {
    const bad = [
      "", " ", "{", "[", "[1", "[1,", "[1,]", "[,1]", "{,}", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "{a:1}",
      '{"a" 1}', "[1 2]", "01", "+1", ".5", "1.", "1e", "1e+", "-", "--1", "0x10", "NaN", "Infinity", "-Infinity",
      "nul", "nulll", "True", "'a'", "[1]]", "1 2", "// c\n1", "/**/1", "[1}", '{"a":1]', "\u00a01", "\f1", "tru",
    ]; // prettier-ignore
    for (let i = 0; i < bad.length; i++) {
      const error = errorOf(bad[i]);
      expect<bool>(error.startsWith("$")).toBe(true, bad[i] + " is refused");
      expect<bool>(error.includes("\n")).toBe(false, bad[i] + " has a one-line error");
    }
  });

  it("refuses a truncated text at every length", () => {
    const text = '{"rules":[{"name":"a\\u00e9","percent":12.5,"on":true,"none":null}]}';
    expect<string>(errorOf(text)).toBe("");
    for (let length = 0; length < text.length; length++) {
      expect<bool>(errorOf(text.slice(0, length)).length > 0).toBe(true);
    }
  });

  it("says where, with line, column and path", () => {
    expect<string>(errorOf('{\n  "rules": [\n    {"a": 1},\n    {"a": tru}\n  ]\n}')).toBe(
      "$.rules[1].a: line 4, column 11: expected a JSON value",
    );
    expect<string>(errorOf('{"a": 1 "b": 2}')).toBe(
      "$: line 1, column 9: expected ',' or '}' after a value in an object",
    );
  });

  it("refuses repeated keys, written alike or not", () => {
    expect<string>(errorOf('{"r":[{"a":1,"b":{"a":2},"a":3}]}')).toBe('$.r[0]: line 1, column 26: repeated key "a"');
    expect<string>(errorOf('{"a":1,"\\u0061":2}')).toBe('$: line 1, column 8: repeated key "a"');
    expect<string>(errorOf('{"a":{"a":{"a":[{"a":1},{"a":1}]}}}')).toBe("");
  });

  it("bounds the depth", () => {
    expect<string>(errorOf("[".repeat(32) + "]".repeat(32))).toBe("");
    expectIncludes(errorOf("[".repeat(33) + "]".repeat(33)), "expected at most 32 levels");
    expectIncludes(errorOf("[".repeat(10000)), "expected at most 32 levels");
    expectIncludes(errorOf('{"a":'.repeat(10000)), "expected at most 32 levels");
  });

  it("refuses numbers that no f64 holds", () => {
    expectIncludes(errorOf("1e309"), "expected a number below 1e308");
    expectIncludes(errorOf("-1e99999999999999999999"), "expected a number below 1e308");
    expectIncludes(errorOf("9".repeat(400)), "expected a number below 1e308");
    expect<string>(errorOf("0e999999")).toBe("");
    expect<string>(errorOf("0." + "0".repeat(400) + "1e400")).toBe("");
  });

  it("bounds keys, values and bytes", () => {
    let keys = "";
    for (let i = 0; i < 257; i++) keys += (i ? ',"k' : '"k') + i.toString() + '":0';
    expectIncludes(errorOf("{" + keys + "}"), "expected at most 256 keys");
    expectIncludes(errorOf("[" + "0,".repeat(MAX_JSON_VALUES) + "0]"), "expected at most 1048576 values");
    const large = new ArrayBuffer(MAX_JSON_BYTES + 1);
    expect<string>(parseJson(viewOf(large)).error).toBe("$: 8388609 bytes are too many; expected at most 8388608");
  });

  it("names StringValue when the bytes are a protobuf Struct", () => {
    const struct: u8[] = [0x0a, 0x12, 0x0a, 0x05, 0x6c, 0x69, 0x6d, 0x69, 0x74, 0x12, 0x09, 0x11, 0, 0, 0, 0, 0, 0, 0x24, 0x40]; // prettier-ignore
    expectIncludes(parseJson(bytes(struct)).error, "google.protobuf.StringValue");
    expectIncludes(errorOf("\n\n{x"), "line 3, column 2");
  });

  it("survives every single-byte change of a good text", () => {
    const text = String.UTF8.encode('{"a\\u00e9":[1.5e1,"\u20ac",true,null],"b":{}}');
    for (let at = 0; at < text.byteLength; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = text.slice(0);
        store<u8>(changetype<usize>(changed) + at, <u8>byte);
        const view = new ByteView();
        view.set(changetype<usize>(changed), changed.byteLength);
        parseJson(view);
      }
    }
    expect<bool>(parseJson(viewOf(text)).ok).toBe(true);
  });
});

describe("parseJson: long lists", () => {
  it("holds 10,000 ids, reached by index", () => {
    let json = '["u0"';
    for (let i = 1; i < 10000; i++) json += ',"u' + i.toString() + '"';
    const document = parseJsonText(json + "]");
    const list = document.root;
    let count = 0;
    let bytes = 0;
    for (let i = list.firstChild; i < list.end; i = document.after(i)) {
      count++;
      bytes += document.byteLengthAt(i);
    }
    expect<i32>(count).toBe(10000);
    expect<i32>(bytes).toBe(10 * 2 + 90 * 3 + 900 * 4 + 9000 * 5);
  });
});
