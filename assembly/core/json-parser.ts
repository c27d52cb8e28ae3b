/** A strict, bounded JSON parser that writes the tape described in json.ts. Recursion is bounded by the depth limit. */
import { ByteView } from "./bytes";
import { JsonKind } from "./json-kind";
import { isFiniteNumber, numberEnd } from "./json-number";
import { looksLikeProtobuf } from "./json-protobuf";
import { JsonStringScanner } from "./json-string";
import { pathKey, quote } from "./quote";

export const MAX_JSON_BYTES: i32 = 8 << 20;
export const MAX_JSON_DEPTH: i32 = 32;
export const MAX_JSON_VALUES: i32 = 1 << 20;
/** Bounds the search for repeated keys, which compares each key with those before it. */
export const MAX_OBJECT_KEYS: i32 = 256;


@final
export class JsonParser {
  /** Two words for each value; the words after the last value are unused. */
  tape: StaticArray<u32> = new StaticArray<u32>(64);

  private values: i32 = 0;
  private base: usize;
  private pos: usize;
  private end: usize;
  private line: i32 = 1;
  private lineStart: usize;
  private strings: JsonStringScanner;
  private problem: string = "";
  /** The path below `$` of the value that is wrong, put together while the recursion unwinds. */
  private path: string = "";

  constructor(source: ByteView) {
    const base = source.ptr;
    const end = base + <usize>source.length;
    this.base = base;
    this.pos = base;
    this.lineStart = base;
    this.end = end;
    this.strings = new JsonStringScanner(end);
  }

  /** Returns "" or the error. */
  run(): string {
    const size = this.end - this.base;
    if (size > <usize>MAX_JSON_BYTES) return `$: ${size} bytes are too many; expected at most ${MAX_JSON_BYTES}`;
    this.skipSpace();
    if (this.value(1)) {
      this.skipSpace();
      if (this.pos == this.end) return "";
      this.fail("expected the end of the text after the value");
    }
    if (looksLikeProtobuf(this.base, this.end)) {
      return "$: these are protobuf bytes; expected JSON: send the configuration as a google.protobuf.StringValue";
    }
    const column = <i32>(this.pos - this.lineStart) + 1;
    return `$${this.path}: line ${this.line}, column ${column}: ${this.problem}`;
  }

  private value(depth: i32): bool {
    if (this.pos == this.end) return this.fail("the text ends where a value was expected");
    const byte = load<u8>(this.pos);
    if (byte == 0x7b) return this.object(depth);
    if (byte == 0x5b) return this.array(depth);
    if (byte == 0x22) return this.string();
    if (byte == 0x2d || byte - 0x30 < 10) return this.number();
    if (byte == 0x74) return this.word("true", JsonKind.Bool);
    if (byte == 0x66) return this.word("false", JsonKind.Bool);
    if (byte == 0x6e) return this.word("null", JsonKind.Null);
    if (byte == 0xef && this.pos == this.base)
      return this.fail("expected a JSON value without a byte order mark before it");
    return this.fail("expected a JSON value");
  }

  private object(depth: i32): bool {
    const entry = this.open(JsonKind.Object, depth);
    if (entry < 0) return false;
    if (this.closes(0x7d)) return this.close(entry);
    let keys = 0;
    while (true) {
      if (++keys > MAX_OBJECT_KEYS) return this.fail(`expected at most ${MAX_OBJECT_KEYS} keys in an object`);
      const key = this.values;
      if (!this.key(entry)) return false;
      if (!this.value(depth + 1)) return this.failBelow(pathKey(this.textOf(key)));
      this.skipSpace();
      if (this.closes(0x7d)) return this.close(entry);
      if (!this.take(0x2c)) return this.fail("expected ',' or '}' after a value in an object");
      this.skipSpace();
    }
  }

  private array(depth: i32): bool {
    const entry = this.open(JsonKind.Array, depth);
    if (entry < 0) return false;
    if (this.closes(0x5d)) return this.close(entry);
    let index = 0;
    while (true) {
      if (!this.value(depth + 1)) return this.failBelow(`[${index}]`);
      index++;
      this.skipSpace();
      if (this.closes(0x5d)) return this.close(entry);
      if (!this.take(0x2c)) return this.fail("expected ',' or ']' after a value in an array");
      this.skipSpace();
    }
  }

