import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import { repoRoot } from "../../tools/root.js";
import { tidegate } from "./memory-io.js";

it("the policy in the README of routes is sound, and has routes for Istio", async () => {
  const readme = readFileSync(join(repoRoot, "tools", "routes", "README.md"), "utf8");
  const stdin = /```yaml\n([^`]*)```/.exec(readme)?.[1] ?? "";
  const command = ["generate", "-t", "istio-wasmplugin", "--routes", "only", "-f", "-"];
  const { exitCode, out, err } = await tidegate(command, { stdin });
  assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
  assert.match(out, /subset: v2/);
});
