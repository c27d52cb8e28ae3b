import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { UserError } from "../../tools/errors.js";
import { formatReference, identifierOf, parseReference, referenceUrl } from "../../tools/oci/reference.js";

const DIGEST = `sha256:${"0123456789abcdef".repeat(4)}`;

/** What is read: domain, path, tag, digest. Each was compared with distribution/reference 0.6.0. */
const READ: Record<string, (string | undefined)[]> = {
  "registry.example/ratelimit": ["registry.example", "ratelimit"],
  "oci://registry.example/ratelimit:0.1.0": ["registry.example", "ratelimit", "0.1.0"],
  "registry.example:5000/a/b/c:v1": ["registry.example:5000", "a/b/c", "v1"],
  [`registry.example/a@${DIGEST}`]: ["registry.example", "a", undefined, DIGEST],
  [`oci://registry.example:5000/a:v1@${DIGEST}`]: ["registry.example:5000", "a", "v1", DIGEST],
  "localhost/a": ["localhost", "a"],
  "localhost:5000/a:Some_Tag.1-x": ["localhost:5000", "a", "Some_Tag.1-x"],
  "127.0.0.1:5000/a": ["127.0.0.1:5000", "a"],
  "[::1]:5000/a:b": ["[::1]:5000", "a", "b"],
  "[2001:db8::1]/a": ["[2001:db8::1]", "a"],
  "Registry.Example/a": ["Registry.Example", "a"],
  ratelimit: ["docker.io", "library/ratelimit"],
  "ratelimit:0.1.0": ["docker.io", "library/ratelimit", "0.1.0"],
  "test.example:5000": ["docker.io", "library/test.example", "5000"],
  "team/ratelimit": ["docker.io", "team/ratelimit"],
  "docker.io/ratelimit": ["docker.io", "library/ratelimit"],
  "index.docker.io/team/ratelimit": ["docker.io", "team/ratelimit"],
  "registry.example/a__b/c---d.e_f": ["registry.example", "a__b/c---d.e_f"],
  [`registry.example/${"a".repeat(255)}:tag`]: ["registry.example", "a".repeat(255), "tag"],
};

const REFUSED: Record<string, RegExp> = {
  "": /nothing names a repository/,
  "oci://": /nothing names a repository/,
  "https://registry.example/a": /only oci:\/\/ may stand/,
  "oci://docker://registry.example/a": /only oci:\/\/ may stand/,
  "registry.example/": /empty/,
  "registry.example//a": /empty/,
  "registry.example/a/": /empty/,
  ":tag": /empty/,
  "registry.example/Team/a": /no capitals \("Team"\)/,
  "Team/a": /no capitals/,
  "registry.example/a:": /"" is no tag/,
  "registry.example/a:b:c": /"b:c" is no tag/,
  "registry.example/a:-x": /"-x" is no tag/,
  [`registry.example/a:${"t".repeat(129)}`]: /is no tag/,
  "registry.example/a@sha256:abc": /no digest/,
  "registry.example/a@": /no digest/,
  [`registry.example/a@sha512:${"a".repeat(128)}`]: /no digest/,
  [`registry.example/a@${DIGEST.toUpperCase()}`]: /no digest/,
  [`registry.example/a@${DIGEST}@${DIGEST}`]: /no digest/,
  "registry.example:0/a": /no port 0/,
  "registry.example:65536/a": /no port 65536/,
  "registry.example:/a": /no host/,
  "registry.example:port/a": /no host/,
  "-registry.example/a": /no host/,
  "user@registry.example/a": /no digest/,
  "[fe80::1%eth0]:5000/a": /no host/,
  "999.1.1.1/a": /no host/,
  "[:::]/a": /no host/,
  "registry.example/a..b": /names no repository/,
  "registry.example/../a": /names no repository/,
  "registry.example/-a": /names no repository/,
  "registry.example/a b": /names no repository/,
  "registry.example/a\n": /names no repository/,
  "registry.example/ä": /names no repository/,
  "registry.example/a?b=c": /names no repository/,
  "registry.example/a#b": /names no repository/,
  "registry.example/a%2fb": /names no repository/,
  ["0123456789abcdef".repeat(4)]: /hash/,
  [`registry.example/${"a".repeat(256)}`]: /at most 255/,
  ["a".repeat(2000)]: /more than 1024/,
};

describe("a reference to an image", () => {
  for (const [text, [domain, path, tag, digest]] of Object.entries(READ)) {
    it(`${text.slice(0, 60)} is read`, () => {
      const expected = { domain, path, ...(tag && { tag }), ...(digest && { digest }) };
      assert.deepEqual(parseReference(text), expected);
    });
  }

  for (const [text, why] of Object.entries(REFUSED)) {
    it(`${JSON.stringify(text).slice(0, 60)} is refused`, () => {
      assert.throws(
        () => parseReference(text),
        (error) => error instanceof UserError && error.exitCode === 2 && why.test(error.message),
      );
    });
  }

  it("asks for its digest, else its tag, else latest", () => {
    assert.equal(identifierOf(parseReference(`a.example/b:c@${DIGEST}`)), DIGEST);
    assert.equal(identifierOf(parseReference("a.example/b:c")), "c");
    assert.equal(identifierOf(parseReference("a.example/b")), "latest");
  });

  it("is read as it was written, or refused, whatever it is", () => {
    const one = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom("", "", ...texts);
    const domain = one("registry.example/", "localhost:5000/", "[::1]/", "1.2.3.4:80/", "A/", "[:]/", "docker.io/");
    const path = fc.stringMatching(/^[ab9]{1,2}([./_:-]{0,2}[ab9]){0,2}$/);
    const end = [
      one(":v1", ":", ":-"),
      one(`@${DIGEST}`, "@"),
      fc.oneof(one("/", "%", "\n"), fc.string({ maxLength: 1 })),
    ];
    const texts = fc.tuple(one("oci://", "http://"), domain, path, ...end).map((all) => all.join(""));
    let read = 0;
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const reference = parseReference(text);
          assert.deepEqual(parseReference(referenceUrl(reference)), reference);
          assert.deepEqual(parseReference(formatReference(reference)), reference);
          new URL(`https://${reference.domain}/v2/${reference.path}/manifests/${identifierOf(reference)}`);
          read++;
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          assert.ok(error.message.length < 300);
        }
      }),
      { numRuns: 5_000, seed: 20261122 },
    );
    assert.ok(read > 200, `only ${read} of the texts were references`);
  });
});
