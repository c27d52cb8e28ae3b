import { ADDRESS_BYTES, maskAddress, parseAddress } from "./address";
import { Utf8 } from "./bytes";
import { quote } from "./quote";

/** Bits of an address in the form in which `parseAddress` writes both families. */
const ALL_BITS: i32 = 128;
/** Of them, those before an IPv4 address. */
const MAPPED_BITS: i32 = 96;

/**
 * A range of addresses as RFC 4632 and RFC 4291 write it: `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
 * Only at configure: allocates.
 */
@final
export class Cidr {
  /** What is wrong with it; "" for nothing. The rest counts only then. */
  problem: string = "";
  /** 4 or 6. `::ffff:10.0.0.0/104` is a range of IPv4 addresses. */
  family: i32 = 0;
  /** First bits, of 128, that all addresses of the range share. */
  bits: i32 = ALL_BITS;
  /** The first address, its two halves as numbers. */
  high: u64 = 0;
  low: u64 = 0;

  constructor(text: string) {
    this.read(text);
  }

  private read(text: string): void {
    const slash = text.indexOf("/");
    const address = slash < 0 ? text : text.slice(0, slash);
    const bytes = new StaticArray<u8>(ADDRESS_BYTES);
    const start = changetype<usize>(bytes);
    const isPlain = !address.includes("[") && !address.includes("%");
    this.family = isPlain ? parseAddress(new Utf8(address), start) : 0;
    if (this.family == 0) {
      this.problem = "expected an IP address, or a range of them such as 10.0.0.0/8 or 2001:db8::/32";
      return;
    }
    this.high = bswap<u64>(load<u64>(start));
    this.low = bswap<u64>(load<u64>(start, 8));
    if (slash < 0) return;
    this.readBits(text.slice(slash + 1), address.includes(":") ? 0 : MAPPED_BITS);
    if (this.problem == "") this.checkRest(text, start, slash);
  }

  /** @param skipped of the 128 bits, those that the notation does not count. */
  private readBits(text: string, skipped: i32): void {
    const most = ALL_BITS - skipped;
    const bits = smallNumber(text);
    if (bits < 0 || bits > most) this.problem = `expected a whole number from 0 to ${most} after the /`;
    else this.bits = skipped + bits;
  }

  /** Refuses an address inside the range in place of its first one, which is most often a slip. */
  private checkRest(text: string, start: usize, slash: i32): void {
    maskAddress(start, 6, this.bits);
    const high = bswap<u64>(load<u64>(start));
    const low = bswap<u64>(load<u64>(start, 8));
    // Fewer bits than those before an IPv4 address take in other addresses too.
    if (this.bits < MAPPED_BITS) this.family = 6;
    if (high == this.high && low == this.low) return;
    this.problem = `expected no bits set after the first ${text.slice(slash + 1)}; ${quote(text)} has some`;
  }
}

/** The number that up to three digits are in their only form; -1 for anything else. */
function smallNumber(text: string): i32 {
  if (text.length == 0 || text.length > 3 || (text.length > 1 && text.charCodeAt(0) == 0x30)) return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (<u32>digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
