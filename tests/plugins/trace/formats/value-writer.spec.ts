import { Utf8 } from "../../../../assembly/core/bytes";
import { ValueWriter } from "../../../../plugins/trace/formats/value-writer";

function textOf(writer: ValueWriter): string {
  return String.UTF8.decodeUnsafe(writer.ptr, <usize>writer.length);
}

describe("ValueWriter", () => {
  it("writes one thing after another", () => {
    const writer = new ValueWriter(60);
    writer.text(new Utf8("a="));
    writer.hex(0xabcdef, 8);
    writer.byte(0x3b);
    writer.decimal(u64.MAX_VALUE);
    expect(textOf(writer)).toBe("a=00abcdef;18446744073709551615");
    writer.clear();
    writer.decimal(0);
    expect(textOf(writer)).toBe("0");
  });

  it("leaves out what does not fit, and nothing else", () => {
    const writer = new ValueWriter(20);
    expect(writer.hasRoom(20)).toBe(true);
    expect(writer.hasRoom(21)).toBe(false);
    writer.hex(1, 16);
    writer.decimal(1);
    writer.text(new Utf8("12345"));
    writer.hex(0xff, 5);
    writer.text(new Utf8("abcd"));
    writer.byte(0x3b);
    expect(textOf(writer)).toBe("0000000000000001abcd");
  });
});
