import { SignalTable } from "./signals";

/** Steps of an expression; each bounds the stack that evaluation needs. */
// @ts-ignore: decorator
@inline
export const MAX_STEPS: i32 = 64;

/** What a step does to the stack of values. */
export const enum Op {
  Constant,
  Signal,
  Negate,
  Add,
  Subtract,
  Multiply,
  Divide,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  Equal,
  NotEqual,
  And,
  Or,
  Not,
}

/** Truth in three values. Unknown is NaN, so that it comes out of arithmetic and comparison by itself. */
// @ts-ignore: decorator
@inline
export const TRUE: f64 = 1;
// @ts-ignore: decorator
@inline
export const FALSE: f64 = 0;

const stack = new StaticArray<f64>(MAX_STEPS);

/**
 * An expression as postfix steps. Made by the parser, which sees to it that no step finds too few values, that there
 * are at most MAX_STEPS, and that the last value is a truth value.
 */
@final
export class Program {
  private readonly ops: StaticArray<u8> = new StaticArray<u8>(MAX_STEPS);
  /** Of Constant its value, of Signal its slot. */
  private readonly operands: StaticArray<f64> = new StaticArray<f64>(MAX_STEPS);
  length: i32 = 0;

  /** Only while there are fewer than MAX_STEPS. */
  add(op: Op, operand: f64): void {
    this.ops[this.length] = <u8>op;
    this.operands[this.length] = operand;
    this.length++;
  }

  /**
   * TRUE, FALSE or NaN for unknown, by Kleene's logic: `unknown and false` is false, `unknown or true` is true, all
   * else with unknown is unknown. A quotient by zero, or a value too great, is unknown. Allocates: nothing.
   */
  run(signals: SignalTable): f64 {
    let top = -1;
    for (let i = 0; i < this.length; i++) {
      const op = <Op>unchecked(this.ops[i]);
      if (op <= Op.Signal) {
        const operand = unchecked(this.operands[i]);
        top++;
        unchecked((stack[top] = op == Op.Constant ? operand : signals.at(<i32>operand)));
        continue;
      }
      const right = unchecked(stack[top]);
      if (op == Op.Negate || op == Op.Not) {
        unchecked((stack[top] = op == Op.Not ? 1 - right : -right));
        continue;
      }
      top--;
      unchecked((stack[top] = combine(op, unchecked(stack[top]), right)));
    }
    return unchecked(stack[0]);
  }
}

function combine(op: Op, left: f64, right: f64): f64 {
  if (op == Op.And) return left == FALSE || right == FALSE ? FALSE : left + right - 1;
  if (op == Op.Or) return left == TRUE || right == TRUE ? TRUE : left + right;
  if (isNaN(left) || isNaN(right)) return NaN;
  switch (op) {
    case Op.Less:
      return truth(left < right);
    case Op.LessOrEqual:
      return truth(left <= right);
    case Op.Greater:
      return truth(left > right);
    case Op.GreaterOrEqual:
      return truth(left >= right);
    case Op.Equal:
      return truth(left == right);
    case Op.NotEqual:
      return truth(left != right);
    default:
      return known(calculate(op, left, right));
  }
}

// @ts-ignore: decorator
@inline
function truth(holds: bool): f64 {
  return holds ? TRUE : FALSE;
}

function calculate(op: Op, left: f64, right: f64): f64 {
  if (op == Op.Add) return left + right;
  if (op == Op.Subtract) return left - right;
  return op == Op.Multiply ? left * right : left / right;
}

/** A value that is not finite is not known. */
// @ts-ignore: decorator
@inline
function known(value: f64): f64 {
  return value - value == 0 ? value : NaN;
}
