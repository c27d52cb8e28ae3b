import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderPairsWriter } from "../../../assembly/core/header-pairs";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { ClaimSource } from "../../../assembly/request/claim";
import { HeaderNames } from "../../../assembly/request/facts";
import { MemoryRequest } from "./memory-request";

/** What keeps the memory of values alive. */
const owners: StaticArray<u8>[] = [];

function bytes(values: u8[]): ByteView {
  const owner = StaticArray.fromArray<u8>(values);
  owners.push(owner);
  const view = new ByteView();
  view.set(changetype<usize>(owner), values.length);
  return view;
}

/** A number as Envoy gives it. */
function double(number: f64): ByteView {
  const view = bytes([0, 0, 0, 0, 0, 0, 0, 0]);
  store<f64>(view.ptr, number);
  return view;
}

/** A list as Envoy gives it: names of pairs without values. */
function list(elements: ByteView[]): ByteView {
  const pairs = new HeaderPairsWriter();
  for (let i = 0; i < elements.length; i++) pairs.add(elements[i], new ByteView());
  pairs.encode();
  const copy = bytes(new Array<u8>(pairs.length));
  memory.copy(copy.ptr, pairs.ptr, <usize>pairs.length);
  return copy;
}

/** What the claim reads as; "none" for no claim. */
function textOf(value: ByteView | null): string {
  const names = new HeaderNames();
  const claim = new ClaimSource(names.addProperty(["jwt", "sub"]));
  const request = new MemoryRequest(names);
  if (value != null) request.having("jwt/sub", value);
  request.begin();
  const read = claim.value(request);
  return read == null ? "none" : read.toString();
}

/** The elements with bars between; "no list" for none. */
function elementsOf(value: ByteView): string {
  const names = new HeaderNames();
  const claim = new ClaimSource(names.addProperty(["jwt", "sub"]));
  const request = new MemoryRequest(names).having("jwt/sub", value);
  request.begin();
  if (!claim.openList(request)) return "no list";
  let text = "";
  for (let element = claim.next(request); element != null; element = claim.next(request)) {
    text += element.toString() + "|";
  }
  return text;
}

function seeded(seed: u64): Xoshiro256 {
  const random = new Xoshiro256();
  random.seedPoor(seed, 0, 0, 0);
  return random;
}

describe("a claim", () => {
  it("is the text that it is", () => {
    expect(textOf(new Utf8("alice"))).toBe("alice");
    expect(textOf(new Utf8("12345678"))).toBe("12345678", "8 bytes");
    expect(textOf(new Utf8("A1B2C31C"))).toBe("A1B2C31C", "8 bytes that are a whole number too");
    expect(textOf(new Utf8("1"))).toBe("1");
    expect(textOf(new Utf8(""))).toBe("");
    expect(textOf(null)).toBe("none");
  });

  it("that is a whole number is its decimal digits", () => {
    const numbers: i64[] = [0, 1, -1, 42, 1001, 4294967296, 1700000000000, 9007199254740991, -9007199254740991];
    for (let i = 0; i < numbers.length; i++) {
      expect(textOf(double(<f64>numbers[i]))).toBe(numbers[i].toString());
    }
    expect(textOf(double(-0.0))).toBe("0");
    expect(textOf(double(9007199254740992))).toBe("9007199254740992");
  });

  it("below 2^51 is a number whatever its bytes look like", () => {
    const random = seeded(7);
    for (let i = 0; i < 2_000; i++) {
      const number = <i64>(random.next() >> (13 + (random.next() % 51)));
      expect(textOf(double(<f64>number))).toBe(number.toString());
    }
  });

  it("that is no whole number of at most 2^53 keeps its bytes", () => {
    const numbers: f64[] = [0.5, -1.25, 1e300, 18014398509481984, Infinity, NaN];
    for (let i = 0; i < numbers.length; i++) expect(textOf(double(numbers[i]))).toBe(double(numbers[i]).toString());
  });

  it("that is true or false is that word", () => {
    expect(textOf(bytes([1]))).toBe("true");
    expect(textOf(bytes([0]))).toBe("false");
    expect(textOf(bytes([2]))).toBe("\x02");
  });

  it("that is a list has its elements, of any kind", () => {
    expect(elementsOf(list([new Utf8("admin"), new Utf8(""), double(42), bytes([1])]))).toBe("admin||42|true|");
    expect(elementsOf(list([]))).toBe("");
    expect(elementsOf(new Utf8("admin"))).toBe("no list");
    expect(elementsOf(double(42))).toBe("no list");
    expect(elementsOf(bytes([0, 0, 0]))).toBe("no list");
  });

  it("goes through a list anew each time", () => {
    const names = new HeaderNames();
    const claim = new ClaimSource(names.addProperty(["jwt", "sub"]));
    const request = new MemoryRequest(names).having("jwt/sub", list([new Utf8("a"), new Utf8("b")]));
    request.begin();
    for (let i = 0; i < 2; i++) {
      expect(claim.openList(request)).toBe(true);
      expect(claim.next(request)!.toString()).toBe("a");
    }
    expect(request.reads.length).toBe(1, "one host call");
  });

  it("takes damaged lists for text, and reads nothing beyond any bytes", () => {
    const whole = list([new Utf8("admin"), new Utf8("tester")]);
    for (let length = 0; length < whole.length; length++) {
      const cut = new ByteView();
      cut.set(whole.ptr, length);
      expect(elementsOf(cut)).toBe("no list");
    }
    const random = seeded(3);
    for (let i = 0; i < 2_000; i++) {
      const damaged = list([new Utf8("admin"), new Utf8("tester")]);
      store<u8>(damaged.ptr + <usize>(random.next() % damaged.length), <u8>random.next());
      const text = elementsOf(damaged);
      expect(text == "no list" || text.length < 40).toBe(true);
    }
  });
});
