// The page of codes tells of each of them, in the words that the tool has.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { codeEntries } from "../../tools/policy/code-page.js";
import { CODES } from "../../tools/policy/codes.js";
import { repoRoot } from "../../tools/root.js";
import { tidegate } from "./memory-io.js";

const entries = codeEntries();

/** Findings whose text is another program's: the compiler's, a plugin's. */
const OF_OTHERS = ["TG6001", "TG4001"];
/** Words of an example that must stand beside each other in a source. */
const WORDS = 3;

describe("the page of codes", () => {
  it("has each code, with its meaning, in the order of the codes", () => {
    assert.deepEqual(
      entries.map(({ code, meaning }) => [code, meaning]),
      Object.entries(CODES),
    );
  });

  it("shows a finding of each code, with what to do", () => {
    const form = (code: string): RegExp => new RegExp(String.raw`^[\w./-]+:\d+:\d+: (error|warning) ${code} .*[.?]$`);
    for (const { code, example } of entries) assert.match(example, form(code));
  });

  it("shows no finding that the tool would not say", () => {
    const sources = plain(sourcesIn(join(repoRoot, "tools")).join("\n"));
    const unsaid = entries.filter(({ code, example }) => {
      const parts = example.replace(/^.* TG\d{4} /, "").split(/"[^"]*"|Did you mean|[\w.-]*\d[\w.-]*/);
      return !OF_OTHERS.includes(code) && !parts.some((part) => isSaid(plain(part).trim().split(" "), sources));
    });
    assert.deepEqual(
      unsaid.map(({ example }) => example),
      [],
    );
  });
});

/** Whether so many words stand beside each other in the sources, or all of them where they are fewer. */
function isSaid(words: readonly string[], sources: string): boolean {
  const size = Math.min(WORDS, Math.max(2, words.length));
  return words.slice(size - 1).some((_, i) => sources.includes(` ${words.slice(i, i + size).join(" ")} `));
}

describe("tidegate codes", () => {
  it("lists all of them", async () => {
    const { exitCode, out } = await tidegate(["codes"]);
    assert.equal(exitCode, 0);
    assert.equal(out.trim().split("\n").length, Object.keys(CODES).length);
    assert.match(out, /^TG3004 {2}a port that the mesh keeps for itself$/m);
  });

  it("tells of those that are asked for", async () => {
    const { exitCode, out } = await tidegate(["codes", "tg3004", "TG1004"]);
    assert.equal(exitCode, 0);
    assert.match(out, /^TG3004: a port[^]*\n {2}policy\.yaml:.* error TG3004 port 15090[^]*\nTG1004: /);
  });

  it("ends with 2 for a code that there is not", async () => {
    const { exitCode, out, err } = await tidegate(["codes", "TG0000"]);
    assert.deepEqual([exitCode, out], [2, ""]);
    assert.match(err, /^tidegate: there is no code TG0000/);
  });
});

/** Texts of the sources, without the page itself and without the codes' own meanings. */
function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourcesIn(path);
    return /\.(ts|json)$/.test(entry.name) && entry.name !== "codes.ts" ? [readFileSync(path, "utf8")] : [];
  });
}

/** Words alone, one space between them. */
function plain(text: string): string {
  return ` ${text.toLowerCase().replace(/[^a-z0-9]+/g, " ")} `;
}
