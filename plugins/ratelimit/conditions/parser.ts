// expression  = conjunction { ("or" | "||") conjunction }
// conjunction = negation { ("and" | "&&") negation }
// negation    = ("not" | "!") negation | comparison
// comparison  = sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
// sum         = product { ("+" | "-") product }
// product     = factor { ("*" | "/") factor }
// factor      = "-" factor | number | signal | "(" expression ")"
import { didYouMean } from "../../../assembly/core/did-you-mean";
import { lowerCase } from "../../../assembly/core/lower-case";
import { quote } from "../../../assembly/core/quote";
import { Lexer, Token, WORDS } from "./lexer";
import { MAX_STEPS, Op, Program } from "./program";
import { MAX_METRICS, signalNames, signalPrefixes, SignalTable, typeOfSignal, ValueType } from "./signals";
import { describeType, nameOfType, NO_TYPE, operandExpected, typeOf } from "./types";

/** Parentheses, `not` and minus signs inside one another; bounds the recursion. */
// @ts-ignore: decorator
@inline
const MAX_DEPTH: i32 = 16;

const AFTER_COMPARISON: string = "expected and, or, or the end after a comparison";

/** An expression that was read: its program, or what is wrong with it. */
@final
export class ParsedExpression {
  readonly program: Program = new Program();
  /** Empty, or `character 15: expected ...`. */
  problem: string = "";
}

/**
 * Reads an expression that is true or not; the signals that it names are added to `signals`.
 * Never traps, whatever the text. For configure: allocates.
 */
export function parseExpression(text: string, signals: SignalTable): ParsedExpression {
  const parser = new Parser(text, signals);
  parser.run();
  return parser.result;
}

/** Recursive descent that writes postfix steps as it goes. Each method leaves the type of what it read in `type`. */
@final
class Parser {
  readonly result: ParsedExpression = new ParsedExpression();
  private readonly lexer: Lexer;
  private type: ValueType = ValueType.Number;
  private depth: i32 = 0;
  private named: bool = false;

  constructor(
    text: string,
    private readonly signals: SignalTable,
  ) {
    this.lexer = new Lexer(text);
  }

  run(): void {
    if (!this.expression()) return;
    if (this.lexer.token != Token.End) this.failHere("expected an operator or the end");
    else if (this.type != ValueType.Boolean)
      this.failAt(0, `expected ${describeType(ValueType.Boolean)}, not ${nameOfType(this.type)}`);
    else if (!this.named) this.failAt(0, "expected at least one signal");
  }

  private expression(): bool {
    return this.chain(Op.Or);
  }

  /** Operands of `or`, or of `and`, from left to right. */
  private chain(op: Op): bool {
    let start = this.lexer.start;
    if (!this.linked(op)) return false;
    while (this.isAt(op)) {
      if (!this.isTruth(start)) return false;
      this.lexer.next();
      start = this.lexer.start;
      if (!this.linked(op) || !this.isTruth(start) || !this.emit(op, 0)) return false;
    }
    return true;
  }

  private linked(op: Op): bool {
    return op == Op.Or ? this.chain(Op.And) : this.negation();
  }

  private isTruth(start: i32): bool {
    if (this.type == ValueType.Boolean) return true;
    return this.failAt(start, `expected ${describeType(ValueType.Boolean)}, not ${nameOfType(this.type)}`);
  }

  private negation(): bool {
    if (!this.isAt(Op.Not)) return this.comparison();
    if (!this.enter()) return false;
    this.lexer.next();
    const start = this.lexer.start;
    if (!this.negation() || !this.isTruth(start)) return false;
    this.depth--;
    return this.emit(Op.Not, 0);
  }

  private comparison(): bool {
    if (!this.sum()) return false;
    const op = this.lexer.op;
    if (!this.isAtComparison()) return true;
    if (!this.binary(op, Op.Less, Op.NotEqual)) return false;
    return !this.isAtComparison() || this.failHere(AFTER_COMPARISON);
  }

  private isAtComparison(): bool {
    return this.lexer.token == Token.Operator && this.lexer.op >= Op.Less && this.lexer.op <= Op.NotEqual;
  }

  private sum(): bool {
    if (!this.product()) return false;
    while (this.isAt(Op.Add) || this.isAt(Op.Subtract)) {
      if (!this.binary(this.lexer.op, Op.Add, Op.Subtract)) return false;
    }
    return true;
  }

