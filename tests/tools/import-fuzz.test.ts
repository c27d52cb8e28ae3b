import fc from "fast-check";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments, stringify } from "yaml";
import { formatFinding } from "../../tools/errors.js";
import { findingsOf, importTexts } from "../../tools/import/import.js";
import { policyText } from "../../tools/import/policy-text.js";
import { Settler } from "../../tools/import/settle.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { isPrefix, type Path } from "../../tools/policy/fault.js";
import { repoRoot } from "../../tools/root.js";
import { findingsOf as findingsOfPolicies, PolicyChecker } from "../../tools/validate/policies.js";
import { tidegate } from "./memory-io.js";

const RUNS = 3_000;
const SEED = 20261121;
const FOLDER = join(repoRoot, "tests", "tools", "import");
const KEY = { header: "x-user-id" };

/** Every resource of the examples. */
const RESOURCES: unknown[] = readdirSync(FOLDER)
  .filter((file) => /^[\w-]+\.yaml$/.test(file))
  .flatMap((file) =>
    parseAllDocuments(readFileSync(join(FOLDER, file), "utf8")).map((document) => document.toJS() as unknown),
  );

const other = fc.oneof(
  fc.json({ maxDepth: 2 }).map((text) => JSON.parse(text) as unknown),
  fc.constantFrom<unknown>(
    undefined,
    null,
    -1,
    0,
    1.5,
    1e300,
    "",
    "\n",
    "*",
    "a/b",
    "x".repeat(2000),
    [],
    {},
    [[]],
    "{{._base.pod}}",
    "10s",
    true,
  ),
  fc.string({ maxLength: 12 }),
);
const mutation = fc.record({
  steps: fc.array(fc.nat(12), { minLength: 4, maxLength: 12 }),
  value: other,
  rename: fc.option(fc.string({ maxLength: 8 })),
});

function mutate(value: unknown, [step = 0, ...rest]: readonly number[], to: unknown, rename: string | null): unknown {
  if (typeof value !== "object" || value === null) return to;
  const entries = Object.entries(value);
  if (entries.length === 0) return to;
  const index = step % entries.length;
  const changed = rest.length === 0 ? to : mutate(entries[index]![1], rest, to, rename);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === index ? changed : item));
  return Object.fromEntries(
    entries.map(([key, inner], i) => (i === index ? [(rest.length === 0 && rename) || key, changed] : [key, inner])),
  );
}

/** Those of which a policy comes without others beside them. */
const IMPORTABLE = RESOURCES.filter((one) => importTexts([{ file: "f", text: stringify(one) }], {}).drafts.length > 0);

const mutated = fc
  .tuple(fc.nat(IMPORTABLE.length - 1), fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([i, mutations]) =>
    stringify(
      mutations.reduce((value, { steps, value: to, rename }) => mutate(value, steps, to, rename), IMPORTABLE[i]) ??
        null,
    ),
  );

const settler = new Settler(discoverPlugins());
const checker = new PolicyChecker(discoverPlugins());

/** @returns whether a policy came of it. */
async function assertPolicyOrFinding(text: string): Promise<boolean> {
  const imported = importTexts([{ file: "f", text }], { key: KEY, replicas: 2 });
  const policies = await settler.settle(imported.drafts);
  const findings = [...imported.findings, ...findingsOf(imported.sources, false)];
  for (const finding of findings)
    assert.match(formatFinding(finding), /^f:[1-9]\d*:[1-9]\d*: (error|warning) TG\d{4} [^\n\r]+[.?!]$/u);
  if (policies.length === 0) {
    assert.ok(findings.length > 0 || imported.sources.length === 0, text);
    return false;
  }
  const checked = checker.check([{ file: "p", text: policyText(policies) }]);
  const faults = findingsOfPolicies(checked).filter(({ severity }) => severity === "error");
  assert.deepEqual(faults, [], `${text}\n${policyText(policies)}`);
  return true;
}

describe("whatever the resource says", () => {
  it(`${RUNS} mutated resources give a valid policy or findings`, async () => {
    let policies = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => void (policies += Number(await assertPolicyOrFinding(text)))),
      { numRuns: RUNS, seed: SEED },
    );
    assert.ok(policies > RUNS / 4, `${policies} gave a policy`);
  });

  it("the whole command answers 0 or 1 without a stack, and validate takes what it writes", async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (stdin) => {
        const { exitCode, out, err } = await tidegate(["import", "-f", "-", "--key", "header:x-user-id"], { stdin });
        assert.ok(exitCode === 0 || exitCode === 1, err);
        assert.doesNotMatch(err, /^\s+at /m);
        if (out === "") return;
        const checked = await tidegate(["validate", "-f", "-"], { stdin: out });
        assert.equal(checked.exitCode, 0, `${stdin}\n${out}\n${checked.err}`);
      }),
      { numRuns: 60, seed: SEED },
    );
  });

  it("nothing is lost in silence: a field that nobody knows is reported, wherever it stands", () => {
    const silent: string[] = [];
    for (const resource of RESOURCES.filter((one) => !isAside(one))) {
      const { sources } = importTexts([{ file: "f", text: stringify(resource) }], { key: KEY });
      const lost = sources.flatMap(({ faults }) => faults.filter(({ code }) => LOST.includes(code)));
      const isOpen = (path: Path): boolean => !isKept(path) && !lost.some((fault) => isPrefix(fault.path, path));
      const before = messages(resource);
      for (const path of objectPaths(resource).filter(isOpen)) {
        const after = messages(withField(resource, path));
        if (after.every((message) => before.includes(message))) silent.push(`${path.join(".")} of ${nameOf(resource)}`);
      }
    }
    assert.deepEqual(silent, []);
  });
});

/** Codes of what is lost as a whole, with all in it. */
const LOST = ["TG8101", "TG8102", "TG8104", "TG8109"];

/** Resources that say something of others, and Envoy's own configuration: there only what is needed is read. */
function isAside(resource: unknown): boolean {
  const { kind, static_resources: isBootstrap } = resource as { kind?: string; static_resources?: object };
  return isBootstrap !== undefined || ["Service", "DestinationRule", "Gateway"].includes(kind ?? "");
}

function nameOf(resource: unknown): string {
  const { kind, metadata } = resource as { kind?: string; metadata?: { name?: string } };
  return `${kind ?? "configuration"} ${metadata?.name ?? ""}`;
}

function messages(resource: unknown): string[] {
  const { sources, findings } = importTexts([{ file: "f", text: stringify(resource) }], { key: KEY });
  return [...findings, ...findingsOf(sources, true)].map(({ code, message }) => `${code} ${message}`);
}

/** Labels are kept, whatever they are; and nothing else is. */
function isKept(path: Path): boolean {
  const last = String(path.at(-1));
  return (
    path[0] === "static_resources" ||
    ["labels", "annotations", "matchLabels", "selector", "workloadSelector"].includes(last)
  );
}

function objectPaths(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, one]) =>
    objectPaths(one, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return Array.isArray(value) ? inner : [path, ...inner];
}

function withField(value: unknown, [step, ...rest]: (string | number)[]): unknown {
  if (step === undefined) return { ...(value as object), unheardOf: 7 };
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === step ? withField(item, rest) : item));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, inner]) => [key, key === step ? withField(inner, rest) : inner]),
  );
}
