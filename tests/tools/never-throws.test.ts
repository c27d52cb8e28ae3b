import fc from "fast-check";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { formatFinding, hasErrors } from "../../tools/errors.js";
import { inWords } from "../../tools/generate/in-words.js";
import { FORMS, TARGETS } from "../../tools/generate/targets.js";
import { yamlText } from "../../tools/generate/text.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { repoRoot } from "../../tools/root.js";
import { findingsOf, PolicyChecker } from "../../tools/validate/policies.js";
import { goldenFolder } from "./golden-file.js";
import { tidegate } from "./memory-io.js";

const checker = new PolicyChecker(discoverPlugins());
const QUICKSTART = readFileSync(join(repoRoot, "envoy-configs", "quickstart", "policy.yaml"), "utf8");
const RUNS = { numRuns: 1_000, seed: 20261121 };

/** Policies with routes, in every way that Envoy has, and a checker that knows nothing of canary's schema. */
const ROUTES = [
  "routes",
  "routes-cluster",
  "routes-gateway-api",
  "routes-header",
  "routes-metadata",
  "routes-weighted",
];
const ANY = { type: "object" };
const lenient = new PolicyChecker(
  new Map([["canary", { name: "canary", folder: "canary", schema: ANY, ownSchema: ANY }]]),
);

const MODULE = {
  sha256: "a".repeat(64),
  bytes: Uint8Array.of(),
  imports: ["env.proxy_log"],
  exports: ["proxy_on_log"],
};

/** What a policy says of its plugins' failures and calls, of all and of one. */
function withFailures(policy: { spec: { plugins: object[] } }): object {
  const own = { reload: { baseInterval: "500ms" }, capabilities: "all" };
  const plugins = policy.spec.plugins.map((plugin, i) => (i === 1 ? { ...plugin, ...own, failure: "reload" } : plugin));
  const all = { failure: "reload", reload: { baseInterval: "2s" }, capabilities: "restricted", plugins };
  return { ...policy, spec: { ...policy.spec, ...all } };
}

/** Whatever the text: findings of one line each with a place inside the file, or a policy that every target takes. */
function assertFindingsOrOutput(text: string, by = checker): void {
  const checked = by.check([{ file: "p", text }]);
  const { policies } = checked;
  const findings = findingsOf(checked);
  for (const finding of findings) {
    assert.match(formatFinding(finding), /^p:[1-9]\d*:[1-9]\d*: (error|warning) TG\d{4} [^\n\r]+[.?!]$/u);
    assert.ok(finding.line <= text.split("\n").length, `line ${finding.line} of ${JSON.stringify(text)}`);
  }
  if (hasErrors(findings)) return;
  assert.ok(policies.length > 0);
  for (const { policy } of policies) {
    for (const target of [...TARGETS, ...Object.values(FORMS)]) {
      const { routes } = target;
      if (routes?.faults(policy).every(({ severity }) => severity === "warning"))
        yamlText(routes.generate(policy), "x");
      const options = { module: () => MODULE };
      if (target.faults(policy, options).some(({ severity }) => severity !== "warning")) continue;
      assert.ok(yamlText(target.generate(policy, options), "x").length > 0);
      assert.ok(inWords([policy], target, options).length > 0);
    }
  }
}

/** Text that is nearly YAML: bits of it in any order. */
const scraps = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "a",
        "- ",
        ": ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "\n",
        "  ",
        "&a ",
        "*a",
        "? ",
        "|\n",
        ">-\n",
        "'",
        '"',
        "#",
        "%",
        "!",
        "!!str ",
        "---\n",
      ),
      fc.constantFrom(
        "apiVersion: tidegate.dev/v1alpha1\n",
        "kind: PluginPolicy\n",
        "spec:\n",
        "plugins:\n",
        "<<: ",
        "__proto__: ",
        "~",
        "0x",
        ".inf",
        "\u0000",
        "\r",
        "\ufeff",
      ),
      fc.string({ unit: "binary", maxLength: 3 }),
    ),
    { maxLength: 60 },
  )
  .map((bits) => bits.join(""));

