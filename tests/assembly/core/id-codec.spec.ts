import { Utf8 } from "../../../assembly/core/bytes";
import { decodeBase64 } from "../../../assembly/core/base64";
import { IdDecoder } from "../../../assembly/core/id-codec";
import { IdSet } from "../../../assembly/core/id-set";

/** What the tool makes of: alice, bob, 7, 42, 1000000, 999999999999999999, 1000-1999, 5000-5000. */
const ENCODED: string =
  "ARE4CggEAAAAAgAAAAIAAAAcsVRX0d2rYOIFwP48ovZdDgAQAfBXIfT//9+3l+p01ha8P5Gj+7VD9qg/o0AOAzYzTOjf+W4HAD11z8XkWfdi";

function decode(decoder: IdDecoder, text: string, cut: i32 = 0): IdSet | null {
  const bytes = new Utf8(text);
  const length = decodeBase64(bytes.ptr, bytes.length, bytes.ptr);
  expect<bool>(length >= 0).toBe(true);
  return decoder.decode(bytes.ptr, length - cut);
}

function has(ids: IdSet, id: string): bool {
  const bytes = new Utf8(id);
  return ids.has(bytes.ptr, bytes.length);
}

describe("IdDecoder", () => {
  it("reads what the tool writes", () => {
    const decoder = new IdDecoder();
    const ids = decode(decoder, ENCODED);
    expect<string>(decoder.problem).toBe("");
    if (ids == null) return;
    const members = ["alice", "bob", "7", "42", "1000000", "999999999999999999", "1000", "1999", "5000"];
    for (let i = 0; i < members.length; i++) expect<bool>(has(ids, members[i])).toBe(true, members[i]);
    const others = ["carol", "8", "41", "999", "2000", "4999", "5001", "999999999999999998"];
    for (let i = 0; i < others.length; i++) expect<bool>(has(ids, others[i])).toBe(false, others[i]);
    expect<i32>(ids.size).toBe(6);
    expect<i32>(ids.rangeCount).toBe(2);
  });

  it("refuses what is too short, and the next text is read all the same", () => {
    const decoder = new IdDecoder();
    expect<bool>(decode(decoder, ENCODED, 1) == null).toBe(true);
    expect<string>(decoder.problem).toBe("the encoded list is damaged; encode it anew");
    expect<bool>(decode(decoder, "") == null).toBe(true);
    expect<bool>(decode(decoder, ENCODED) != null).toBe(true);
  });
});
