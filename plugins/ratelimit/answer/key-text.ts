import { ADDRESS_BYTES } from "../../../assembly/core/address";
import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { RequestFacts } from "../../../assembly/request/facts";
import { KeyRule } from "../../../assembly/request/key";
import { FixedText } from "./fixed-text";

/** How the bytes of a part are to be read. */
enum Form {
  Text,
  Address,
  /** A number of 8 bytes. */
  Number,
}

/** Of a value not more than so many bytes are shown; of a masked one a quarter, at most 4. */
const SHOWN_BYTES: i32 = 40;
const UNMASKED_BYTES: i32 = 4;

const BETWEEN = new Utf8(", ");
const NONE = new Utf8("(none)");
const MASK = new Utf8("***");
const CUT = new Utf8("...");
const HEX = new Utf8("0123456789abcdef");

/** Puts the keys of one rule into words, for operators. Allocates nothing after construction. */
@final
export class KeyText {
  private readonly forms: Form[] = [];
  private readonly part: FixedText = new FixedText(64);
  private readonly beginning: ByteView = new ByteView();

  /** @param masked values may be secrets (a token, an API key): only their beginnings are shown. */
  constructor(
    private readonly key: KeyRule,
    private readonly masked: bool,
  ) {
    for (let i = 0; i < key.parts.length; i++) this.forms.push(formOf(key.parts[i].name));
  }

  /** Writes the key of the request at hand, its parts with commas between. */
  write(facts: RequestFacts, to: FixedText): void {
    const parts = this.key.parts;
    to.begin();
    for (let i = 0; i < parts.length; i++) {
      if (i > 0) to.text(BETWEEN);
      const value = unchecked(parts[i]).value(facts);
      if (value == null || value.length == 0) to.text(NONE);
      else this.show(this.textOf(value, unchecked(this.forms[i])), to);
    }
  }

  private textOf(value: ByteView, form: Form): ByteView {
    const part = this.part.begin();
    if (form == Form.Number && value.length == 8) return part.number(load<u64>(value.ptr));
    if (form == Form.Address && value.length == ADDRESS_BYTES && value.at(0) != 0x2f /* / */) {
      writeAddress(value, part);
      return part;
    }
    return value;
  }

  private show(text: ByteView, to: FixedText): void {
    let most = this.masked ? min(UNMASKED_BYTES, text.length >> 2) : min(SHOWN_BYTES, text.length);
    // Not in the middle of a character.
    while (most > 0 && most < text.length && (text.at(most) & 0xc0) == 0x80) most--;
    this.beginning.set(text.ptr, most);
    // In the log keys stand in quotes: none may end there, and forge what comes after.
    const from = to.length;
    to.text(this.beginning);
    for (let i = from; i < to.length; i++) if (to.at(i) == 0x22 /* " */) store<u8>(to.ptr + <usize>i, 0x27 /* ' */);
    if (this.masked) to.text(MASK);
    else if (most < text.length) to.text(CUT);
  }
}

function formOf(source: string): Form {
  if (source.startsWith("address ")) return Form.Address;
  return source == "connection" ? Form.Number : Form.Text;
}

/** IPv4 with dots, IPv6 in groups. */
function writeAddress(address: ByteView, to: FixedText): void {
  const isIpv4 = load<u64>(address.ptr) == 0 && load<u32>(address.ptr, 8) == 0xffff0000;
  const from = isIpv4 ? 12 : 0;
  for (let i = from; i < ADDRESS_BYTES; i += isIpv4 ? 1 : 2) {
    if (i > from) to.byte(isIpv4 ? 0x2e : 0x3a);
    if (isIpv4) to.number(address.at(i));
    else writeHex(((<u32>address.at(i)) << 8) | address.at(i + 1), to);
  }
}

function writeHex(group: u32, to: FixedText): void {
  let shift = 12;
  while (shift > 0 && group >> shift == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) to.byte(HEX.at((group >> shift) & 15));
}
