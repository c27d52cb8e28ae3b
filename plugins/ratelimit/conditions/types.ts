import { Op } from "./program";
import { ValueType } from "./signals";

/** What `typeOf` answers for operands that do not go together. */
// @ts-ignore: decorator
@inline
export const NO_TYPE: i32 = -1;

/** The type of `left op right`, or NO_TYPE; `op` is arithmetic or a comparison. Counts and ratios go with bare numbers. */
export function typeOf(op: Op, left: ValueType, right: ValueType): i32 {
  if (left == ValueType.Boolean || right == ValueType.Boolean) return NO_TYPE;
  const joint = jointType(left, right);
  if (op >= Op.Less) return joint == NO_TYPE ? NO_TYPE : ValueType.Boolean;
  if (left == ValueType.TimeOfDay || right == ValueType.TimeOfDay) return NO_TYPE;
  if (op == Op.Add || op == Op.Subtract) return joint;
  if (right == ValueType.Number || (right == ValueType.Ratio && left != ValueType.Number)) return left;
  if (op == Op.Multiply) return left == ValueType.Number || left == ValueType.Ratio ? right : NO_TYPE;
  return joint != NO_TYPE ? ValueType.Number : NO_TYPE;
}

function jointType(left: ValueType, right: ValueType): i32 {
  if (left == right) return left;
  if (left == ValueType.Number && (right == ValueType.Count || right == ValueType.Ratio)) return right;
  return right == ValueType.Number && (left == ValueType.Count || left == ValueType.Ratio) ? left : NO_TYPE;
}

/** What may follow `left op`; "" when nothing may. */
export function operandExpected(op: Op, left: ValueType): string {
  if (op >= Op.Less || op == Op.Add || op == Op.Subtract) {
    return left == ValueType.TimeOfDay && op < Op.Less ? "" : describeType(left);
  }
  return left == ValueType.TimeOfDay ? "" : "a number such as 2";
}

/** The type in words. */
export function nameOfType(type: ValueType): string {
  switch (type) {
    case ValueType.Duration:
      return "a duration";
    case ValueType.Ratio:
      return "a ratio";
    case ValueType.TimeOfDay:
      return "a time of day";
    case ValueType.Boolean:
      return "a comparison";
    default:
      return "a number";
  }
}

/** The type in words, with an example of what might be written. */
export function describeType(type: ValueType): string {
  const name = nameOfType(type);
  switch (type) {
    case ValueType.Duration:
      return name + " such as 200ms";
    case ValueType.Ratio:
      return name + " such as 5%";
    case ValueType.TimeOfDay:
      return name + " such as 09:00";
    case ValueType.Boolean:
      return name + " such as rps > 50";
    default:
      return name + " such as 50";
  }
}
