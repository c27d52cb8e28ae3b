import { FixedText } from "../../../../plugins/ratelimit/answer/fixed-text";
import { KeyText } from "../../../../plugins/ratelimit/answer/key-text";
import { NAME_BYTES } from "../../../../plugins/ratelimit/answer/offenders";
import { MemoryRequest } from "../request";
import { Reading } from "../request/rules";

/** What the key of a request to a rule with this key is called. */
function shown(key: string, name: string, value: string, masked: bool = false, from: string = ""): string {
  const reading = new Reading(`"key": ${key}`);
  const request: MemoryRequest = reading.request().with(name, value);
  if (from != "") request.from(from);
  request.begin();
  const text = new FixedText(NAME_BYTES);
  new KeyText(reading.rule.key, masked).write(request, text);
  return text.toString();
}

function address(from: string, more: string = ""): string {
  return shown(`{"client_address": {"ipv6_prefix": 128${more}}}`, "x-a", "", false, from);
}

describe("a key in words", () => {
  it("is its value, the values of its parts with commas between, and (none) for a part that is missing", () => {
    expect(shown('{"header": "x-a"}', "x-a", "alice")).toBe("alice");
    expect(shown('[{"header": "x-a"}, {"header": "x-b"}, {"method": true}]', "x-a", "alice")).toBe(
      "alice, (none), GET",
    );
  });

  it("is cut where it is long, not within a character", () => {
    expect(shown('{"header": "x-a"}', "x-a", "a".repeat(40))).toBe("a".repeat(40));
    expect(shown('{"header": "x-a"}', "x-a", "a".repeat(41))).toBe("a".repeat(40) + "...");
    expect(shown('{"header": "x-a"}', "x-a", "a".repeat(39) + "é")).toBe("a".repeat(39) + "...");
    const parts = '[{"header": "x-a"}, {"header": "x-a"}, {"header": "x-a"}, {"header": "x-a"}]';
    expect(shown(parts, "x-a", "b".repeat(1000)).length).toBeLessThanOrEqual(NAME_BYTES);
  });

  it("masked is its beginning, at most a quarter of it", () => {
    expect(shown('{"header": "x-a"}', "x-a", "Bearer 0123456789", true)).toBe("Bear***");
    expect(shown('{"header": "x-a"}', "x-a", "alice", true)).toBe("a***");
    expect(shown('{"header": "x-a"}', "x-a", "bob", true)).toBe("***");
    expect(shown('{"header": "x-a"}', "x-a", "aé".repeat(4), true)).toBe("aé***");
  });

  it("of an address is its text", () => {
    expect(address("203.0.113.7:80")).toBe("203.0.113.7");
    expect(address("203.0.113.7:80", ', "ipv4_prefix": 24')).toBe("203.0.113.0");
    expect(address("[2001:db8::10:ff0a]:80")).toBe("2001:db8:0:0:0:0:10:ff0a");
    expect(address("[::ffff:10.1.2.3]:80")).toBe("10.1.2.3");
    expect(address("/run/app/a16.soc")).toBe("/run/app/a16.soc");
  });
});
