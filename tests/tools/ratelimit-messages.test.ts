import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatFinding } from "../../tools/errors.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { validatePolicies } from "../../tools/validate/validate.js";

const QUOTA = "quota: { requests: 10, per: second }";

/** What is said of a policy with one rule; what is wrong begins in line 10, column 32. */
async function lines(mistake: string): Promise<string[]> {
  const text = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: p }
spec:
  workload: { labels: { app: a } }
  plugins:
    - name: ratelimit
      config:
        rules:
          - { name: some-rule, ${mistake} }
`;
  const { findings } = await validatePolicies([{ file: "p", text }], { catalog: discoverPlugins() });
  return findings.map((finding) => formatFinding(finding).replace(/^p:/, ""));
}

/** Obvious mistakes, and the one line that each is worth. */
const MISTAKES: [mistake: string, line: string][] = [
  [
    `key: x-user, ${QUOTA}`,
    '10:37: error TG2003 the string "x-user" where an object or a list belongs. ' +
      "Write keys with values: { key: value } or a line for each, or a list: [ ... ] or lines that begin with -.",
  ],
  [`key: { headr: x-user }, ${QUOTA}`, '10:39: error TG2001 unknown key "headr". Did you mean "header"?'],
  [
    `key: [{ client_address: { ipv4_prefix: 4 } }, { method: true }], ${QUOTA}`,
    "10:71: error TG2005 4 is too small. Allowed: 8 to 32.",
  ],
  [
    `key: { client_address: { hops: 1 } }, ${QUOTA}`,
    '10:57: error TG2001 unknown key "hops". Allowed here: trusted_hops, ipv4_prefix, ipv6_prefix.',
  ],
  [`key: [${"{ path: true }, ".repeat(9)}], ${QUOTA}`, "10:37: error TG2005 a list of more than 8 items. Shorten it."],
  [
    `match: { path: /api }, ${QUOTA}`,
    '10:47: error TG2003 the string "/api" where an object belongs. Write keys with values: { key: value } or a line for each.',
  ],
  [
    `match: { path: { regex: "/.*" } }, ${QUOTA}`,
    '10:49: error TG2001 unknown key "regex". Allowed here: exact, prefix, suffix, template.',
  ],
  [
    `match: { path: { template: "/u/*" } }, ${QUOTA}`,
    '10:59: error TG2006 "/u/*" has the wrong form. Expected segments such as users or {id}, and "**" as the last one only.',
  ],
  [
    `match: { otherwise: true, methods: [GET] }, ${QUOTA}`,
    '10:39: error TG2008 {"otherwise":true,"methods":["GET"]} fits none of the forms allowed here. ' +
      'Expected "otherwise" alone, without conditions.',
  ],
  [`cost: { max: 3 }, ${QUOTA}`, '10:38: error TG2008 "max" needs "header" beside it. Add header, or remove max.'],
  [
    `cost: { constant: 11 }, ${QUOTA}`,
    "10:50: error TG4001 ratelimit: expected at most 10, the least burst of the rule, its overrides and its conditions.",
  ],
  [
    `conditions: [{ name: c, when: rps > 1, for: 3, then: { percent: 50 } }], ${QUOTA}`,
    "10:76: error TG2003 the number 3 where a string belongs. For example: 10s.",
  ],
  [
    `conditions: [{ name: c, when: rps > 1, then: 50 }], ${QUOTA}`,
    "10:77: error TG2003 the number 50 where an object belongs. Write keys with values: { key: value } or a line for each.",
  ],
];

describe("one line is said of", () => {
  for (const [mistake, line] of MISTAKES) {
    it(mistake, async () => {
      assert.deepEqual(await lines(mistake), [line]);
    });
  }
});
