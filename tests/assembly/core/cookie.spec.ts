import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { findCookie } from "../../../assembly/core/cookie";

function valueOf(header: string, name: string): string {
  const found = new ByteView();
  return findCookie(new Utf8(header), new Utf8(name), found) ? found.toString() : "none";
}

describe("findCookie", () => {
  it("finds a cookie anywhere, with or without white space between", () => {
    expect(valueOf("a=1; b=2;c=3 ;\td=4", "a")).toBe("1");
    expect(valueOf("a=1; b=2;c=3 ;\td=4", "b")).toBe("2");
    expect(valueOf("a=1; b=2;c=3 ;\td=4", "c")).toBe("3");
    expect(valueOf("a=1; b=2;c=3 ;\td=4", "d")).toBe("4");
    expect(valueOf("a=1; b=2", "e")).toBe("none");
    expect(valueOf("", "a")).toBe("none");
    expect(valueOf(" ; ;", "a")).toBe("none");
  });

  it("takes the whole name, capitals counting", () => {
    expect(valueOf("sid2=x; asid=y; sid=z", "sid")).toBe("z");
    expect(valueOf("SID=x", "sid")).toBe("none");
    expect(valueOf("sid", "sid")).toBe("none", "no cookie without =");
    expect(valueOf("si", "sid")).toBe("none");
  });

  it("takes the first of several, up to ;", () => {
    expect(valueOf("a=1; a=2", "a")).toBe("1");
    expect(valueOf("a=b=c==; d=e", "a")).toBe("b=c==");
    expect(valueOf("a=; b=1", "a")).toBe("");
  });

  it("leaves out the quotes around a value, and no others", () => {
    expect(valueOf('a="x y"; b=1', "a")).toBe("x y");
    expect(valueOf('a=""', "a")).toBe("");
    expect(valueOf('a="', "a")).toBe('"');
    expect(valueOf('a="x', "a")).toBe('"x');
    expect(valueOf('a=x"y"', "a")).toBe('x"y"');
  });
});
