import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { MAX_MATCHED_BYTES, Regex } from "../../../assembly/core/regex";

function matches(pattern: string, value: string): bool {
  const regex = Regex.parse(pattern);
  expect(regex.problem).toBe("", pattern);
  return regex.matches(new Utf8(value));
}

/** Each of `all` and `none`, apart by commas, does or does not match. */
function expectMatches(pattern: string, all: string, none: string): void {
  const good = all.split(",");
  const bad = none.split(",");
  for (let i = 0; i < good.length; i++) expect(matches(pattern, good[i])).toBe(true, `${pattern} and "${good[i]}"`);
  for (let i = 0; i < bad.length; i++) expect(matches(pattern, bad[i])).toBe(false, `${pattern} and "${bad[i]}"`);
}

describe("Regex", () => {
  it("matches whole values only", () => {
    expectMatches("v[0-9]+", "v1,v2024", ",v,1,v1x,xv1,v1 ,V1");
    expectMatches("a|bc", "a,bc", ",ab,abc,b");
    expectMatches("", "", " ,a");
    expectMatches("a|", ",a", "aa");
    expectMatches("()", "", "a");
  });

  it("repeats", () => {
    expectMatches("ab*", "a,ab,abbb", ",b,abab");
    expectMatches("(ab)+", "ab,abab", ",a,aba");
    expectMatches("ab?c", "ac,abc", "abbc,ab");
    expectMatches("a{2}", "aa", ",a,aaa");
    expectMatches("a{2,}", "aa,aaaaa", ",a");
    expectMatches("(a|bb){1,3}", "a,bb,abb,bbbbbb,aaa", ",b,aaaa,abbb");
    expectMatches("xa{0}y|xa{0,0}z", "xy,xz", "xay,xaz");
    expectMatches("(a*)*|(b*)+", ",a,aaa,b,bbb", "ab");
    expectMatches("(|a)+b", "b,ab,aab", "a,");
    expectMatches("(a+|b*){2,3}c", "c,aabc,ac", "d,abab");
  });

  it("takes lazy repetitions for ordinary ones", () => {
    expectMatches("a*?b+?c??d{1,2}?", "bd,aabbcdd", "ad,bddd");
    expectMatches("(?U)a*b", "b,aab", "a");
  });

  it("knows classes", () => {
    expectMatches("[a-c_]", "a,b,c,_", "d,-,");
    expectMatches("[^a-c]", "d,-,é,\n", "a,b,c,");
    expectMatches("[]a]|[^]b]", "],a,c", "b");
    expectMatches("[a-]|[-b]|[+--]", "a,-,b,+", "c");
    expectMatches("[\\]\\-\\\\]", "],-,\\", "a");
    expectMatches("\\d\\D", "1a,1é", "11,aa");
    expectMatches("\\w\\W", "a-,_é,0 ", "aa,-a,é-");
    expectMatches("\\s\\S", " a,\ta,\na", "aa,  ,\x0ba");
    expectMatches("[\\d.]+", "1.5", "a");
    expectMatches("[^\\d\\s]", "a", "1, ");
    expectMatches("[[:alpha:]_][[:^alpha:]]", "a1,__,Z-", "1a,aa");
    expectMatches("[[:xdigit:]]+", "09afAF", "g");
    expectMatches("[[:space:]]", "\x0b, ", "a");
    expectMatches("[[:punct:]]", "!,/,:,@,[,`,{,~", "a,0, ");
    expectMatches("[[a]|[[:a]", "[,a,:", "]");
  });

  it("knows escapes", () => {
    expectMatches("\\.\\*\\+\\?\\(\\)\\[\\]\\{\\}\\|\\^\\$\\/\\-\\_", ".*+?()[]{}|^$/-_", "");
    expectMatches("\\x41\\x{42}\\103\\060", "ABC0", "abc0");
    expectMatches("\\x{1F600}", "😀", "x");
    expectMatches("\\t\\n\\r\\f\\v\\a", "\t\n\r\f\x0b\x07", "");
    expectMatches("\\Qa.b*\\E*c", "a.bc,a.b**c", "axbc,a.ba.b*c");
    expectMatches("\\Q[(", "[(", "");
  });

  it("takes braces without numbers as they are", () => {
    expectMatches("a{|c{x}|f}", "a{,c{x},f}", "a,c,f");
    expect(matches("b{,2}", "b{,2}")).toBe(true);
    expect(matches("d{1,y}", "d{1,y}")).toBe(true);
    expect(matches("e{01}", "e{01}")).toBe(true);
  });

  it("knows groups and flags", () => {
    expectMatches("(a)(?:b)(?P<x1>c)(?<y>d)", "abcd", "abc");
    expectMatches("(?i)v[a-c]x", "vax,VBX,vCx", "vdx");
    expectMatches("a(?i)b|c", "ab,aB,C,c", "AB,A");
    expectMatches("(?i:a)b(?i)c(?-i)d", "abcd,AbCd", "ABcd,abcD");
    expectMatches("((?i)a)b", "ab,Ab", "aB");
    expectMatches("(?i)[^a]|[[:upper:]]b|\\d", "b,ab,AB,1", "a,A");
    expectMatches("a.c", "abc,aéc", "a\nc,ac");
    expectMatches("(?s)a.c", "a\nc", "ac");
    expectMatches("(?s-s:.)(?is:X.)", "ax\n,aX ", "\nx ");
  });

  it("looks at the edges of the text, of lines and of words", () => {
    expectMatches("^a$|\\Ab\\z", "a,b", "ab");
    expectMatches("a^b|a$b|x\\Ay|x\\zy|z", "z", "ab,xy,a,");
    expectMatches("(?m)a$\\n^b", "a\nb", "ab");
    expectMatches("a$\\n^b|c", "c", "a\nb");
    expectMatches(".*\\bfoo\\b.*", "foo,a foo,foo-bar", "foobar,afoo,foo_");
    expectMatches(".*\\Bfoo\\B.*", "afoob", "foo,afoo");
    expectMatches("(\\b|a)*b", "b,ab,aab", "a,");
    expectMatches("a\\bb|a\\B|a\\B-|a\\Bc|\\B", "ac,", "a,ab,a-");
  });

  it("looks at both neighbours of a place", () => {
    const edges = ["", "\n", "w", "-"];
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) {
        const before = edges[i];
        const after = edges[j];
        const value = before + after;
        const wordEdge = (before == "w") != (after == "w");
        expect(matches(`${before}^${after}`, value)).toBe(before == "", `^ in "${value}"`);
        expect(matches(`${before}$${after}`, value)).toBe(after == "", `$ in "${value}"`);
        expect(matches(`(?m)${before}^${after}`, value)).toBe(i < 2, `(?m)^ in "${value}"`);
        expect(matches(`(?m)${before}$${after}`, value)).toBe(j < 2, `(?m)$ in "${value}"`);
        expect(matches(`${before}\\b${after}`, value)).toBe(wordEdge, `\\b in "${value}"`);
        expect(matches(`${before}\\B${after}`, value)).toBe(!wordEdge, `\\B in "${value}"`);
      }
    }
  });

  it("takes characters of UTF-8 for characters", () => {
    expectMatches("...", "äöü,日本語,😀😀😀", "äö,aäöü");
    expectMatches("[à-ü]+|[😀-😂]", "äöü,😁", "a,😃");
    expectMatches("[^é]", "e,è,日", "é");
    expectMatches("[^\\x00-\\x7F]+", "é日😀", "é日a");
  });

  it("matches nothing that is no UTF-8, or too long", () => {
    const all = Regex.parse("(?s).*");
    const bytes = new Utf8("\x7f".repeat(MAX_MATCHED_BYTES + 1));
    expect(all.matches(bytes)).toBe(false);
    bytes.length--;
    expect(all.matches(bytes)).toBe(true);
    store<u8>(bytes.ptr + 5000, 0xe9);
    expect(all.matches(bytes)).toBe(false);
  });

  it("can be asked again and again", () => {
    const regex = Regex.parse("(x+x+)+y|[a-f]{3}");
    for (let i = 0; i < 3; i++) {
      expect(regex.matches(new Utf8("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy"))).toBe(true);
      expect(regex.matches(new Utf8("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))).toBe(false);
      expect(regex.matches(new Utf8("abc"))).toBe(true);
      expect(regex.matches(new ByteView())).toBe(false);
    }
  });

  it("is linear where backtracking would never end", () => {
    const patterns = ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a?){250}a{250}b", "((a*)*)*b", "(.*)*,(.*)*b", "(a+a+)+b"];
    const value = new Utf8("a".repeat(MAX_MATCHED_BYTES));
    for (let i = 0; i < patterns.length; i++) {
      expect(Regex.parse(patterns[i]).matches(value)).toBe(false, patterns[i]);
    }
  });

  it("matches nothing with a bad pattern", () => {
    expect(Regex.parse("(").matches(new Utf8(""))).toBe(false);
  });
});
