import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { HashSecret } from "../../../../assembly/request/key";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { JoinKey, MAX_KEY_BYTES } from "../../../../plugins/trace/join/join-key";
import { send } from "../sent";

const PLACES = new HashSecret(1, 2);
const CHECKS = new HashSecret(3, 4);
const ID = "b2a1c4d8-9f00-4e3a-8c11-0123456789ab";

let headers = new TraceHeaders();

function keyOf(name: string): JoinKey {
  headers = new TraceHeaders();
  return new JoinKey(name, headers, PLACES, CHECKS);
}

/** The key as text; "" for none. */
function read(key: JoinKey, pairs: string[]): string {
  send(headers, pairs);
  return key.read() ? `${key.place} ${key.check}` : "";
}

function readOne(name: string, value: string): string {
  return read(keyOf(name), [name, value]);
}

describe("JoinKey", () => {
  it("is the same for the same header and value, whatever else is there", () => {
    const id = readOne("x-request-id", ID);
    expect(id).not.toBe("");
    expect(read(keyOf("x-request-id"), [":path", "/", "x-session", "s", "x-request-id", ID])).toBe(id);
    expect(readOne("x-session", ID)).not.toBe(id, "of another header");
    expect(readOne("x-request-id", ID + "0")).not.toBe(id);
  });

  it("is none without the header, with an empty one, and with several", () => {
    const key = keyOf("x-session");
    expect(read(key, ["x-request-id", "s"])).toBe("");
    expect(read(key, ["x-session", ""])).toBe("");
    expect(read(key, ["x-session", "s", "x-session", "s"])).toBe("");
    expect(read(key, ["x-session", "s"])).not.toBe("");
  });

  it("is none where another header is behind many others", () => {
    const key = keyOf("x-session");
    headers.slot("x-other");
    const pairs: string[] = ["x-session", "s"];
    for (let i = 0; i < 1000; i++) {
      pairs.push("x-other");
      pairs.push(i.toString());
    }
    expect(read(key, pairs)).not.toBe("");
    expect(read(key, pairs.concat(["x-session", "s"]))).toBe("");
  });

  it("takes all of a value into account, up to 4096 bytes", () => {
    const key = keyOf("authorization");
    const longest = "x".repeat(MAX_KEY_BYTES);
    const whole = read(key, ["authorization", longest]);
    expect(whole).not.toBe("");
    expect(read(key, ["authorization", longest + "x"])).toBe("");
    for (let at = 0; at < MAX_KEY_BYTES; at += 409) {
      const other = longest.substring(0, at) + "y" + longest.substring(at + 1);
      expect(read(key, ["authorization", other])).not.toBe(whole, at.toString());
    }
  });

  it("does not see Envoy's mark in a request id", () => {
    const id = readOne("x-request-id", ID);
    const marks = "9ab";
    for (let i = 0; i < marks.length; i++) {
      const marked = ID.substring(0, 14) + marks.charAt(i) + ID.substring(15);
      expect(readOne("x-request-id", marked)).toBe(id, marked);
      expect(readOne("x-session", marked)).not.toBe(readOne("x-session", ID), "only Envoy's own header");
    }
    expect(readOne("x-request-id", ID.substring(0, 14) + "7" + ID.substring(15))).not.toBe(id, "another version");
    const short = ID.substring(0, 35);
    expect(readOne("x-request-id", short.replace("-4", "-9"))).not.toBe(readOne("x-request-id", short), "no UUID");
    expect(readOne("x-request-id", "request-00000-9000000000000000000001")).not.toBe(
      readOne("x-request-id", "request-00000_9000000000000000000001"),
    );
  });

  it("differs in both halves, whatever differs", () => {
    const random = new Xoshiro256();
    random.seedPoor(7, 0, 0, 0);
    const key = keyOf("x-session");
    const places = new Set<u64>();
    const checks = new Set<u64>();
    const count = 5000;
    for (let i = 0; i < count; i++) {
      const length = <i32>(1 + (random.next() % 40));
      send(headers, ["x-session", i.toString() + "-" + "a".repeat(length)]);
      expect(key.read()).toBe(true);
      places.add(key.place);
      checks.add(key.check);
      expect(key.place != key.check).toBe(true);
    }
    expect(places.size).toBe(count);
    expect(checks.size).toBe(count);
  });

  it("is another under other secrets", () => {
    const id = readOne("x-session", ID);
    headers = new TraceHeaders();
    const other = new JoinKey("x-session", headers, new HashSecret(5, 2), new HashSecret(3, 6));
    const halves = read(other, ["x-session", ID]).split(" ");
    expect(id.includes(halves[0])).toBe(false);
    expect(id.includes(halves[1])).toBe(false);
  });
});
