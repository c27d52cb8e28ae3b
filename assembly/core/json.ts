/**
 * A parsed JSON text as a flat tape: two u32 words for each value, in the order of the text, over the bytes of the text.
 * An array of 10,000 strings costs 80 KB of tape and no object at all; strings are decoded only when they are asked for.
 *
 *   word 0   kind (3 bits) | offset of the value's first byte << 3
 *   word 1   Array, Object: index of the entry after the whole container
 *            otherwise:     offset after the value's last byte
 *
 * An object's entries alternate between key (a String) and value. A string's bytes lie between the quotes, escapes undone.
 */
import { ByteView, Utf8 } from "./bytes";
import { JsonParser } from "./json-parser";
import { JsonKind } from "./json-kind";
import { decimalAt } from "./json-number";

export { JsonKind } from "./json-kind";
export { MAX_JSON_BYTES, MAX_JSON_DEPTH, MAX_JSON_VALUES, MAX_OBJECT_KEYS } from "./json-parser";
export { NO_DECIMAL } from "./json-number";

/**
 * Parses UTF-8 JSON (RFC 8259, strictly) of at most 8 MiB, 32 levels, 1,048,576 values and 256 keys in an object, without
 * repeated keys, unpaired surrogates or numbers of 1e308 and more. No bytes make it trap: see `JsonDocument.error`.
 * @param source must outlast the document, and belongs to it: escapes in strings are undone in place.
 * Allocates: the tape, 8 bytes a value.
 */
export function parseJson(source: ByteView): JsonDocument {
  const parser = new JsonParser(source);
  const error = parser.run();
  return new JsonDocument(source, parser.tape, error);
}

/** `parseJson` for a text in hand. */
export function parseJsonText(text: string): JsonDocument {
  return parseJson(new Utf8(text));
}

/** True for a text of nothing but JSON white space, the empty one included; what that means is for the caller to say. */
export function isBlankJson(source: ByteView): bool {
  for (let i = 0; i < source.length; i++) {
    const byte = source.at(i);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return false;
  }
  return true;
}

/** What `parseJson` found: a tape of values, or one error. */
@final
export class JsonDocument {
  constructor(
    private source: ByteView,
    private tape: StaticArray<u32>,
    /** Empty, or one line of the form `$.rules[2]: line 7, column 3: expected ...`. */
    readonly error: string,
  ) {}

  get ok(): bool {
    return this.error.length == 0;
  }

  /** The outermost value. Only when `ok`. */
  get root(): JsonValue {
    return new JsonValue(this, 0);
  }

  kindAt(index: i32): JsonKind {
    return this.tape[index << 1] & 7;
  }

  /** The index of the entry after the value at `index`, all of its children skipped. */
  after(index: i32): i32 {
    const kind = this.kindAt(index);
    return kind == JsonKind.Array || kind == JsonKind.Object ? this.tape[(index << 1) + 1] : index + 1;
  }

  /** The address of a scalar's first byte; of a string's, inside the quotes. Valid as long as the document's source. */
  startAt(index: i32): usize {
    return this.source.ptr + (this.tape[index << 1] >> 3);
  }

  /** The number of bytes of a scalar; of a string, as UTF-8 and without quotes and escapes. */
  byteLengthAt(index: i32): i32 {
    return this.tape[(index << 1) + 1] - (this.tape[index << 1] >> 3);
  }
}

/** One value of a document. A view of two fields: make it, use it, drop it. */
@final
export class JsonValue {
  constructor(
    readonly document: JsonDocument,
    readonly index: i32,
  ) {}

  get kind(): JsonKind {
    return this.document.kindAt(this.index);
  }

  /** The address of a scalar's bytes (`JsonDocument.startAt`). */
  get start(): usize {
    return this.document.startAt(this.index);
  }

  get byteLength(): i32 {
    return this.document.byteLengthAt(this.index);
  }

  /** A string's text, or a number as it was written. */
  get text(): string {
    return String.UTF8.decodeUnsafe(this.start, this.byteLength);
  }

  /** Only for a Bool. */
  get isTrue(): bool {
    return load<u8>(this.start) == 0x74; // 't'
  }

  /** Only for a Number: the nearest f64, always finite. */
  get number(): f64 {
    return parseFloat(this.text);
  }

  /** Only for a Number: its value times 10^scale when that is a whole number within +-2^53, else `NO_DECIMAL`. Exact. */
  decimal(scale: i32): i64 {
    return decimalAt(this.start, this.byteLength, scale);
  }

  /**
   * The first child's index: iterate an array with `for (let i = v.firstChild; i < v.end; i = v.document.after(i))`; in
   * an object the entry at `i` is a key and the one at `i + 1` its value.
   */
  get firstChild(): i32 {
    return this.index + 1;
  }

  /** The index after the last child. */
  get end(): i32 {
    return this.document.after(this.index);
  }

  /** The number of an array's elements or of an object's keys; counts them. */
  get size(): i32 {
    if (this.kind < JsonKind.Array) return 0;
    let entries = 0;
    const end = this.end;
    for (let i = this.firstChild; i < end; i = this.document.after(i)) entries++;
    return this.kind == JsonKind.Object ? entries >> 1 : entries;
  }

  /** The value under `key`, or null when there is none or this is no object. */
  member(key: string): JsonValue | null {
    if (this.kind != JsonKind.Object) return null;
    const document = this.document;
    const wanted = new Utf8(key);
    const found = new ByteView();
    const end = this.end;
    for (let i = this.firstChild; i < end; i = document.after(i + 1)) {
      found.set(document.startAt(i), document.byteLengthAt(i));
      if (found.equals(wanted)) return new JsonValue(document, i + 1);
    }
    return null;
  }

  /** An array's elements; empty for anything else. For long lists use the indexes. */
  elements(): JsonValue[] {
    const all: JsonValue[] = [];
    if (this.kind != JsonKind.Array) return all;
    const end = this.end;
    for (let i = this.firstChild; i < end; i = this.document.after(i)) all.push(new JsonValue(this.document, i));
    return all;
  }
}
