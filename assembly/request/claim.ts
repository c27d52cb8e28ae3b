import { ByteView, Utf8 } from "../core/bytes";
import { MAX_DECIMAL_DIGITS, writeDecimal } from "../core/decimal";
import { HeaderPairsReader, isHeaderPairs } from "../core/header-pairs";
import { RequestFacts } from "./facts";
import { lend, ValueSource } from "./source";

/** Whole numbers up to here are themselves as JSON numbers: 2^53. */
const MAX_WHOLE: f64 = 9007199254740992;
/** A whole number below has, as 8 bytes, one that is no text: a control character, or what UTF-8 does not have there. */
const SURE_NUMBER: f64 = 2251799813685248;

const TRUE: Utf8 = new Utf8("true");
const FALSE: Utf8 = new Utf8("false");

/**
 * A claim of the token that Envoy's jwt_authn filter has verified, out of the metadata where that filter puts it.
 *
 * Envoy hands out the value alone, not its type: text as it is, a number as a double of 8 bytes, true and false as one
 * byte, a list or an object as pairs (Source: `serializeValue` in source/extensions/common/wasm/context.cc). What a value
 * looks like is what it counts as. So a text can pass for a number or a list only where its client could have got the
 * same by writing the number, or the element, as text. A fraction stays as the 8 bytes are, which no text equals.
 */
@final
export class ClaimSource extends ValueSource {
  private readonly list: HeaderPairsReader = new HeaderPairsReader();
  private readonly element: ByteView = new ByteView();

  /** @param property the claim's number among the request's properties. */
  constructor(private readonly property: i32) {
    super("claim " + property.toString());
  }

  /** The claim as text; a list or an object as it is serialised. */
  protected find(facts: RequestFacts, view: ByteView): bool {
    if (!lend(facts.property(this.property), view)) return false;
    toText(facts, view);
    return true;
  }

  /** Whether the claim is a list or an object; then `next` goes through it from the beginning. */
  openList(facts: RequestFacts): bool {
    const value = this.value(facts);
    if (value == null || !isHeaderPairs(value)) return false;
    this.list.open(value);
    return true;
  }

  /** The list's next element, or the object's next key, as text; null after the last. Allocates: nothing. */
  next(facts: RequestFacts): ByteView | null {
    if (!this.list.next()) return null;
    lend(this.list.name, this.element);
    toText(facts, this.element);
    return this.element;
  }
}

/** Puts decimal digits in place of a number's 8 bytes, and a word in place of the byte of true or false. */
function toText(facts: RequestFacts, value: ByteView): void {
  if (value.length == 1 && value.at(0) < 2) lend(value.at(0) == 1 ? TRUE : FALSE, value);
  if (value.length != 8 || facts.room(MAX_DECIMAL_DIGITS) < MAX_DECIMAL_DIGITS) return;
  const number = load<f64>(value.ptr);
  if (!(abs(number) <= MAX_WHOLE) || floor(number) != number) return;
  if (abs(number) >= SURE_NUMBER && isPrintable(value)) return;
  const to = facts.roomStart;
  const signs = number < 0 ? 1 : 0;
  if (signs == 1) store<u8>(to, 0x2d);
  facts.keep(signs + writeDecimal(<u64>abs(number), to + <usize>signs), value);
}

function isPrintable(value: ByteView): bool {
  for (let i = 0; i < value.length; i++) if (<u32>value.at(i) - 0x20 >= 0x5f) return false;
  return true;
}
