import { ADDRESS_BYTES, maskAddress, parseAddress } from "../../../assembly/core/address";
import { AddressSet } from "../../../assembly/core/address-set";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { Cidr } from "../../../assembly/core/cidr";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

const BYTES: StaticArray<u8> = new StaticArray<u8>(ADDRESS_BYTES);
const MASKED: StaticArray<u8> = new StaticArray<u8>(ADDRESS_BYTES);

function setOf(texts: string[]): AddressSet {
  const ranges: Cidr[] = [];
  for (let i = 0; i < texts.length; i++) {
    const range = new Cidr(texts[i]);
    assert(range.problem == "", range.problem);
    ranges.push(range);
  }
  return new AddressSet(ranges);
}

function has(set: AddressSet, text: string): bool {
  const view = new ByteView();
  view.set(changetype<usize>(BYTES), ADDRESS_BYTES);
  assert(parseAddress(new Utf8(text), view.ptr) != 0, text);
  return set.has(view);
}

/** One bit after the other, as a model of what a range has. */
function isInside(range: Cidr, address: usize): bool {
  const masked = changetype<usize>(MASKED);
  memory.copy(masked, address, ADDRESS_BYTES);
  maskAddress(masked, 6, range.bits);
  const isIpv4 = load<u64>(address) == 0 && load<u32>(address, 8) == 0xffff0000;
  return (
    isIpv4 == (range.family == 4) &&
    bswap<u64>(load<u64>(masked)) == range.high &&
    bswap<u64>(load<u64>(masked, 8)) == range.low
  );
}

describe("a set of addresses", () => {
  it("has the first and the last of each range and none beside them", () => {
    const set = setOf(["10.0.0.0/8", "192.0.2.7", "2001:db8::/33", "::1"]);
    const inside = [
      "10.0.0.0",
      "10.255.255.255",
      "192.0.2.7",
      "2001:db8::",
      "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff",
      "::1",
    ];
    for (let i = 0; i < inside.length; i++) expect(has(set, inside[i])).toBe(true, inside[i]);
    const outside = [
      "9.255.255.255",
      "11.0.0.0",
      "192.0.2.6",
      "192.0.2.8",
      "2001:db8:8000::",
      "2001:db7:ffff::",
      "::",
      "::2",
    ];
    for (let i = 0; i < outside.length; i++) expect(has(set, outside[i])).toBe(false, outside[i]);
  });

  it("takes IPv4 addresses in IPv6 notation for what they are", () => {
    expect(has(setOf(["10.0.0.0/8"]), "::ffff:10.1.2.3")).toBe(true);
    expect(has(setOf(["::ffff:10.0.0.0/104"]), "10.1.2.3")).toBe(true);
  });

  it("keeps the families apart", () => {
    expect(has(setOf(["::/0"]), "10.1.2.3")).toBe(false);
    expect(has(setOf(["::/0"]), "2001:db8::1")).toBe(true);
    expect(has(setOf(["0.0.0.0/0"]), "2001:db8::1")).toBe(false);
    expect(has(setOf(["0.0.0.0/0"]), "255.255.255.255")).toBe(true);
  });

  it("has nothing when it has no range", () => {
    expect(has(setOf([]), "10.1.2.3")).toBe(false);
    expect(has(setOf([]), "::")).toBe(false);
  });

  it("has a range whatever ranges are inside it or the same", () => {
    const set = setOf(["10.1.0.0/16", "10.0.0.0/8", "10.1.2.0/24", "10.0.0.0/8", "10.0.0.0/9"]);
    expect(has(set, "10.255.0.1")).toBe(true);
    expect(has(set, "10.1.2.3")).toBe(true);
    expect(has(set, "11.1.2.3")).toBe(false);
  });

  it("has what one of its ranges has, of 256 of all lengths", () => {
    const random = new Xoshiro256();
    random.seedPoor(11, 0, 0, 0);
    for (let round = 0; round < 20; round++) {
      const ranges = randomRanges(random);
      const set = new AddressSet(ranges.slice(0));
      const view = new ByteView();
      view.set(changetype<usize>(BYTES), ADDRESS_BYTES);
      let wrong = 0;
      let inside = 0;
      for (let i = 0; i < 500; i++) {
        randomAddress(random, view.ptr);
        let expected: bool = false;
        for (let j = 0; j < ranges.length && !expected; j++) expected = isInside(ranges[j], view.ptr);
        if (set.has(view) != expected) wrong++;
        if (expected) inside++;
      }
      expect(wrong).toBe(0);
      expect(inside > 0 && inside < 500).toBe(true, "some inside, some not");
    }
  });
});

/** An address of few different bits, so that ranges and addresses meet. */
function randomAddress(random: Xoshiro256, to: usize): void {
  const isIpv4 = random.next() & 1;
  store<u64>(to, isIpv4 ? 0 : bswap<u64>(0x20010db800000000 | (random.next() & 0xf0f)));
  const rest = random.next() & 0xf00f00ff;
  store<u64>(to, bswap<u64>(isIpv4 ? 0xffff00000000 | rest : rest << 16), 8);
}

function randomRanges(random: Xoshiro256): Cidr[] {
  const ranges: Cidr[] = [];
  for (let i = 0; i < 256; i++) {
    const bytes = changetype<usize>(BYTES);
    randomAddress(random, bytes);
    const range = new Cidr("::");
    range.family = load<u32>(bytes, 8) == 0xffff0000 ? 4 : 6;
    range.bits = (range.family == 4 ? 112 : 76) + <i32>(random.next() % (range.family == 4 ? 17 : 53));
    maskAddress(bytes, 6, range.bits);
    range.high = bswap<u64>(load<u64>(bytes));
    range.low = bswap<u64>(load<u64>(bytes, 8));
    ranges.push(range);
  }
  return ranges;
}
