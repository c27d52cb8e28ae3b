// Values that are right, or nearly so, read as numbers in place by the formats, and as text, part by part, by what is here.
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { DatadogFormat } from "../../../../plugins/trace/formats/datadog";
import { GoogleFormat } from "../../../../plugins/trace/formats/google";
import { JaegerFormat } from "../../../../plugins/trace/formats/jaeger";
import { SkyWalkingFormat } from "../../../../plugins/trace/formats/skywalking";
import { XRayFormat } from "../../../../plugins/trace/formats/xray";
import { base64Of } from "./base64-text";
import { extracted } from "./spoken";

const ROUNDS = 1500;
const NO_ID = "0000000000000000";
const MAX = "18446744073709551615";
const WRONG = "0019afAFgG-:;=/,._? \t%x";

const headers = new TraceHeaders();
const jaeger = new JaegerFormat(headers);
const xray = new XRayFormat(headers);
const datadog = new DatadogFormat(headers);
const google = new GoogleFormat(headers);
const skywalking = new SkyWalkingFormat(headers);
const random = new Xoshiro256();

function below(limit: i32): i32 {
  return <i32>(random.next() % <u64>limit);
}

function oneOf(choices: string[]): string {
  return choices[below(choices.length)];
}

/** `length` hexadecimal digits of either case. */
function digits(length: i32): string {
  let text = "";
  for (let i = 0; i < length; i++) text += "0123456789abcdefABCDEF".charAt(below(22));
  return text;
}

function number(): string {
  if (below(8) == 0)
    return oneOf([MAX, "18446744073709551616", "9223372036854775808", "9223372036854775809", "0", "1"]);
  return (random.next() >> below(64)).toString();
}

/** The text, or in two of three cases with something replaced, put in, taken out, or said twice. */
function mutated(text: string): string {
  const at = below(text.length + 1);
  const character = WRONG.charAt(below(WRONG.length));
  switch (below(12)) {
    case 0:
    case 1:
      return text.slice(0, at) + character + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + character + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at + 1);
    case 4:
      return text.slice(0, at) + text.slice(below(text.length + 1));
    default:
      return text;
  }
}

function isOf(alphabet: string, text: string): bool {
  for (let i = 0; i < text.length; i++) if (!alphabet.includes(text.charAt(i))) return false;
  return true;
}

function isHex(text: string): bool {
  return isOf("0123456789abcdefABCDEF", text);
}

/** The digits in lower case, padded to `width`; "" when they are no id. */
function idOf(text: string, shortest: i32, longest: i32, width: i32): string {
  if (text.length < shortest || text.length > longest || !isHex(text)) return "";
  const padded = text.toLowerCase().padStart(width, "0");
  return isOf("0", padded) ? "" : padded;
}

function isNumber(text: string): bool {
  if (text == "" || !isOf("0123456789", text)) return false;
  let rest = text;
  while (rest.startsWith("0")) rest = rest.slice(1);
  return rest.length < 20 || (rest.length == 20 && rest <= MAX);
}

function hexOf(number: u64): string {
  return number.toString(16).padStart(16, "0");
}

let counts: Map<string, i32> = new Map<string, i32>();

function expectRead(said: string, expected: string, value: string): void {
  // An expectation costs more than all that is tested here.
  if (said != expected) expect<string>(said).toBe(expected, value);
  const kind = said.split(" ").length > 2 ? "trace" : said;
  counts.set(kind, (counts.has(kind) ? counts.get(kind) : 0) + 1);
}

function newRounds(seed: u64): void {
  random.seedPoor(26, seed, 0, 0);
  counts = new Map<string, i32>();
}

/** The rounds are worth something only if there are enough of these. */
function expectEnough(kinds: string[]): void {
  for (let i = 0; i < kinds.length; i++) {
    const count = counts.has(kinds[i]) ? counts.get(kinds[i]) : 0;
    expect<bool>(count >= ROUNDS / 100).toBe(true, `${count} ${kinds[i]}`);
  }
}

function jaegerByParts(value: string): string {
  const parts = value.trim().replaceAll("%3A", ":").replaceAll("%3a", ":").split(":");
  if (parts.length != 4) return "invalid";
  const trace = idOf(parts[0], 1, 32, 32);
  const span = idOf(parts[1], 1, 16, 16);
  let flags = parts[3];
  if (flags == "") return "invalid";
  while (flags.length > 2 && flags.startsWith("0")) flags = flags.slice(1);
  if (trace == "" || span == "" || flags.length > 2 || !isHex(flags)) return "invalid";
  const bits = U64.parseInt(flags, 16) & 3;
  const sampling = bits == 3 ? "debug" : bits == 1 ? "sampled" : "dropped";
  return `${trace} ${span} ${sampling}` + (parts[0].length <= 16 ? " short" : "");
}

