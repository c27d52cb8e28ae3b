import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { parseExpression } from "../../../../plugins/ratelimit/conditions/parser";
import { FALSE, TRUE } from "../../../../plugins/ratelimit/conditions/program";
import { Readings } from "./readings";

const random = new Xoshiro256();
random.seedPoor(20261121, 0, 0, 0);

/** 0 to `below` - 1. */
function pick(below: i32): i32 {
  return <i32>((random.next() >> 33) % <u64>below);
}

/** Counts; of each the value is set by `randomReadings`. */
const NAMES: string[] = ["rps", "inflight", "concurrency.limit", "load.eps", "load.named.a"];
const VALUES: f64[] = [0, 0, 0, 0, 0];

function randomReadings(): Readings {
  const readings = new Readings();
  for (let i = 0; i < NAMES.length; i++) {
    VALUES[i] = pick(4) == 0 ? NaN : <f64>pick(4);
    readings.set(NAMES[i], VALUES[i]);
  }
  return readings;
}

/** A text and what it is worth, found without a parser. */
class Known {
  constructor(
    readonly text: string,
    readonly value: f64,
  ) {}
}

function wrapped(known: Known): Known {
  return new Known(pick(2) ? `(${known.text})` : `( ${known.text} )`, known.value);
}

/** A count; a sum or product of counts and numbers is in parentheses. */
function randomCount(depth: i32): Known {
  const kind = depth == 0 ? pick(2) : pick(5);
  if (kind == 0) {
    const number = pick(5);
    return new Known(number.toString(), <f64>number);
  }
  if (kind == 1) {
    const name = pick(NAMES.length);
    return new Known(NAMES[name], VALUES[name]);
  }
  const left = randomCount(depth - 1);
  if (kind == 2) return new Known(`-${left.text}`, -left.value);
  const number = <f64>pick(3);
  if (kind == 3) {
    const right = randomCount(depth - 1);
    return wrapped(new Known(`${left.text} + ${right.text}`, finite(left.value + right.value)));
  }
  if (pick(2)) return wrapped(new Known(`${left.text} * ${number}`, finite(left.value * number)));
  return wrapped(new Known(`${left.text} / ${number}`, finite(left.value / number)));
}

function finite(value: f64): f64 {
  return isFinite(value) ? value : NaN;
}

function compare(symbol: string, left: f64, right: f64): f64 {
  if (isNaN(left) || isNaN(right)) return NaN;
  if (symbol == "<") return left < right ? TRUE : FALSE;
  if (symbol == "<=") return left <= right ? TRUE : FALSE;
  if (symbol == ">") return left > right ? TRUE : FALSE;
  if (symbol == ">=") return left >= right ? TRUE : FALSE;
  return (symbol == "==") == (left == right) ? TRUE : FALSE;
}

/** Kleene's conjunction, by the definition: the lesser, in the order false, unknown, true. */
function both(left: f64, right: f64): f64 {
  const least = min(rank(left), rank(right));
  return least == 0 ? FALSE : least == 1 ? NaN : TRUE;
}

function either(left: f64, right: f64): f64 {
  return negated(both(negated(left), negated(right)));
}

function negated(value: f64): f64 {
  return isNaN(value) ? NaN : value == TRUE ? FALSE : TRUE;
}

function rank(value: f64): i32 {
  return isNaN(value) ? 1 : value == TRUE ? 2 : 0;
}

const COMPARISONS: string[] = ["<", "<=", ">", ">=", "==", "!="];

function randomTruth(depth: i32): Known {
  const kind = depth == 0 ? 0 : pick(5);
  if (kind <= 1) {
    const left = randomCount(1);
    const right = randomCount(1);
    const symbol = COMPARISONS[pick(6)];
    const space = pick(2) ? " " : "";
    return new Known(left.text + space + symbol + space + right.text, compare(symbol, left.value, right.value));
  }
  const left = randomTruth(depth - 1);
  if (kind == 2) return new Known(`${pick(2) ? "not " : "!"}(${left.text})`, negated(left.value));
  const right = randomTruth(depth - 1);
  if (kind == 3)
    return wrapped(new Known(`${left.text} ${pick(2) ? "and" : "&&"} ${right.text}`, both(left.value, right.value)));
  return wrapped(new Known(`${left.text} ${pick(2) ? "or" : "||"} ${right.text}`, either(left.value, right.value)));
}

const OPERANDS: string[] = ["rps", "latency.p50", "time", "load.named.x", "1", "5%", "2ms", "09:00", "9x", ".", "é"];
const OPERATORS: string[] = ["<", ">=", "==", "!=", "=", "and", "or", "&&", "||", "&", "+", "-", "*", "/"];
const PARTS: string[] = OPERANDS.concat(OPERATORS).concat(["(", ")", "not", "!"]);

describe("an expression, chosen at random,", () => {
  it("is worth what it is by definition", () => {
    let decided = 0;
    let unknown = 0;
    for (let round = 0; round < 5_000; round++) {
      const readings = randomReadings();
      const known = randomTruth(3);
      const parsed = parseExpression(known.text, readings.table);
      if (parsed.problem.includes("at most") || parsed.problem.includes("at least")) continue;
      assert(parsed.problem == "", known.text + parsed.problem);
      const value = readings.run(parsed.program);
      assert(isNaN(value) ? isNaN(known.value) : value == known.value, known.text);
      if (isNaN(value)) unknown++;
      else decided++;
    }
    expect(decided).toBeGreaterThan(500);
    expect(unknown).toBeGreaterThan(500);
  });

  it("is read or refused without a trap, if of random parts", () => {
    const readings = new Readings();
    let accepted = 0;
    for (let round = 0; round < 10_000; round++) {
      let text = "";
      const length = 1 + pick(9);
      for (let i = 0; i < length; i++) {
        const parts = pick(4) == 0 ? PARTS : i % 2 == 0 ? OPERANDS : OPERATORS;
        text += parts[pick(parts.length)] + (pick(2) ? " " : "");
      }
      const parsed = parseExpression(text, readings.table);
      if (parsed.problem != "") {
        assert(parsed.problem.startsWith("character "), text);
        continue;
      }
      accepted++;
      const value = readings.run(parsed.program);
      assert(value == TRUE || value == FALSE || isNaN(value), text);
    }
    expect(accepted).toBeGreaterThan(10);
  });

  it("is read or refused without a trap, if of random characters", () => {
    const readings = new Readings();
    let refused = 0;
    for (let round = 0; round < 3_000; round++) {
      let text = "";
      const length = pick(20);
      for (let i = 0; i < length; i++) text += String.fromCharCode(pick(4) ? 0x20 + pick(0x60) : pick(0x10000));
      if (parseExpression(text, readings.table).problem.startsWith("character ")) refused++;
    }
    expect(refused).toBe(3_000);
  });
});