/** A path into the quickstart policy and something else to stand there. */
const mutation = fc.record({
  steps: fc.array(fc.nat(12), { minLength: 1, maxLength: 8 }),
  value: fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.constantFrom<unknown>(undefined, null, -1, 0, 1e300, 2 ** 53, "", "\n", "x".repeat(5000), [], {}, [[]], {
      name: "canary",
    }),
  ),
  rename: fc.option(fc.string({ maxLength: 8 })),
});

function mutate(value: unknown, steps: readonly number[], other: unknown, rename: string | null): unknown {
  const [step = 0, ...rest] = steps;
  if (typeof value !== "object" || value === null) return other;
  const entries = Object.entries(value);
  if (entries.length === 0) return other;
  const index = step % entries.length;
  const [key, inner] = entries[index]!;
  const changed = rest.length === 0 ? other : mutate(inner, rest, other, rename);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === index ? changed : item));
  return Object.fromEntries(
    entries.map(([k, v], i) => (i === index ? [(rest.length === 0 && rename) || key, changed] : [k, v])),
  );
}

/** Texts of a policy with up to three other values in it. */
function mutationsOf(policy: unknown): fc.Arbitrary<string> {
  return fc
    .array(mutation, { minLength: 1, maxLength: 3 })
    .map((mutations) =>
      stringify(
        mutations.reduce((value, { steps, value: other, rename }) => mutate(value, steps, other, rename), policy) ??
          null,
      ),
    );
}

describe("whatever the policy says", () => {
  it("the unchanged quickstart has output", () => assertFindingsOrOutput(QUICKSTART));

  it("any text has findings or output", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), scraps), (text) =>
        assertFindingsOrOutput(text),
      ),
      RUNS,
    );
  });

  it("any cut of a policy has findings or output", () => {
    const cuts = fc.tuple(fc.nat(QUICKSTART.length), fc.nat(40), fc.string({ unit: "binary", maxLength: 4 }));
    const cut = ([at, length, text]: [number, number, string]): string =>
      QUICKSTART.slice(0, at) + text + QUICKSTART.slice(at + length);
    fc.assert(
      fc.property(cuts.map(cut), (text) => assertFindingsOrOutput(text)),
      { ...RUNS, numRuns: 500 },
    );
  });

  it("any value anywhere in a policy has findings or output", () => {
    const mutated = mutationsOf(withFailures(parse(QUICKSTART) as Parameters<typeof withFailures>[0]));
    fc.assert(
      fc.property(mutated, (text) => assertFindingsOrOutput(text)),
      RUNS,
    );
  });

  for (const name of ROUTES) {
    it(`any value anywhere in ${name} has findings or output`, () => {
      const file = join(goldenFolder("golden"), `${name}.in.yaml`);
      const mutated = mutationsOf(parse(readFileSync(file, "utf8")));
      fc.assert(
        fc.property(mutated, (text) => assertFindingsOrOutput(text, lenient)),
        { ...RUNS, numRuns: 300 },
      );
    });
  }

  it("the whole command answers 0 or 1, without a stack", async () => {
    const policy: unknown = parse(QUICKSTART);
    const stdin = fc.oneof(
      scraps,
      mutation.map(({ steps, value, rename }) => stringify(mutate(policy, steps, value, rename) ?? null)),
    );
    await fc.assert(
      fc.asyncProperty(stdin, fc.constantFrom("validate", "generate -t envoy"), async (text, command) => {
        const { exitCode, out, err } = await tidegate([...command.split(" "), "-f", "-"], { stdin: text });
        assert.ok(exitCode === 0 || exitCode === 1, err);
        assert.doesNotMatch(err, /^\s+at /m);
        if (exitCode === 1) assert.equal(out, "");
      }),
      { numRuns: 25, seed: RUNS.seed },
    );
  });
});
