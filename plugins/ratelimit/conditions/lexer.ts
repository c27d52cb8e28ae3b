import { Op } from "./program";
import { ValueType } from "./signals";

/** What a token is. */
export const enum Token {
  End,
  /** A number, with its unit. */
  Literal,
  /** A name of a signal. */
  Name,
  /** `op` says which; the same characters for minus and negation. */
  Operator,
  Open,
  Close,
  /** None of these: `problem` says what was expected. */
  Bad,
}

/** Digits of a number that are read; no f64 holds more. */
// @ts-ignore: decorator
@inline
const MAX_DIGITS: i32 = 15;
const UNITS: string[] = ["us", "ms", "s", "m", "h", "%"];
/** In ns; of percent, in fractions of 1. */
const UNIT_SIZES: f64[] = [1e3, 1e6, 1e9, 60e9, 3600e9, 0.01];
/** Operators that are words. */
export const WORDS: string[] = ["and", "or", "not"];
const WORD_OPS: Op[] = [Op.And, Op.Or, Op.Not];
/** Longer ones before those that they begin with. */
const SYMBOLS: string[] = ["<=", ">=", "==", "!=", "&&", "||", "<", ">", "!", "+", "-", "*", "/"];
const SYMBOL_OPS: Op[] = [
  Op.LessOrEqual,
  Op.GreaterOrEqual,
  Op.Equal,
  Op.NotEqual,
  Op.And,
  Op.Or,
  Op.Less,
  Op.Greater,
  Op.Not,
  Op.Add,
  Op.Subtract,
  Op.Multiply,
  Op.Divide,
];

/** Takes an expression apart into tokens; `next` goes on to the one after. For configure: allocates. */
@final
export class Lexer {
  token: Token = Token.End;
  /** Index of the token's first character. */
  start: i32 = 0;
  op: Op = Op.Constant;
  /** Of a Literal. */
  value: f64 = 0;
  type: ValueType = ValueType.Number;
  /** Of Bad, what was expected. */
  problem: string = "";
  private pos: i32 = 0;

  constructor(private readonly text: string) {
    this.next();
  }

  /** The token as it is written. */
  get written(): string {
    return this.text.slice(this.start, this.pos);
  }

  next(): void {
    while (isSpace(this.at(this.pos))) this.pos++;
    this.start = this.pos;
    const code = this.at(this.pos);
    if (this.pos == this.text.length) this.token = Token.End;
    else if (isDigit(code)) this.number();
    else if (isLetter(code)) this.word();
    else this.symbol();
  }

  /** The character's code, 0 at the end and for what is no ASCII. */
  private at(index: i32): i32 {
    if (index >= this.text.length) return 0;
    const code = this.text.charCodeAt(index);
    return code < 0x80 ? code : 0;
  }

  private bad(problem: string): void {
    this.token = Token.Bad;
    this.problem = problem;
  }

  private word(): void {
    while (isNamePart(this.at(this.pos))) this.pos++;
    const word = WORDS.indexOf(this.written);
    this.token = word >= 0 ? Token.Operator : Token.Name;
    if (word >= 0) this.op = WORD_OPS[word];
  }

  private symbol(): void {
    for (let i = 0; i < SYMBOLS.length; i++) {
      const symbol = SYMBOLS[i];
      if (this.text.substr(this.pos, symbol.length) != symbol) continue;
      this.pos += symbol.length;
      this.token = Token.Operator;
      this.op = SYMBOL_OPS[i];
      return;
    }
    const code = this.at(this.pos++);
    if (code == 0x28 /* ( */) this.token = Token.Open;
    else if (code == 0x29 /* ) */) this.token = Token.Close;
    else if (code == 0x3d /* = */) this.bad("expected == to compare");
    else if (code == 0x26 /* & */) this.bad("expected and");
    else if (code == 0x7c /* | */) this.bad("expected or");
    else this.bad("expected a signal, a number, an operator or a parenthesis");
  }

  /** `12`, `0.5`, `200ms`, `5%` or `09:30`. */
  private number(): void {
    this.token = Token.Literal;
    this.value = this.digits();
    if (this.at(this.pos) == 0x3a /* : */) return this.timeOfDay();
    if (this.at(this.pos) == 0x2e /* . */) {
      this.pos++;
      const from = this.pos;
      if (!isDigit(this.at(from))) return this.bad("expected a digit after the point");
      const fraction = this.digits();
      this.value += fraction / Math.pow(10, this.pos - from);
    }
    if (this.pos - this.start > MAX_DIGITS) return this.bad(`expected a number of at most ${MAX_DIGITS} characters`);
    this.unit();
  }

  private digits(): f64 {
    let value: f64 = 0;
    while (isDigit(this.at(this.pos))) value = value * 10 + (this.at(this.pos++) - 0x30);
    return value;
  }

  private unit(): void {
    const from = this.pos;
    if (this.at(from) == 0x25 /* % */) this.pos++;
    else while (isNamePart(this.at(this.pos))) this.pos++;
    const written = this.text.slice(from, this.pos);
    const unit = UNITS.indexOf(written);
    this.type = written == "" ? ValueType.Number : written == "%" ? ValueType.Ratio : ValueType.Duration;
    if (unit >= 0) this.value *= UNIT_SIZES[unit];
    else if (written != "") this.bad("expected one of the units us, ms, s, m, h and %");
  }

  private timeOfDay(): void {
    const hours = this.value;
    const digitsOfHours = this.pos - this.start;
    const from = ++this.pos;
    const minutes = this.digits();
    const rightLength = digitsOfHours == 2 && this.pos - from == 2 && !isNamePart(this.at(this.pos));
    const seconds = hours * 3600 + minutes * 60;
    this.type = ValueType.TimeOfDay;
    this.value = seconds;
    if (!rightLength || minutes > 59 || seconds > 86_400) this.bad("expected a time of day from 00:00 to 24:00");
  }
}

function isSpace(code: i32): bool {
  return code == 0x20 || code == 0x09 || code == 0x0a || code == 0x0d;
}

function isDigit(code: i32): bool {
  return <u32>(code - 0x30) < 10;
}

function isLetter(code: i32): bool {
  return <u32>((code | 0x20) - 0x61) < 26;
}

function isNamePart(code: i32): bool {
  return isLetter(code) || isDigit(code) || code == 0x5f /* _ */ || code == 0x2e; /* . */
}
