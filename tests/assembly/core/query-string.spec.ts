import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { findParameter } from "../../../assembly/core/query-string";

/** The parameter's value as it is encoded, "none" when there is none. */
function valueOf(query: string, name: string): string {
  const found = new ByteView();
  return findParameter(new Utf8(query), new Utf8(name), found) ? found.toString() : "none";
}

describe("findParameter", () => {
  it("finds a parameter anywhere", () => {
    expect(valueOf("a=1&b=2&c=3", "a")).toBe("1");
    expect(valueOf("a=1&b=2&c=3", "b")).toBe("2");
    expect(valueOf("a=1&b=2&c=3", "c")).toBe("3");
    expect(valueOf("a=1&b=2&c=3", "d")).toBe("none");
    expect(valueOf("", "a")).toBe("none");
  });

  it("takes the whole name, whichever way it is encoded", () => {
    expect(valueOf("aa=1&a=2", "a")).toBe("2");
    expect(valueOf("ab=1", "a")).toBe("none");
    expect(valueOf("%61=1", "a")).toBe("1");
    expect(valueOf("a+b=1&a%20b=2", "a b")).toBe("1");
    expect(valueOf("A=1", "a")).toBe("none");
  });

  it("takes the first of several, and the value up to & whatever is in it", () => {
    expect(valueOf("a=1&a=2", "a")).toBe("1");
    expect(valueOf("a=b=c&d", "a")).toBe("b=c");
    expect(valueOf("a=%26%3D", "a")).toBe("%26%3D");
  });

  it("knows empty values from missing ones", () => {
    expect(valueOf("a", "a")).toBe("");
    expect(valueOf("a=", "a")).toBe("");
    expect(valueOf("b&a&c", "a")).toBe("");
    expect(valueOf("&&a=1&&", "a")).toBe("1");
    expect(valueOf("&&", "a")).toBe("none");
  });
});
