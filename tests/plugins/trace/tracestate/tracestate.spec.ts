import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { Field, Tracestate } from "../../../../plugins/trace/tracestate/tracestate";
import { RecordedEdits, send } from "../sent";

const NAME: string = "tracestate=";

/** Keeps what was put alive as long as the run: only the bytes are copied, after the views are made. */
const texts: Utf8[] = [];

function utf8(text: string): Utf8 {
  const made = new Utf8(text);
  texts.push(made);
  return made;
}

/** The tracestate of a request with these tracestate headers. */
class Arrived {
  readonly headers: TraceHeaders;
  readonly tracestate: Tracestate;

  constructor(values: string[]) {
    const headers = new TraceHeaders();
    const tracestate = new Tracestate(headers);
    this.headers = headers;
    this.tracestate = tracestate;
    const pairs: string[] = ["traceparent", "00-12345678901234567890123456789012-1234567890123456-00"];
    for (let i = 0; i < values.length; i++) {
      pairs.push("tracestate");
      pairs.push(values[i]);
    }
    send(headers, pairs);
    tracestate.read();
  }

  find(key: string): string {
    const value = new ByteView();
    return this.tracestate.find(utf8(key), value) ? value.toString() : "(none)";
  }

  put(key: string, value: string): Arrived {
    this.tracestate.put(utf8(key), utf8(value));
    return this;
  }

  drop(key: string): Arrived {
    this.tracestate.drop(utf8(key));
    return this;
  }

  written(): string {
    const edits = new RecordedEdits(this.headers);
    this.tracestate.write(edits);
    return edits.toString();
  }
}

function arrived(values: string[]): Arrived {
  return new Arrived(values);
}

function members(from: i32, to: i32): string {
  const all: string[] = [];
  for (let i = from; i <= to; i++) all.push(`bar${i < 10 ? "0" : ""}${i}=${i}`);
  return all.join(",");
}

describe("reading a tracestate", () => {
  // W3C Trace Context conformance suite, test/test.py: test_tracestate_*.
  it("takes what the conformance suite has inherited", () => {
    const taken: string[][] = [
      ["foo=1,bar=2"],
      ["foo=1", ""],
      ["", "foo=1"],
      ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"],
      ["foo=1,foo=1"],
      ["foo=1,foo=2"],
      ["foo=1", "foo=2"],
      ["abcdefghijklmnopqrstuvwxyz0123456789_-*/= !\"#$%&'()*+-./0123456789:;<>?@ABCXYZ[\\]^_`abcxyz{|}~"],
      ["abcdefghijklmnopqrstuvwxyz0123456789_-*/@a-z0-9_-*/=1"],
      ["foo=1 \t , \t bar=2, \t baz=3"],
      ["foo=1\t \t,\t \tbar=2,\t \tbaz=3"],
      [" foo=1"],
      ["\tfoo=1"],
      ["foo=1 "],
      ["foo=1\t"],
      ["\t foo=1 \t"],
      ["foo@=1,bar=2"],
      ["foo@@bar=1,bar=2"],
      ["foo@bar@baz=1,bar=2"],
      [members(1, 10), members(11, 20), members(21, 30), members(31, 32)],
      ["foo=1", "z".repeat(256) + "=1"],
      ["foo=1", "t".repeat(241) + "@" + "v".repeat(14) + "=1"],
      ["foo=1", "t".repeat(242) + "@v=1"],
      ["foo=1", "t@" + "v".repeat(15) + "=1"],
    ];
    for (let i = 0; i < taken.length; i++) {
      const one = arrived(taken[i]);
      expect<Field>(one.tracestate.field).toBe(Field.Valid, taken[i].join("|"));
      expect<string>(one.written()).toBe("", "a proxy that changes nothing writes nothing");
    }
  });

  it("drops what the conformance suite has discarded", () => {
    const refused: string[][] = [
      ["foo =1"],
      ["FOO=1"],
      ["foo.bar=1"],
      ["@foo=1,bar=2"],
      [members(1, 10), members(11, 20), members(21, 30), members(31, 33)],
      ["foo=1", "z".repeat(257) + "=1"],
      ["foo=bar=baz"],
      ["foo=,bar=3"],
      ["foobarbaz"],
    ];
    for (let i = 0; i < refused.length; i++) {
      const one = arrived(refused[i]);
      expect<Field>(one.tracestate.field).toBe(Field.Invalid, refused[i].join("|"));
      expect<i32>(one.tracestate.size).toBe(0);
      expect<string>(one.find("foo")).toBe("(none)");
      expect<string>(one.written()).toBe("-tracestate", refused[i].join("|"));
    }
  });

  it("tells an empty one, which stays, from none", () => {
    expect<Field>(arrived([]).tracestate.field).toBe(Field.Absent);
    expect<Field>(arrived([""]).tracestate.field).toBe(Field.Valid);
    expect<string>(arrived([" , ,"]).written()).toBe("");
    expect<string>(arrived([]).written()).toBe("");
  });

  it("forgets the request before", () => {
    const one = arrived(["foo=1"]).put("own", "2");
    send(one.headers, []);
    expect<Field>(one.tracestate.read()).toBe(Field.Absent);
    expect<i32>(one.tracestate.size).toBe(0);
    expect<string>(one.written()).toBe("");
  });

  it("reads all headers, however many there are", () => {
    const values: string[] = ["a=1"];
    for (let i = 0; i < 1000; i++) values.push("");
    expect<Field>(arrived(values).tracestate.field).toBe(Field.Valid);
    values.push("A");
    expect<Field>(arrived(values).tracestate.field).toBe(Field.Invalid);
  });

  it("finds the value of a key, and only of the whole key", () => {
    const one = arrived([" rojo=00f067aa0ba902b7\t, congo = no", "other=1"]);
    expect<Field>(one.tracestate.field).toBe(Field.Invalid, "white space before =");
    const good = arrived([" rojo=00f067aa0ba902b7\t, congo= a;b ", "other=1,rojo=2"]);
    expect<string>(good.find("rojo")).toBe("00f067aa0ba902b7");
    expect<string>(good.find("congo")).toBe(" a;b");
    expect<string>(good.find("other")).toBe("1");
    expect<string>(good.find("roj")).toBe("(none)");
    expect<string>(good.find("rojo2")).toBe("(none)");
  });
});

