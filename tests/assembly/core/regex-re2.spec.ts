// What RE2's own tests say of patterns and values: testing/re2-search.txt, as Go carries it in regexp/testdata.
import { Utf8 } from "../../../assembly/core/bytes";
import { Regex } from "../../../assembly/core/regex";

const WHOLE = "whole";
const PART = "part";
const NONE = "none";

/** Pattern, value, and whether it matches the whole value, a part of it, or none. */
const CASES: string[][] = [
  ["a", "zyzzyva", PART],
  ["a+", "aa", WHOLE],
  ["(a+|b)+", "ab", WHOLE],
  ["ab|cd", "xabcdx", PART],
  ["h.*od?", "hello\ngoodbye\n", PART],
  ["h.*o", "othello, world", PART],
  ["[^\\s\\S]", "aaaaaaa", NONE],
  ["a*", "", WHOLE],
  ["a*b", "cab", PART],
  ["((((((((((((((((((((x))))))))))))))))))))", "x", WHOLE],
  ["[^x]", "xxxabcdxxx", PART],
  ["(foo|fo)", "foo", WHOLE],
  ["aa", "aA", NONE],
  ["^(foo|bar|[A-Z])", "foo", WHOLE],
  ["^^$", "x", NONE],
  ["^^^^^^^^$$$$$$$$", "", WHOLE],
  ["\\bfoo\\b", "nofoo foo that", PART],
  ["a\\b", "faoa x", PART],
  ["\\bbar", "foo\nbar x", PART],
  ["bar\\b", "foobar\nxxx", PART],
  ["\\b", "", NONE],
  ["\\b", "x", PART],
  ["\\b(foo|bar|[A-Z])\\b", "XY", NONE],
  ["\\b(foo|bar|[A-Z])\\b", "ffoo bbar N x", PART],
  ["\\b\\b", "x", PART],
  ["^\\b$", "x", NONE],
  ["^\\b.\\b$", "x", WHOLE],
  ["^^^^^^^^\\b.$$$$$$", "x", WHOLE],
  ["\\Bfoo\\B", "n foo xfoox that", PART],
  ["\\Bbar", "foo\nbar x", NONE],
  ["bar\\B", "foobar\nxxx", NONE],
  ["\\B", "", WHOLE],
  ["\\B", "x", NONE],
  ["\\B(foo|bar|[A-Z])\\B", "xXy", PART],
  ["\\B(foo|bar|[A-Z])\\B", "XY", NONE],
  ["\\B(foo|bar|[A-Z])\\B", "xfoo\n", NONE],
  ["^\\B\\B", "", WHOLE],
  ["\\bx\\b", "«x»", PART],
  ["\\bx\\b", "axb", NONE],
  ["\\bx\\b", "áxβ", PART],
  ["\\Bx\\B", "áxβ", NONE],
  ["$^$", "", WHOLE],
  ["$^", "x\n\ny", NONE],
  ["(foo\\$)", "foo$bar", PART],
  ["^...$", "日本語", WHOLE],
  ["^.........$", "日本語", NONE],
  ["^.....$", ".本.", NONE],
  ["\\0600", "00", WHOLE],
  ["\\608", "08", WHOLE],
  ["\\x{00000061}", "a", WHOLE],
  ["[^0-9]+", "abc123", PART],
  ["(?i)[@-A]+", "@AaB", PART],
  ["(?i)[A-Z]+", "aAzZ", WHOLE],
  ["(?i)[^\\\\]+", "Aa\\", PART],
  ["(?i)[acegikmoqsuwy]+", "acegikmoqsuwyACEGIKMOQSUWY", WHOLE],
  ["[@-A]+", "@AaB", PART],
  ["^abc", "aabcdef", NONE],
  ["^[ay]*[bx]+c", "aabcdef", PART],
  ["d[ex][fy]$", "abcdeff", NONE],
  ["(?m)^abc", "aabcdef", NONE],
  ["(?m)def$", "abcdef", PART],
  ["\\w*I\\w*", "Inc.", PART],
];

function matches(pattern: string, value: string): bool {
  const regex = Regex.parse(pattern);
  expect(regex.problem).toBe("", pattern);
  return regex.matches(new Utf8(value));
}

describe("Regex", () => {
  it("agrees with RE2", () => {
    for (let i = 0; i < CASES.length; i++) {
      const pattern = CASES[i][0];
      const value = CASES[i][1];
      const found = CASES[i][2];
      expect(matches(pattern, value)).toBe(found == WHOLE, `${pattern} and "${value}"`);
      expect(matches(`(?s:.*)(?:${pattern})(?s:.*)`, value)).toBe(found != NONE, `part of "${value}": ${pattern}`);
    }
  });
});
