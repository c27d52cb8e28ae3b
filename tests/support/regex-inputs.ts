import fc from "fast-check";

/** A pattern as RE2 writes it, and as JavaScript with the flags `su` writes one of the same meaning. */
export interface Pattern {
  re2: string;
  js: string;
}

const same = (...texts: string[]): fc.Arbitrary<Pattern> =>
  fc.constantFrom(...texts.map((text) => ({ re2: text, js: text })));

const translated = (...pairs: [re2: string, js: string][]): fc.Arbitrary<Pattern> =>
  fc.constantFrom(...pairs.map(([re2, js]) => ({ re2, js })));

const character = same("a", "b", "A", "0", "9", "_", "-", " ", "é", "Ж", "😀", "\\.", "\\*", "\\n", "\\x41", "/");

const set = fc.oneof(
  same("[ab]", "[^a]", "[a-c0-9]", "[^\\W\\d]", "[é-ж]", "[^é-ж\\n]", "[\\D]", "\\d", "\\D", "\\w", "\\W"),
  translated(
    [".", "[^\\n]"],
    ["(?s:.)", "."],
    ["\\s", "[\\t\\n\\f\\r ]"],
    ["\\S", "[^\\t\\n\\f\\r ]"],
    ["[]a]", "[\\]a]"],
    ["[^]a]", "[^\\]a]"],
    ["[[:alpha:]]", "[A-Za-z]"],
    ["[[:^digit:]x]", "[^0-9]"],
    ["[[:word:]-]", "[\\w\\-]"],
    ["(?i:a)", "[aA]"],
    ["(?i:[^ab])", "[^abAB]"],
    ["\\Q.b\\E", "\\.b"],
    ["\\x{1F600}", "\\u{1F600}"],
  ),
);

const look = translated(
  ["^", "^"],
  ["$", "$"],
  ["\\A", "^"],
  ["\\z", "$"],
  ["\\b", "\\b"],
  ["\\B", "\\B"],
  ["(?m:^)", "(?<![^\\n])"],
  ["(?m:$)", "(?![^\\n])"],
);

const repetition = fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{0}", "{1,3}", "{2,}", "{0,2}?");

const group = (inner: Pattern, open: string): Pattern => ({ re2: `${open}${inner.re2})`, js: `(?:${inner.js})` });

/** Patterns that RE2 and JavaScript both have. */
export const patterns: fc.Arbitrary<Pattern> = fc.letrec<{ pattern: Pattern }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: character },
    { weight: 4, arbitrary: set },
    { weight: 1, arbitrary: look },
    {
      weight: 5,
      arbitrary: fc
        .tuple(tie("pattern"), tie("pattern"), fc.constantFrom("", "|"))
        .map(([a, b, between]) => group({ re2: a.re2 + between + b.re2, js: a.js + between + b.js }, "(?:")),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(tie("pattern"), repetition, fc.constantFrom("(", "(?:", "(?P<n>")).map(([a, times, open]) => {
        const { re2, js } = group(a, open);
        return { re2: re2 + times, js: js + times };
      }),
    },
  ),
})).pattern;

/** Short values of the characters that the patterns name, and some more. */
export const values: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(..."abABx09_-. */\n", "é", "É", "Ж", "ж", "😀", "日"), { maxLength: 9 })
  .map((characters) => characters.join(""));

/** Patterns whose repetitions of repetitions may be more than fits. */
export const largePatterns: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    { weight: 2, arbitrary: fc.constantFrom("a", ".", "", "\\b", "^", "[ab]", "é", "a|b", "|") },
    {
      weight: 3,
      arbitrary: fc
        .tuple(tie("pattern"), fc.constantFrom("{1000}", "{0,1000}", "{500,}", "*", "+", "?", "{0}", "{7}", "{3,9}"))
        .map(([inner, times]) => `(${inner})${times}`),
    },
    { weight: 2, arbitrary: fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `${a}(?:b|${b})`) },
  ),
})).pattern;

/** Texts near patterns: of the characters that mean something there. */
export const nearPatterns: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(..."()[]{}*+?|\\^$.-,:=!<>P012abdDwWsSQEAzBxipUm_#é😀 \n", "(?", "[[:", "{1,"), {
    maxLength: 24,
  })
  .map((pieces) => pieces.join(""));