describe("changing a tracestate", () => {
  it("puts the own entry first and keeps the others in order", () => {
    // https://www.w3.org/TR/trace-context-2/#tracestate-header-field-values and the examples of the text's overview.
    expect<string>(arrived(["congo=t61rcWkgMzE"]).put("rojo", "00f067aa0ba902b7").written()).toBe(
      "tracestate=rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    );
    expect<string>(arrived(["congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"]).put("rojo", "b7ad6b7169203331").written()).toBe(
      "tracestate=rojo=b7ad6b7169203331,congo=t61rcWkgMzE",
    );
    expect<string>(arrived([]).put("rojo", "1").written()).toBe("tracestate=rojo=1");
    expect<string>(arrived([" a=1 ,, b=2", "\tc=3"]).put("d", "4").written()).toBe("tracestate=d=4,a=1,b=2,c=3");
  });

  it("puts several, the last first", () => {
    expect<string>(arrived(["a=1,ot=th:8"]).put("ot", "th:c").put("own", "2").written()).toBe(
      "tracestate=own=2,ot=th:c,a=1",
    );
    expect<string>(arrived(["a=1"]).put("own", "1").put("own", "2").written()).toBe("tracestate=own=2,a=1");
  });

  it("leaves an entry that says so already where it is", () => {
    expect<string>(arrived(["a=1, own=2"]).put("own", "2").written()).toBe("");
    expect<string>(arrived(["own=2,a=1"]).put("own", "22").written()).toBe("tracestate=own=22,a=1");
  });

  it("leaves one entry of a key", () => {
    expect<string>(arrived(["own=2,a=1,own=2"]).put("own", "2").written()).toBe("tracestate=own=2,a=1");
    expect<string>(arrived(["own=1,a=1,own=2,a=1"]).put("own", "3").written()).toBe("tracestate=own=3,a=1,a=1");
  });

  it("takes an entry out, and a list of none away", () => {
    expect<string>(arrived(["a=1,ot=th:8,b=2", "ot=x:1"]).drop("ot").written()).toBe("tracestate=a=1,b=2");
    expect<string>(arrived(["ot=th:8"]).drop("ot").written()).toBe("-tracestate");
    expect<string>(arrived(["a=1"]).drop("ot").written()).toBe("");
    expect<string>(arrived([]).drop("ot").written()).toBe("");
  });

  it("puts the own entry in the place of an invalid tracestate", () => {
    expect<string>(arrived(["FOO=1,a=2"]).put("own", "1").written()).toBe("tracestate=own=1");
  });

  it("takes all away that belongs to another trace", () => {
    const one = arrived(["a=1,b=2"]);
    one.tracestate.clear();
    expect<string>(one.written()).toBe("-tracestate");
    expect<string>(one.put("own", "1").written()).toBe("tracestate=own=1");
    const none = arrived([]);
    none.tracestate.clear();
    expect<string>(none.written()).toBe("");
  });

  it("does not put more than there is room for", () => {
    const one = arrived(["a=1"]);
    for (let i = 0; i < 9; i++) one.put(`k${i}`, "1");
    expect<string>(one.written()).toBe("tracestate=k3=1,k2=1,k1=1,k0=1,a=1");
    expect<string>(arrived(["a=1"]).put("x".repeat(257), "1").put("x", "1".repeat(257)).written()).toBe("");
  });
});

describe("cutting a tracestate that was changed", () => {
  it("drops the right-most of more than 32", () => {
    expect<string>(
      arrived([members(1, 20), members(21, 32)])
        .put("own", "1")
        .written(),
    ).toBe("tracestate=own=1," + members(1, 31));
    expect<string>(
      arrived([members(1, 32)])
        .put("bar16", "1")
        .written(),
    ).toBe("tracestate=bar16=1," + members(1, 15) + "," + members(17, 32));
  });

  it("drops entries over 128 bytes first, then from the end", () => {
    const long = "long=" + "x".repeat(124); // 129 bytes
    const largest = "fit=" + "y".repeat(124); // 128 bytes
    // own=1 takes 5, largest 128 and three of them with commas 387: 512 is reached with 119 more and its comma.
    const rest = "r=" + "z".repeat(117);
    const fits = [largest, largest, largest, rest].join(",");
    expect<string>(arrived([fits]).put("own", "1").written()).toBe("tracestate=own=1," + fits);
    expect<i32>(("own=1," + fits).length).toBe(512);
    expect<string>(arrived([long, fits]).put("own", "1").written()).toBe("tracestate=own=1," + fits);
    expect<string>(
      arrived([fits + "z"])
        .put("own", "1")
        .written(),
    ).toBe("tracestate=own=1," + [largest, largest, largest].join(","));
    expect<string>(arrived([fits, "s=1", "t=2"]).put("own", "12345").written()).toBe(
      "tracestate=own=12345," + [largest, largest, largest].join(","),
    );
  });

  it("keeps long entries as far as they fit, from the left", () => {
    const one = "a=" + "x".repeat(198); // 200 bytes each
    const two = "b=" + "x".repeat(198);
    const three = "c=" + "x".repeat(198);
    expect<string>(
      arrived([[one, two, three].join(",")])
        .put("own", "1")
        .written(),
    ).toBe(`tracestate=own=1,${one},${two}`);
  });

  it("leaves one that is too long alone as long as it is not changed", () => {
    const long = "a=" + "x".repeat(250) + ",b=" + "x".repeat(250) + ",c=" + "x".repeat(250);
    expect<string>(arrived([long]).written()).toBe("");
  });
});

/** A list of random entries, of few keys so that they repeat, and often too long or too many. */
function randomList(random: Xoshiro256): string[] {
  const all: string[] = [];
  const count = <i32>(random.next() % 33);
  for (let i = 0; i < count; i++) {
    const length = random.next() % 8 == 0 ? 1 + (random.next() % 256) : 1 + (random.next() % 20);
    all.push(`k${random.next() % 40}=` + "v".repeat(<i32>length));
  }
  return all;
}

function keyOf(member: string): string {
  return member.substring(0, member.indexOf("="));
}

describe("any tracestate", () => {
  it("keeps order, limits and one own entry, whatever was changed", () => {
    const random = new Xoshiro256();
    random.seedPoor(6, 0, 0, 3);
    let wrong = "";
    let cut = 0;
    for (let round = 0; round < 5000; round++) {
      const list = randomList(random);
      const split = <i32>(random.next() % <u64>(list.length + 1));
      const one = arrived([list.slice(0, split).join(","), list.slice(split).join(" , ")]);
      const own = `k${random.next() % 40}=own${round}`;
      const value = one
        .put(keyOf(own), own.substring(own.indexOf("=") + 1))
        .written()
        .substring(NAME.length);
      const others = withoutKey(list, keyOf(own));
      if (value != expected(own, others)) wrong = `${own} into ${list.join(",")} became ${value}`;
      if (value.split(",").length <= others.length) cut++;
    }
    expect<string>(wrong).toBe("");
    expect<bool>(cut > 1000 && cut < 4000).toBe(true, cut.toString());
  });
});

function withoutKey(list: string[], key: string): string[] {
  const others: string[] = [];
  for (let i = 0; i < list.length; i++) if (keyOf(list[i]) != key) others.push(list[i]);
  return others;
}

/** What the specification makes of the list when `own` comes first, entry by entry. */
function expected(own: string, others: string[]): string {
  const kept = [own].concat(others).slice(0, 32);
  for (let i = kept.length - 1; i >= 0; i--) {
    if (kept.join(",").length > 512 && kept[i].length > 128) kept.splice(i, 1);
  }
  while (kept.join(",").length > 512) kept.pop();
  return kept.join(",");
}
