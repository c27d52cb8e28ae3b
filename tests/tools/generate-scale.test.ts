// Many policies cost as much each as few do. Milliseconds are for `npm run bench -- generate`; here work is counted.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generateFiles } from "../../tools/output/generate-files.js";
import { targetOf } from "../../tools/output/choose-target.js";
import { manyPolicies } from "../../tools/bench/many-policies.js";

const istioEnvoyFilter = targetOf({ target: "istio-envoyfilter", output: "yaml", routes: "with" });
/** Four times the policies cost four times as much; sixteen times would be quadratic. */
const MOST = 9;

/** Instances of modules that are made while `work` goes on. */
async function instancesOf(work: () => Promise<unknown>): Promise<number> {
  const { instantiate } = WebAssembly;
  let made = 0;
  WebAssembly.instantiate = (module, imports) => {
    made++;
    return instantiate(module, imports);
  };
  try {
    await work();
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  return made;
}

async function generate(count: number): Promise<number> {
  const before = process.cpuUsage();
  const texts = [{ file: "many.yaml", text: manyPolicies(count) }];
  const { findings, whole } = await generateFiles(texts, istioEnvoyFilter, { output: "yaml" });
  assert.deepEqual(findings, []);
  assert.equal(whole().split("\n---\n").length, count);
  const { user } = process.cpuUsage(before);
  return user;
}

describe("1,000 policies", () => {
  it("are generated at a cost that is linear in their number, with a few instances of each module", async () => {
    await generate(50); // compiles what it needs
    const few = await generate(250);
    let many = 0;
    const instances = await instancesOf(async () => void (many = await generate(1_000)));
    assert.ok(many < MOST * few, `${few} us for 250, ${many} us for 1,000`);
    assert.ok(instances > 0 && instances < 20, `${instances} instances`);
  });
});
