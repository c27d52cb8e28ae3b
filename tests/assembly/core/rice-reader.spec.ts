import { RiceReader } from "../../../assembly/core/rice-reader";

/** Room for some bytes of codes and the eight behind. */
const BYTES = memory.data(32);

function reader(bytes: u8[]): RiceReader {
  memory.fill(BYTES, 0xff, 32); // what is behind the end must not count
  for (let i = 0; i < bytes.length; i++) store<u8>(BYTES + i, bytes[i]);
  return new RiceReader(BYTES, bytes.length);
}

describe("RiceReader", () => {
  it("reads ones, a zero and low bits, from the lowest bit on", () => {
    const codes = reader([0b0_10_011_01, 0b0000000_1]); // 1, 0 and 1 bit; 2 and 0 bits; ...
    expect<u64>(codes.next(0)).toBe(1);
    expect<u64>(codes.next(2)).toBe((2 << 2) | 0b10);
    expect<u64>(codes.next(0)).toBe(0);
    expect<u64>(codes.next(0)).toBe(1);
    expect<bool>(codes.isAtEnd).toBe(true);
  });

  it("reads the longest codes", () => {
    // 24 ones, then 60 bits written out.
    const written = reader([0xff, 0xff, 0xff, 1, 0, 0, 0, 0, 0, 0, 8]);
    expect<u64>(written.next(3)).toBe((1 << 59) | 1);
    expect<bool>(written.isAtEnd).toBe(true);
    // 23 ones, a zero, and 56 bits.
    const long = reader([0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
    expect<u64>(long.next(56)).toBe((23 << 56) | ((1 << 56) - 1));
    expect<bool>(long.isAtEnd).toBe(true);
  });

  it("is not ok once a code reaches beyond the end, in whichever part", () => {
    const texts: u8[][] = [[], [0xff], [0x7f], [0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0, 0, 0, 0]];
    for (let i = 0; i < texts.length; i++) {
      const codes = reader(texts[i]);
      for (let read = 0; read < 3; read++) codes.next(7);
      expect<bool>(codes.ok).toBe(false, i.toString());
      expect<bool>(codes.isAtEnd).toBe(false);
    }
  });

  it("is not at the end while a whole byte is left", () => {
    expect<bool>(reader([0]).isAtEnd).toBe(false);
    expect<bool>(reader([]).isAtEnd).toBe(true);
  });
});
