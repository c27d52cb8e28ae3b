import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { findForwardedFor } from "../../../assembly/core/forwarded-for";

function before(list: string, hops: i32): string {
  const found = new ByteView();
  return findForwardedFor(new Utf8(list), hops, found) ? found.toString() : "none";
}

describe("findForwardedFor", () => {
  it("counts from the right", () => {
    expect(before("1.1.1.1, 2.2.2.2,3.3.3.3", 0)).toBe("3.3.3.3");
    expect(before("1.1.1.1, 2.2.2.2,3.3.3.3", 1)).toBe("2.2.2.2");
    expect(before("1.1.1.1, 2.2.2.2,3.3.3.3", 2)).toBe("1.1.1.1");
    expect(before("1.1.1.1, 2.2.2.2,3.3.3.3", 3)).toBe("none");
    expect(before("1.1.1.1", 0)).toBe("1.1.1.1");
    expect(before("", 0)).toBe("none");
  });

  it("counts entries that are empty: they are somebody's word too", () => {
    expect(before("1.1.1.1,,2.2.2.2", 1)).toBe("none");
    expect(before("1.1.1.1,,2.2.2.2", 2)).toBe("1.1.1.1");
    expect(before("1.1.1.1,", 0)).toBe("none");
    expect(before(",", 1)).toBe("none");
    expect(before(",", 2)).toBe("none");
  });

  it("leaves out white space", () => {
    expect(before(" \t1.1.1.1 , 2.2.2.2 ", 1)).toBe("1.1.1.1");
    expect(before(" , 2.2.2.2", 1)).toBe("none");
  });
});