function googleByParts(value: string): string {
  const text = value.trim();
  const semicolon = text.indexOf(";");
  const ids = semicolon < 0 ? text : text.slice(0, semicolon);
  const options = semicolon < 0 ? "" : text.slice(semicolon);
  const slash = ids.indexOf("/");
  const trace = idOf(slash < 0 ? ids : ids.slice(0, slash), 32, 32, 32);
  const span = slash < 0 ? "0" : ids.slice(slash + 1);
  if (trace == "" || !isNumber(span)) return "invalid";
  const isFlag = options.length == 4 && options.startsWith(";o=") && isOf("0123456789", options.slice(3));
  if (options != "" && !isFlag) return "invalid";
  const sampling = options == "" ? "undecided" : options == ";o=0" ? "dropped" : "sampled";
  return `${trace} ${hexOf(U64.parseInt(span))} ${sampling}`;
}

function xrayRoot(text: string): string {
  const parts = text.split("-");
  if (parts.length != 3 || parts[0] != "1" || parts[1] == "" || parts[1].length > 8 || parts[2].length != 24) return "";
  return idOf(parts[1].padStart(8, "0") + parts[2], 32, 32, 32);
}

function xrayByParts(value: string): string {
  const parts = value.split(";");
  let root = "";
  let parent = "";
  let sampled = "";
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i].trim();
    if (part.startsWith("Root=")) {
      if (root != "") return "invalid";
      root = xrayRoot(part.slice(5));
      if (root == "") return "invalid";
    } else if (part.startsWith("Parent=")) {
      if (parent != "") return "invalid";
      parent = idOf(part.slice(7), 16, 16, 16);
      if (parent == "") return "invalid";
    } else if (part.startsWith("Sampled=")) {
      if (sampled != "") return "invalid";
      sampled = part.slice(8);
      if (sampled.length != 1 || !isOf("01?", sampled)) return "invalid";
    }
  }
  const sampling = sampled == "1" ? "sampled" : sampled == "0" ? "dropped" : "undecided";
  if (root != "") return `${root} ${parent == "" ? NO_ID : parent} ${sampling}`;
  return parent == "" && sampling != "undecided" ? "only " + sampling : "invalid";
}

/** A number that may be negative, as 16 digits; "" when it is none of 64 bits. */
function signedByParts(value: string): string {
  const text = value.trim();
  const isNegative = text.startsWith("-");
  const number = isNegative ? text.slice(1) : text;
  if (!isNumber(number)) return "";
  const parsed = U64.parseInt(number);
  if (isNegative && parsed > 9223372036854775808) return "";
  return hexOf(isNegative ? 0 - parsed : parsed);
}

function tidByParts(tags: string): string {
  const parts = tags.split(",");
  let tid = NO_ID;
  for (let i = 0; i < parts.length; i++) {
    const equals = parts[i].indexOf("=");
    const key = equals < 0 ? parts[i] : parts[i].slice(0, equals);
    if (!key.startsWith("_dd.p.") || key.length == 6 || key.includes(" ") || parts[i].includes("\t")) return NO_ID;
    const value = parts[i].slice(equals + 1);
    if (key == "_dd.p.tid" && equals > 0 && value.length == 16 && isHex(value)) tid = value.toLowerCase();
  }
  return tid;
}

function datadogByParts(trace: string, parent: string, priority: string, tags: string): string {
  const low = signedByParts(trace);
  const span = signedByParts(parent);
  if (low == "" || low == NO_ID || span == "") return "invalid";
  const level = signedByParts(priority);
  let sampling = level == "" ? "undecided" : "debug";
  if (level == "0000000000000001") sampling = "sampled";
  if (level == NO_ID || (level.length > 0 && level.charCodeAt(0) >= 0x38)) sampling = "dropped";
  const high = tidByParts(tags);
  return `${high}${low} ${span} ${sampling}` + (high == NO_ID ? " short" : "");
}

/** The 16 bytes of an id of SkyWalking; none when it cannot be mapped. */
function skyWalkingBytes(text: string): u8[] {
  const parts = text.split(".");
  let uuid = parts[0];
  const words = uuid.split("-");
  if (uuid.length == 36 && parts.length == 1 && words.length == 5) {
    if (words[0].length == 8 && words[1].length == 4 && words[2].length == 4 && words[3].length == 4) {
      uuid = words.join("");
    }
  }
  if (uuid.length != 32 || !isHex(uuid) || (parts.length != 1 && parts.length != 3)) return [];
  const bytes: u8[] = [];
  for (let i = 0; i < 32; i += 2) bytes.push(<u8>U64.parseInt(uuid.slice(i, i + 2), 16));
  if (parts.length == 1) return bytes;
  if (!isNumber(parts[1]) || !isNumber(parts[2])) return [];
  const middle = U64.parseInt(parts[1]);
  const last = U64.parseInt(parts[2]);
  for (let i = 0; i < 4; i++) bytes[4 + i] ^= <u8>(middle >> (8 * i));
  for (let i = 0; i < 8; i++) bytes[8 + i] ^= <u8>(last >> (8 * i));
  return bytes;
}

