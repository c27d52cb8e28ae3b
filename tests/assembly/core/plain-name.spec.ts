import { ConfigNode, Problems } from "../../../assembly/core/config-reader";
import { parseJsonText } from "../../../assembly/core/json";
import { isPlainName, readName } from "../../../assembly/core/plain-name";

describe("isPlainName", () => {
  it("takes a letter or digit, then letters, digits and the marks", () => {
    expect(isPlainName("a", "_-", false)).toBe(true);
    expect(isPlainName("0-a_b", "_-", false)).toBe(true);
    expect(isPlainName("v1.2", "._-", true)).toBe(true);
    expect(isPlainName("A", "", true)).toBe(true);
  });

  it("refuses other characters, and marks at the start", () => {
    const bad = ["", "-a", "_", "a.b", "a b", "A", "a\n", "é"];
    for (let i = 0; i < bad.length; i++) expect(isPlainName(bad[i], "_-", false)).toBe(false);
  });

  it("takes up to 63 characters", () => {
    expect(isPlainName("a".repeat(63), "", false)).toBe(true);
    expect(isPlainName("a".repeat(64), "", false)).toBe(false);
  });
});

function problemsOf(json: string, earlier: string[]): string {
  const problems = new Problems();
  const root = ConfigNode.root(parseJsonText(json), problems);
  if (root != null) readName(root, earlier, "rule");
  return problems.list.join("; ");
}

describe("readName", () => {
  it("remembers names and refuses to see one twice", () => {
    const earlier: string[] = [];
    expect(problemsOf('{"name":"one"}', earlier)).toBe("");
    expect(problemsOf('{"name":"two"}', earlier)).toBe("");
    expect(problemsOf('{"name":"one"}', earlier)).toBe('$.name: "one" is the name of an earlier rule too');
  });

  it("says where a name is missing or unfit", () => {
    expect(problemsOf("{}", [])).toBe('$: expected the key "name", which is missing');
    expect(problemsOf('{"name":"A b"}', [])).toBe(
      "$.name: expected a letter or digit, then up to 62 of a-z, 0-9, _ and -",
    );
  });
});
