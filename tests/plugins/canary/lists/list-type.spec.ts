import { Utf8 } from "../../../../assembly/core/bytes";
import { canBeList } from "../../../../plugins/canary/lists/list-type";

const can = (type: string, encoding: string = ""): bool => canBeList(new Utf8(type), new Utf8(encoding));

describe("canBeList", () => {
  it("takes plain text, and what says nothing else", () => {
    expect(can("")).toBe(true);
    expect(can("text/plain; charset=utf-8")).toBe(true);
    expect(can("application/octet-stream")).toBe(true);
    expect(can("text/plain", "identity")).toBe(true);
    expect(can("text/plain", "Identity")).toBe(true);
    expect(can("text/htm")).toBe(true);
  });

  it("refuses pages and documents", () => {
    expect(can("text/html")).toBe(false);
    expect(can("Text/HTML; charset=utf-8")).toBe(false);
    expect(can("application/json")).toBe(false);
    expect(can("application/problem+json")).toBe(false);
    expect(can("application/xml")).toBe(false);
  });

  it("refuses what is compressed", () => {
    expect(can("text/plain", "gzip")).toBe(false);
    expect(can("", "br")).toBe(false);
    expect(can("", "identity, gzip")).toBe(false);
  });
});
