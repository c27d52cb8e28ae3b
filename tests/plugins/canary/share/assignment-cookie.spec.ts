import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { NO_PLACE, Places } from "../../../../assembly/core/percent";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { HeaderNames } from "../../../../assembly/request/facts";
import { AssignmentCookie, AssignmentSource } from "../../../../plugins/canary/share/assignment-cookie";
import { Ramp } from "../../../../plugins/canary/share/ramp";
import { Split } from "../../../../plugins/canary/share/split";
import { MemoryRequest } from "../../../assembly/request/memory-request";

const COOKIE = new AssignmentCookie("tg", "; Path=/; Secure");
const TOKEN = "0123456789abcdef";

function tokenIn(header: string): string {
  const found = new ByteView();
  return COOKIE.find(new Utf8(header), found) ? found.toString() : "none";
}

function chance(seed: i32): Xoshiro256 {
  const chance = new Xoshiro256();
  chance.seedPoor(seed, 0, 0, 0);
  return chance;
}

describe("AssignmentCookie", () => {
  it("finds its token", () => {
    expect<string>(tokenIn("tg=" + TOKEN)).toBe(TOKEN);
    expect<string>(tokenIn(`a=1; tg=${TOKEN}; b=2`)).toBe(TOKEN);
    expect<string>(tokenIn(`tg="${TOKEN}"`)).toBe(TOKEN);
    expect<bool>(COOKIE.find(null, new ByteView())).toBe(false);
  });

  it("takes nothing that it would not write", () => {
    const wrong = ["", "tg", "tg=", "tg=v2", "TG=" + TOKEN, "xtg=" + TOKEN, "tg=" + TOKEN.slice(1), `tg=${TOKEN}0`];
    wrong.push("tg=" + TOKEN.toUpperCase());
    wrong.push("tg=0123456789abcde/");
    wrong.push("tg=0123456789abcde\u00e9");
    wrong.push(`tg="${TOKEN}`);
    wrong.push(`tg=${TOKEN},other=1`);
    for (let i = 0; i < wrong.length; i++) expect<string>(tokenIn(wrong[i])).toBe("none", wrong[i]);
  });

  it("finds its token after others of its name that somebody else set", () => {
    expect<string>(tokenIn(`tg=v2; tg=${TOKEN}; tg=fedcba9876543210`)).toBe(TOKEN);
    expect<string>(tokenIn(`tg="x"; tg=;tg ; tg=${TOKEN}`)).toBe(TOKEN);
    expect<string>(tokenIn("tg=x; ".repeat(5000) + "tg=" + TOKEN)).toBe(TOKEN);
  });

  it("writes what it then finds, for any bits", () => {
    expect<string>(COOKIE.setCookie(0x0123456789abcdef).toString()).toBe(`tg=${TOKEN}; Path=/; Secure`);
    const bits = chance(1);
    for (let i = 0; i < 1000; i++) {
      const random = i == 0 ? 0 : i == 1 ? u64.MAX_VALUE : bits.next();
      const token = COOKIE.token(random).toString();
      assert(tokenIn(COOKIE.setCookie(random).toString().slice(0, 19)) == token);
    }
  });

  it("takes any bytes without harm", () => {
    const bits = chance(2);
    const parts = ["tg", "=", ";", " ", '"', TOKEN, "\t", ",", "tg=", "x"];
    for (let round = 0; round < 5000; round++) {
      let header = "";
      for (let i = 0; i < 8; i++) header += parts[<i32>(bits.next() % parts.length)];
      const token = tokenIn(header);
      assert(token == "none" || token == TOKEN, header);
    }
  });
});

describe("AssignmentSource", () => {
  it("gives the token of the request, and has nothing to assign", () => {
    const names = new HeaderNames();
    const source = new AssignmentSource(COOKIE, names.add("cookie"), chance(3));
    const request = new MemoryRequest(names).with("cookie", "tg=" + TOKEN);
    request.begin();
    expect<string>(source.value(request)!.toString()).toBe(TOKEN);
    expect<u64>(source.newToken(request)).toBe(0);
  });

  it("draws one token for a request without, whoever asks, and a new one for the next", () => {
    const names = new HeaderNames();
    const source = new AssignmentSource(COOKIE, names.add("cookie"), chance(4));
    const request = new MemoryRequest(names).with("cookie", "tg=v2");
    request.begin();
    expect<u64>(source.newToken(request)).toBe(0, "nobody has asked");
    const token = source.value(request)!.toString();
    expect<string>(source.value(request)!.toString()).toBe(token);
    const random = source.newToken(request);
    expect<string>(COOKIE.setCookie(random).toString()).toBe(`tg=${token}; Path=/; Secure`);
    request.begin();
    expect<u64>(source.newToken(request)).toBe(0, "of another request");
    expect<bool>(source.value(request)!.toString() == token).toBe(false);
    expect<bool>(source.newToken(request) != random).toBe(true);
  });

  // What sessions with an arm in the cookie do not: a browser that was out comes in by the ramp, one that was in stays.
  it("sticks both ways and does not drift under a ramp", () => {
    const names = new HeaderNames();
    const source = new AssignmentSource(COOKIE, names.add("cookie"), chance(5));
    const places = new Places("rollout");
    const before = Split.of(0, Ramp.fixed(1000));
    const after = Split.of(0, Ramp.fixed(1500));
    let inside = 0;
    let later = 0;
    const request = new MemoryRequest(names);
    for (let i = 0; i < 20000; i++) {
      request.without("cookie").begin();
      const place = places.placeOf(source.value(request));
      assert(place != NO_PLACE);
      const line = source.cookie.setCookie(source.newToken(request)).toString();
      request.with("cookie", line.slice(0, line.indexOf(";")));
      for (let j = 0; j < 2; j++) {
        request.begin();
        assert(places.placeOf(source.value(request)) == place);
        assert(source.newToken(request) == 0);
      }
      inside += i32(before.pick(place) == 0);
      later += i32(after.pick(place) == 0);
    }
    // Four standard deviations around 10 and 15 percent of 20,000.
    expect<bool>(abs(inside - 2000) < 170).toBe(true);
    expect<bool>(abs(later - 3000) < 202).toBe(true);
  });
});
