// The Chinese of all texts that the project has for plugins: there, used, and with everything in it that is no word.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { aboutOf } from "../../../tools/package/docs/about.js";
import { chineseFaults } from "../../../tools/package/docs/chinese.js";
import type { About } from "../../../tools/package/docs/facts.js";
import { aboutTexts, schemaTexts } from "../../../tools/package/docs/texts.js";
import { repoRoot } from "../../../tools/root.js";
import type { JsonSchema } from "../../../tools/schema/policy-schema.js";
import { shippedPlugins } from "../../support/shipped.js";

/** What is called the same in Chinese. */
const NAMES = (
  "trace ratelimit canary traceresponse Server-Timing Baggage Authority Retry-After RateLimit X-RateLimit Cookie Max-Age SameSite " +
  "Secure HttpOnly ID"
).split(" ");
const HAN = /\p{Script=Han}/u;
/** Code, numbers, paths, and words with a hyphen, dot or underscore, such as names of headers and keys. */
const VERBATIM = /`[^`]+`|%[A-Z_]+\([^)]*\)%|\b[a-z0-9]+(?:[_.][a-z0-9]+)+\b|\d[\d,.]*\d|\d/g;

const shared = readJson("assembly", "plugin", "configuration.schema.json");
const sources = [
  { name: "assembly/plugin", texts: schemaTexts(shared), chinese: readJson("assembly", "plugin", "zh-CN.json") },
  ...shippedPlugins().map((plugin) => {
    const about = aboutOf(plugin, readJson("plugins", plugin.name, "plugin.json") as Partial<About>);
    const texts = new Set([...schemaTexts(plugin.ownSchema), ...aboutTexts(about)]);
    return { name: `plugins/${plugin.name}`, texts, chinese: readJson("plugins", plugin.name, "zh-CN.json") };
  }),
];

for (const { name, texts, chinese } of sources)
  describe(`zh-CN.json of ${name}`, () => {
    const all = Object.entries(chinese as Record<string, string>);

    it("has the Chinese of every text, and of nothing else", () => {
      assert.deepEqual(chineseFaults(chinese as Record<string, string>, texts), []);
      assert.ok(all.length > 40);
    });

    it("is Chinese, but for names", () => {
      assert.deepEqual(
        all.filter(([, text]) => !HAN.test(text) && !NAMES.includes(text)),
        [],
      );
    });

    it("has all code, names of keys and numbers of the English texts", () => {
      const lost = all.flatMap(([english, text]) =>
        (english.match(VERBATIM) ?? []).filter((part) => !text.includes(part)).map((part) => `${part}: ${text}`),
      );
      assert.deepEqual(lost, []);
    });

    it("ends sentences as the English texts do, in full-width signs", () => {
      const ends = all.filter(([english, text]) => english.endsWith(".") !== text.endsWith("。"));
      assert.deepEqual(ends, []);
      assert.deepEqual(
        all.filter(([, text]) => /\p{Script=Han}[,;:!?](\s|\p{Script=Han}|$)/u.test(text)),
        [],
      );
    });
  });

function readJson(...path: string[]): JsonSchema {
  return JSON.parse(readFileSync(join(repoRoot, ...path), "utf8")) as JsonSchema;
}