  private product(): bool {
    if (!this.factor()) return false;
    while (this.isAt(Op.Multiply) || this.isAt(Op.Divide)) {
      if (!this.binary(this.lexer.op, Op.Multiply, Op.Divide)) return false;
    }
    return true;
  }

  /** The operator at hand and its right operand, which binds more tightly. */
  private binary(op: Op, first: Op, last: Op): bool {
    const left = this.type;
    const operator = this.lexer.start;
    if (left == ValueType.Boolean) return this.failHere(AFTER_COMPARISON);
    this.lexer.next();
    const start = this.lexer.start;
    const read = first == Op.Less ? this.sum() : first == Op.Add ? this.product() : this.factor();
    if (!read) return false;
    const type = typeOf(op, left, this.type);
    if (type == NO_TYPE) {
      const expected = operandExpected(op, left);
      if (expected == "") return this.failAt(operator, `${nameOfType(left)} cannot stand before this operator`);
      return this.failAt(start, `expected ${expected}, not ${nameOfType(this.type)}`);
    }
    this.type = <ValueType>type;
    return this.emit(op, 0);
  }

  private factor(): bool {
    const token = this.lexer.token;
    if (token == Token.Literal) return this.literal();
    if (token == Token.Name) return this.signal();
    if (token == Token.Open) return this.group();
    if (this.isAt(Op.Subtract)) return this.minus();
    return this.failHere("expected a signal or a number");
  }

  private minus(): bool {
    if (!this.enter()) return false;
    this.lexer.next();
    const start = this.lexer.start;
    if (!this.factor()) return false;
    this.depth--;
    if (this.type < ValueType.TimeOfDay) return this.emit(Op.Negate, 0);
    return this.failAt(start, `expected a number after the minus sign, not ${nameOfType(this.type)}`);
  }

  private group(): bool {
    if (!this.enter()) return false;
    this.lexer.next();
    if (!this.expression()) return false;
    if (this.lexer.token != Token.Close) return this.failHere("expected an operator or )");
    this.depth--;
    this.lexer.next();
    return true;
  }

  private literal(): bool {
    this.type = this.lexer.type;
    if (!this.emit(Op.Constant, this.lexer.value)) return false;
    this.lexer.next();
    return true;
  }

  private signal(): bool {
    const name = this.lexer.written;
    const slot = this.signals.slotOf(name);
    if (slot == -1) return this.failAt(this.lexer.start, unknownSignal(name));
    if (slot < 0)
      return this.failAt(this.lexer.start, `expected at most ${MAX_METRICS} different signals of load reports`);
    this.type = typeOfSignal(name);
    this.named = true;
    if (!this.emit(Op.Signal, slot)) return false;
    this.lexer.next();
    return true;
  }

  private isAt(op: Op): bool {
    return this.lexer.token == Token.Operator && this.lexer.op == op;
  }

  private enter(): bool {
    return ++this.depth <= MAX_DEPTH || this.failAt(this.lexer.start, `expected at most ${MAX_DEPTH} levels`);
  }

  private emit(op: Op, operand: f64): bool {
    const program = this.result.program;
    if (program.length == MAX_STEPS) {
      return this.failAt(this.lexer.start, `expected at most ${MAX_STEPS} signals, numbers and operators`);
    }
    program.add(op, operand);
    return true;
  }

  /** Reports that something else than the token at hand was expected. */
  private failHere(expected: string): bool {
    const lexer = this.lexer;
    if (lexer.token == Token.Bad) return this.failAt(lexer.start, `${lexer.problem}, not ${quote(lexer.written)}`);
    if (lexer.token == Token.End) return this.failAt(lexer.start, `${expected}, not the end`);
    const word = lowerCase(lexer.written);
    const hint = lexer.token == Token.Name && WORDS.includes(word) ? `; did you mean ${word}?` : "";
    return this.failAt(lexer.start, `${expected}, not ${quote(lexer.written)}${hint}`);
  }

  private failAt(start: i32, message: string): bool {
    this.result.problem = `character ${start + 1}: ${message}`;
    return false;
  }
}

function unknownSignal(name: string): string {
  const names = signalNames();
  const meant = didYouMean(name, names);
  if (meant != "") return `unknown signal ${quote(name)}; did you mean ${meant}?`;
  const prefixes = signalPrefixes();
  return `unknown signal ${quote(name)}; expected one of ${names.join(", ")}, ${prefixes.join("NAME, ")}NAME`;
}