  /** A key, its colon and the space around. */
  private key(object: i32): bool {
    if (this.pos == this.end || load<u8>(this.pos) != 0x22) return this.fail("expected a key in double quotes");
    const key = this.values;
    const start = this.pos;
    if (!this.string()) return false;
    if (this.isRepeated(object, key)) {
      this.pos = start;
      return this.fail(`repeated key ${quote(this.textOf(key))}`);
    }
    this.skipSpace();
    if (!this.take(0x3a)) return this.fail("expected ':' after a key");
    this.skipSpace();
    return true;
  }

  private string(): bool {
    const strings = this.strings;
    const start = this.pos + 1;
    const closed = strings.scan(start);
    this.pos = strings.next;
    if (!closed) return this.fail(strings.problem);
    return this.push(JsonKind.String, start, strings.textEnd) >= 0;
  }

  private number(): bool {
    const start = this.pos;
    const end = numberEnd(start, this.end);
    if (end == 0) return this.fail("expected a number such as 12, -0.5 or 1e3");
    if (!isFiniteNumber(start, end)) return this.fail("expected a number below 1e308 in size");
    this.pos = end;
    return this.push(JsonKind.Number, start, end) >= 0;
  }

  private word(word: string, kind: JsonKind): bool {
    const start = this.pos;
    for (let i = 0; i < word.length; i++) {
      if (!this.take(<u8>word.charCodeAt(i))) {
        this.pos = start;
        return this.fail("expected a JSON value");
      }
    }
    return this.push(kind, start, this.pos) >= 0;
  }

  private skipSpace(): void {
    while (this.pos < this.end) {
      const byte = load<u8>(this.pos);
      if (byte == 0x0a) {
        this.line++;
        this.lineStart = this.pos + 1;
      } else if (byte != 0x20 && byte != 0x09 && byte != 0x0d) {
        return;
      }
      this.pos++;
    }
  }

  private take(byte: u8): bool {
    if (this.pos == this.end || load<u8>(this.pos) != byte) return false;
    this.pos++;
    return true;
  }

  private open(kind: JsonKind, depth: i32): i32 {
    if (depth > MAX_JSON_DEPTH) {
      this.fail(`expected at most ${MAX_JSON_DEPTH} levels of arrays and objects`);
      return -1;
    }
    const entry = this.push(kind, this.pos, this.pos);
    this.pos++;
    this.skipSpace();
    return entry;
  }

  /** Takes the closing bracket if it is next. */
  private closes(bracket: u8): bool {
    return this.take(bracket);
  }

  private close(entry: i32): bool {
    this.tape[(entry << 1) + 1] = this.values;
    return true;
  }

  private push(kind: JsonKind, start: usize, end: usize): i32 {
    const entry = this.values;
    if (entry == MAX_JSON_VALUES) {
      this.fail(`expected at most ${MAX_JSON_VALUES} values`);
      return -1;
    }
    if (entry << 1 == this.tape.length) this.grow();
    this.tape[entry << 1] = ((<u32>(start - this.base)) << 3) | kind;
    this.tape[(entry << 1) + 1] = <u32>(end - this.base);
    this.values++;
    return entry;
  }

  private grow(): void {
    const bytes = (<usize>this.tape.length) << 2;
    const larger = new StaticArray<u32>(this.tape.length << 1);
    memory.copy(changetype<usize>(larger), changetype<usize>(this.tape), bytes);
    this.tape = larger;
  }

  private isRepeated(object: i32, key: i32): bool {
    const start = this.tape[key << 1] >> 3;
    const length = this.tape[(key << 1) + 1] - start;
    let other = object + 1;
    while (other < key) {
      const otherStart = this.tape[other << 1] >> 3;
      const otherLength = this.tape[(other << 1) + 1] - otherStart;
      if (otherLength == length && !memory.compare(this.base + start, this.base + otherStart, length)) return true;
      const kind = <JsonKind>(this.tape[(other + 1) << 1] & 7);
      other = kind >= JsonKind.Array ? <i32>this.tape[((other + 1) << 1) + 1] : other + 2;
    }
    return false;
  }

  private textOf(entry: i32): string {
    const start = this.tape[entry << 1] >> 3;
    return String.UTF8.decodeUnsafe(this.base + start, this.tape[(entry << 1) + 1] - start);
  }

  private fail(problem: string): bool {
    this.problem = problem;
    return false;
  }

  private failBelow(segment: string): bool {
    this.path = segment + this.path;
    return false;
  }
}
