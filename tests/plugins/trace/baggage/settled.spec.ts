import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Baggage } from "../../../../plugins/trace/baggage/baggage";
import { BaggageConfig } from "../../../../plugins/trace/baggage/config";
import { NameList } from "../../../../plugins/trace/baggage/name-list";
import { HeaderEdits } from "../../../../plugins/trace/context/header-edits";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { send } from "../sent";

/** Edits a request's headers as Envoy would. */
class AppliedEdits extends HeaderEdits {
  count: i32 = 0;

  constructor(
    headers: TraceHeaders,
    public pairs: string[],
  ) {
    super(headers);
  }

  set(slot: i32, ptr: usize, length: i32): void {
    this.replace(this.headers.name(slot).toString(), textOf(ptr, length));
  }

  protected removeSlot(slot: i32): void {
    this.without(this.headers.name(slot).toString());
    this.count++;
  }

  setNamed(slot: i32, namePtr: usize, nameLength: i32, ptr: usize, length: i32): void {
    this.replace(this.headers.name(slot).toString() + textOf(namePtr, nameLength), textOf(ptr, length));
  }

  removeNamed(slot: i32, namePtr: usize, nameLength: i32): void {
    this.without(textOf(namePtr, nameLength));
    this.count++;
  }

  private replace(name: string, value: string): void {
    const before = this.pairs.join("\n");
    this.without(name);
    this.pairs.push(name);
    this.pairs.push(value);
    if (sorted(before.split("\n")) != sorted(this.pairs)) this.count++;
  }

  private without(name: string): void {
    const kept: string[] = [];
    for (let i = 0; i + 1 < this.pairs.length; i += 2) {
      if (this.pairs[i] == name) continue;
      kept.push(this.pairs[i]);
      kept.push(this.pairs[i + 1]);
    }
    this.pairs = kept;
  }
}

function textOf(ptr: usize, length: i32): string {
  const view = new ByteView();
  view.set(ptr, length);
  return view.toString();
}

/** The headers in an order that does not depend on when they were written. */
function sorted(pairs: string[]): string {
  const lines: string[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) lines.push(pairs[i] + ": " + pairs[i + 1]);
  return lines.sort().join("\n");
}

const NAMES: string[] = ["a", "b", "user.id", "User.ID", "user.name", "internal.x", "b%61d", "c d", ""];
const VALUES: string[] = ["1", "2", "", "x y", "x%20y", "5%", "1+1", "1%2B1", "a=b", "\u00e9", "%C3%a9", "0123456789"];
const TAILS: string[] = ["", "", "", ";p", " ; p = 1", ";p q"];

function pick(random: Xoshiro256, from: string[]): string {
  return from[<i32>(random.next() % <u64>from.length)];
}

function chance(random: Xoshiro256): bool {
  return random.next() % 2 == 0;
}

function randomRequest(random: Xoshiro256): string[] {
  const pairs: string[] = [];
  for (let lines = random.next() % 3; lines > 0; lines--) {
    const members: string[] = [];
    for (let i = random.next() % 5; i > 0; i--) {
      members.push(pick(random, NAMES) + "=" + pick(random, VALUES) + pick(random, TAILS));
    }
    pairs.push("baggage");
    pairs.push(members.join(chance(random) ? "," : " , "));
  }
  for (let i = random.next() % 4; i > 0; i--) {
    pairs.push("uberctx-" + pick(random, NAMES).toLowerCase());
    pairs.push(pick(random, VALUES));
  }
  return pairs;
}

function randomConfig(random: Xoshiro256): BaggageConfig {
  const config = new BaggageConfig();
  if (chance(random)) config.allow = new NameList(["user.*", "a", "b*"]);
  if (chance(random)) config.deny = new NameList(["internal.*", "bad", "user.name"]);
  if (chance(random)) config.maxMembers = 1 + <i32>(random.next() % 4);
  if (chance(random)) config.maxBytes = 1 + <i32>(random.next() % 40);
  if (chance(random)) config.maxMemberBytes = 1 + <i32>(random.next() % 20);
  return config;
}

/** What is wrong with headers after they were handled; "" for nothing. */
function fault(config: BaggageConfig, trusted: bool, writes: i32, pairs: string[]): string {
  let uberctx = 0;
  let members = 0;
  let list = "";
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const isList = pairs[i] == "baggage";
    if (!trusted && !(writes & (isList ? 1 : 2))) return "a header that is not written stays";
    if (isList) {
      list += (list == "" ? "" : ",") + pairs[i + 1];
      const parts = pairs[i + 1].split(",");
      for (let j = 0; j < parts.length; j++) {
        if (parts[j].trim() == "") continue;
        members++;
        const name = parts[j].substring(0, parts[j].indexOf("=")).trim();
        if (!config.allows(new Utf8(name), trusted)) return `the member ${name}`;
        if (parts[j].trim().length > config.maxMemberBytes) return `the long member ${name}`;
      }
      continue;
    }
    uberctx++;
    if (!config.allows(new Utf8(pairs[i].substring("uberctx-".length)), trusted)) return `the header ${pairs[i]}`;
  }
  if (list.length > config.maxBytes) return "too many bytes";
  return uberctx > config.maxMembers || members > config.maxMembers ? "too many items" : "";
}

describe("any request's baggage, in both forms, under any configuration", () => {
  it("keeps to lists and limits, and is not changed once it does", () => {
    const random = new Xoshiro256();
    random.seedPoor(2, 7, 1, 8);
    let wrong = "";
    let changed = 0;
    for (let round = 0; round < 4000; round++) {
      const config = randomConfig(random);
      const headers = new TraceHeaders();
      const baggage = new Baggage(config, headers);
      const trusted = chance(random);
      const reads = <i32>(random.next() % 4);
      const writes = <i32>(random.next() % 4);
      const pairs = randomRequest(random);
      const first = applied(baggage, headers, trusted, reads, writes, pairs);
      const found = fault(config, trusted, writes, first.pairs);
      const second = applied(baggage, headers, trusted, reads, writes, first.pairs);
      // Who is not trusted and may not be read loses on the next hop what this hop wrote: the same holds of its caller.
      const settles = trusted || !(writes & ~reads);
      if (found != "" || (settles && second.count > 0)) {
        wrong = `${found} trusted=${trusted} reads=${reads} writes=${writes}\n${pairs.join("|")}\n${first.pairs.join("|")}\n${second.pairs.join("|")}`;
      }
      if (first.count > 0) changed++;
    }
    expect<string>(wrong).toBe("");
    expect<bool>(changed > 1000).toBe(true, changed.toString());
  });
});

function applied(
  baggage: Baggage,
  headers: TraceHeaders,
  trusted: bool,
  reads: i32,
  writes: i32,
  pairs: string[],
): AppliedEdits {
  send(headers, pairs);
  const edits = new AppliedEdits(headers, pairs);
  baggage.handle(trusted, (reads & 1) != 0, (reads & 2) != 0, (writes & 1) != 0, (writes & 2) != 0, edits);
  return edits;
}