function skyWalkingByParts(trace: string, segment: string, span: u32): string {
  const id = skyWalkingBytes(trace);
  let text = "";
  for (let i = 0; i < id.length; i++) text += id[i].toString(16).padStart(2, "0");
  if (isOf("0", text)) return "absent";
  const own = skyWalkingBytes(segment);
  if (own.length == 0) return `${text} ${NO_ID} sampled`;
  text += " ";
  for (let i = 0; i < 4; i++) own[i] ^= <u8>(span >> (8 * i));
  for (let i = 0; i < 8; i++) text += (own[i] ^ own[i + 8]).toString(16).padStart(2, "0");
  return text + " sampled";
}

function skyWalkingId(): string {
  const uuid = digits(32);
  const at = [8, 12, 16, 20];
  if (below(3) > 0) return mutated(below(2) ? uuid : `${uuid}.${number()}.${number()}`);
  let dashed = uuid.slice(0, at[0]);
  for (let i = 0; i < 4; i++) dashed += "-" + uuid.slice(at[i], i < 3 ? at[i + 1] : 32);
  return mutated(dashed);
}

describe("a nearly valid value", () => {
  it("of Jaeger is read as its parts say", () => {
    newRounds(1);
    for (let i = 0; i < ROUNDS; i++) {
      const ids = digits(1 + below(32)) + ":" + digits(1 + below(16));
      const plain = `${ids}:${oneOf(["0", "x", ""])}:${oneOf(["0", "1", "01", "3", "ff", "0003", "100"])}`;
      const value = mutated(below(4) ? plain : plain.replaceAll(":", oneOf(["%3A", "%3a"])));
      expectRead(extracted(jaeger, headers, ["uber-trace-id", value]), jaegerByParts(value), value);
    }
    expectEnough(["trace", "invalid"]);
  });

  it("of Google is read as its parts say", () => {
    newRounds(2);
    for (let i = 0; i < ROUNDS; i++) {
      const value = mutated(digits(32) + oneOf(["", "/0", "/" + number()]) + oneOf(["", ";o=0", ";o=1", ";o=3"]));
      expectRead(extracted(google, headers, ["x-cloud-trace-context", value]), googleByParts(value), value);
    }
    expectEnough(["trace", "invalid"]);
  });

  it("of X-Ray is read as its parts say", () => {
    newRounds(3);
    for (let i = 0; i < ROUNDS; i++) {
      const fields: string[] = [];
      if (below(3)) fields.push(`Root=1-${digits(1 + below(8))}-${digits(24)}`);
      if (below(2)) fields.push(`Parent=${digits(16)}`);
      if (below(4)) fields.push(oneOf(["Sampled=0", "Sampled=1", "Sampled=?", "Sampled=2"]));
      if (below(2)) fields.push(oneOf(["Foo=Bar", "", " ", "x", "Lineage=1:2:3", "Roots=1"]));
      if (below(2)) fields.reverse();
      const value = mutated(fields.join(oneOf([";", "; "])));
      expectRead(extracted(xray, headers, ["x-amzn-trace-id", value]), xrayByParts(value), value);
    }
    expectEnough(["trace", "invalid", "only sampled"]);
  });

  it("of Datadog is read as its parts say", () => {
    newRounds(4);
    for (let i = 0; i < ROUNDS; i++) {
      const trace = mutated((below(4) ? "" : "-") + number());
      const parent = mutated((below(4) ? "" : "-") + number());
      const priority = mutated(oneOf(["-1", "0", "1", "2", "99"]));
      const tags = mutated(oneOf(["", "_dd.p.dm=-4,", "_dd.p.x,"]) + "_dd.p.tid=" + digits(16));
      const pairs = ["x-datadog-trace-id", trace, "x-datadog-parent-id", parent];
      pairs.push("x-datadog-sampling-priority");
      pairs.push(priority);
      pairs.push("x-datadog-tags");
      pairs.push(tags);
      const expected = datadogByParts(trace, parent, priority, tags);
      expectRead(extracted(datadog, headers, pairs), expected, pairs.join("|"));
    }
    expectEnough(["trace", "invalid"]);
  });

  it("of SkyWalking is read as its parts say", () => {
    newRounds(5);
    for (let i = 0; i < ROUNDS; i++) {
      const trace = skyWalkingId();
      const segment = skyWalkingId();
      const span = <u32>(random.next() >> (33 + below(31)));
      const value = `1-${base64Of(trace)}-${base64Of(segment)}-${span}-YQ==-YQ==-YQ==-YQ==`;
      const expected = skyWalkingByParts(trace, segment, span);
      expectRead(extracted(skywalking, headers, ["sw8", value]), expected, `${trace}|${segment}|${span}`);
    }
    expectEnough(["trace", "absent"]);
  });
});
