// Values that are nearly right, read as numbers in place by the formats, and as text, part by part, by what is here.
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { B3Multi } from "../../../../plugins/trace/formats/b3-multi";
import { B3Single } from "../../../../plugins/trace/formats/b3-single";
import { TraceContextFormat } from "../../../../plugins/trace/formats/tracecontext";
import { extracted } from "./spoken";

const ROUNDS = 2000;
const LOWER = "0123456789abcdef";
const EITHER = "0123456789abcdefABCDEF";
const WRONG = "-0gG:,._ %\t";
const ZEROS = "00000000000000000000000000000000";

const headers = new TraceHeaders();
const traceparent = new TraceContextFormat(headers);
const single = new B3Single(headers);
const multi = new B3Multi(headers);
const random = new Xoshiro256();

function below(limit: i32): i32 {
  return <i32>(random.next() % <u64>limit);
}

function charOf(alphabet: string): string {
  return alphabet.charAt(below(alphabet.length));
}

/** `length` digits, or now and then a digit more or less, zeros, or a character that is wrong. */
function digits(length: i32, alphabet: string): string {
  const fault = below(24);
  if (fault == 0) return ZEROS.substring(0, length);
  if (fault == 1) length++;
  if (fault == 2) length--;
  let text = "";
  for (let i = 0; i < length; i++) text += charOf(alphabet);
  if (fault != 3) return text;
  const at = below(length);
  return text.substring(0, at) + charOf(WRONG) + text.substring(at + 1);
}

function isOf(alphabet: string, text: string): bool {
  for (let i = 0; i < text.length; i++) if (!alphabet.includes(text.charAt(i))) return false;
  return true;
}

/** The id, or "" when it is none of this many digits. */
function idOf(text: string, length: i32, alphabet: string): string {
  return text.length == length && isOf(alphabet, text) && text != ZEROS.substring(0, length) ? text.toLowerCase() : "";
}

function traceparentByParts(value: string): string {
  const parts = value.trim().split("-");
  if (parts.length < 4 || parts[0].length != 2 || !isOf(LOWER, parts[0]) || parts[0] == "ff") return "invalid";
  if (parts[0] == "00" ? parts.length > 4 : value.includes(",")) return "invalid";
  const trace = idOf(parts[1], 32, LOWER);
  const parent = idOf(parts[2], 16, LOWER);
  if (trace == "" || parent == "" || parts[3].length != 2 || !isOf(LOWER, parts[3])) return "invalid";
  const flags = LOWER.indexOf(parts[3].charAt(1));
  return `${trace} ${parent} ` + (flags & 1 ? "sampled" : "dropped") + (flags & 2 ? " random" : "");
}

function stateOf(text: string): string {
  if (text == "0") return "dropped";
  if (text == "1") return "sampled";
  return text == "d" ? "debug" : "";
}

function b3ByParts(value: string): string {
  const text = value.trim();
  if (stateOf(text) != "") return "only " + stateOf(text);
  const parts = text.split("-");
  if (parts.length < 2 || parts.length > 4) return "invalid";
  const isShort = parts[0].length == 16;
  const trace = isShort ? idOf(parts[0], 16, EITHER) : idOf(parts[0], 32, EITHER);
  const span = idOf(parts[1], 16, EITHER);
  if (trace == "" || span == "") return "invalid";
  const state = parts.length > 2 ? stateOf(parts[2]) : "";
  const isThird = parts.length == 3 && state == "";
  if (parts.length == 4 && state == "") return "invalid";
  const parent = isThird ? parts[2] : parts.length == 4 ? parts[3] : ZEROS.substring(16);
  if (parent.length != 16 || !isOf(EITHER, parent)) return "invalid";
  const padded = isShort ? ZEROS.substring(16) + trace : trace;
  return `${padded} ${span} ` + (state == "" ? "undecided" : state) + (isShort ? " short" : "");
}

/** How many of the values were read as traces: the rounds are worth something only if there are enough of both. */
let traces = 0;

function expectRead(said: string, expected: string, value: string): void {
  if (said != expected) expect<string>(said).toBe(expected, value);
  if (said != "invalid" && !said.startsWith("only")) traces++;
}

function expectBoth(): void {
  expect<bool>(traces > ROUNDS / 5).toBe(true, `${traces} traces`);
  expect<bool>(traces < ROUNDS - ROUNDS / 5).toBe(true, `${traces} traces`);
}

function newRounds(seed: u64): void {
  random.seedPoor(6, seed, 0, 0);
  traces = 0;
}

describe("a nearly valid value", () => {
  it("of traceparent is read as its parts say", () => {
    newRounds(1);
    const ends: string[] = ["", "", "", "", "-", "-x", ".x", " ", "\t", ",", "-a,b", "0"];
    for (let i = 0; i < ROUNDS; i++) {
      const version = below(3) > 0 ? "00" : digits(2, LOWER);
      const ids = digits(32, LOWER) + "-" + digits(16, LOWER);
      const value = `${version}-${ids}-${digits(2, LOWER)}` + ends[below(ends.length)];
      expectRead(extracted(traceparent, headers, ["traceparent", value]), traceparentByParts(value), value);
    }
    expectBoth();
  });

  it("of b3 is read as its parts say", () => {
    newRounds(2);
    const states: string[] = ["0", "1", "d", "d", "D", "2", "", "true"];
    for (let i = 0; i < ROUNDS; i++) {
      let value = digits(below(2) ? 32 : 16, EITHER);
      if (below(12) > 0) value += "-" + digits(16, EITHER);
      if (below(2)) value += "-" + (below(4) ? states[below(4)] : states[below(8)]);
      if (below(2)) value += "-" + digits(16, EITHER);
      if (below(50) == 0) value = states[below(8)];
      expectRead(extracted(single, headers, ["b3", value]), b3ByParts(value), value);
    }
    expectBoth();
  });

  it("in one header and in several says the same", () => {
    newRounds(3);
    for (let i = 0; i < ROUNDS; i++) {
      const trace = digits(below(2) ? 32 : 16, LOWER);
      const span = digits(16, EITHER);
      const parent = digits(16, EITHER);
      const state = charOf("01d");
      const pairs: string[] = ["x-b3-traceid", trace, "x-b3-spanid", span, "x-b3-parentspanid", parent];
      pairs.push(state == "d" ? "x-b3-flags" : "x-b3-sampled");
      pairs.push(state == "d" ? "1" : state);
      const value = `${trace}-${span}-${state}-${parent}`;
      // White space around a part is none around the whole.
      if (value.includes(" ") || value.includes("\t")) continue;
      expectRead(extracted(multi, headers, pairs), extracted(single, headers, ["b3", value]), value);
    }
    expectBoth();
  });
});
