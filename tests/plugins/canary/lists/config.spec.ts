import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { readLists } from "../../../../plugins/canary/lists/config";
import { NamedLists } from "../../../../plugins/canary/lists/named-lists";

let problems: string[] = [];

function read(json: string): NamedLists {
  const found = new Problems();
  const root = ConfigNode.root(parseJsonText(json), found);
  const lists = root != null ? readLists(root, 1, 2) : new NamedLists();
  problems = found.list;
  return lists;
}

function has(lists: NamedLists, name: string, id: string): bool {
  const bytes = new Utf8(id);
  const list = lists.find(name);
  return list != null && list.has(bytes.ptr, bytes.length);
}

describe("readLists", () => {
  it("reads ids as texts, numbers and ranges", () => {
    const lists = read('{"testers": {"ids": ["42", 7, "1000-1999", "alice", 1e3]}, "none-yet": {"ids": ["x"]}}');
    expect<i32>(problems.length).toBe(0);
    const members = ["42", "7", "1500", "alice", "1000"];
    for (let i = 0; i < members.length; i++) expect<bool>(has(lists, "testers", members[i])).toBe(true, members[i]);
    expect<bool>(has(lists, "testers", "x")).toBe(false);
    expect<bool>(has(lists, "none-yet", "x")).toBe(true);
    expect<bool>(lists.find("testrs") == null).toBe(true);
    expect<string>(lists.names.join()).toBe("testers,none-yet");
  });

  it("tells the place of a wrong id and not the id", () => {
    const lists = read('{"a": {"ids": ["", "2-1", true, -1, 1.5, 9007199254740993, " x", "ok"]}}');
    expect<string[]>(problems).toStrictEqual([
      "$.a.ids[0]: expected an id of 1 to 256 bytes",
      "$.a.ids[1]: expected a range such as 1000-1999: two numbers of up to 18 digits without leading zeros, the smaller first",
      "$.a.ids[2]: expected a text in quotes, or a whole number",
      "$.a.ids[3]: expected a text in quotes, or a whole number",
      "$.a.ids[4]: expected a text in quotes, or a whole number",
      "$.a.ids[5]: expected a text in quotes, or a whole number",
      "$.a.ids[6]: expected an id without control characters, and without spaces around it",
    ]);
    expect<bool>(has(lists, "a", "ok")).toBe(true);
  });

  it("wants one source for each list, and a plain name", () => {
    const lists = read('{"a": {}, "B": {"ids": ["x"], "file": "b.txt"}, "c": {"id": ["x"]}, "d": 1, "e": {"ids": []}}');
    expect<string[]>(problems).toStrictEqual([
      '$.a: expected exactly one of the keys "ids", "file", "encoded", "fetch", not none of them',
      "$.B: expected a name of a letter or digit, then up to 62 of a-z, 0-9, _ and -",
      '$.B: expected exactly one of the keys "ids", "file", "encoded", "fetch", not 2 of them',
      '$.c.id: unknown key; did you mean "ids"?',
      '$.c: expected exactly one of the keys "ids", "file", "encoded", "fetch", not none of them',
      "$.d: expected an object, not a number",
      "$.e.ids: expected 1 to 100000 elements, not 0",
    ]);
    // What is wrong with a list is said once: conditions still find it.
    for (let i = 0; i < lists.names.length; i++) expect<bool>(has(lists, lists.names[i], "x")).toBe(false);
    expect<string>(lists.names.join()).toBe("a,B,c,d,e");
  });

  it("leaves files to the tool", () => {
    read('{"a": {"file": "a.txt"}}');
    expect<string[]>(problems).toStrictEqual(["$.a.file: expected ids; tidegate generate puts those of the file here"]);
  });

  it("reads where a list is fetched", () => {
    const lists = read(
      '{"a": {"fetch": {"cluster": "lists", "authority": "lists.shop", "path": "/a"}}, "b": {"fetch": 1}}',
    );
    expect<string[]>(problems).toStrictEqual(["$.b.fetch: expected an object, not a number"]);
    expect<bool>(has(lists, "a", "x")).toBe(false);
  });
});
