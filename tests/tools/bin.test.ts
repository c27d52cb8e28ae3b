import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { repoRoot } from "../../tools/root.js";

const BIN = join(repoRoot, "tools", "tidegate.mjs");
const DEMO = join(repoRoot, "dist", "tools", "rig", "demo.js");

function run(file: string, args: string[]): Promise<{ exitCode: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [file, ...args], (_, out, err) => {
      resolve({ exitCode: child.exitCode, out, err });
    });
    child.stdin?.end();
  });
}

describe("the command tidegate", () => {
  const folder = mkdtempSync(join(tmpdir(), "tidegate-bin-"));
  after(() => rmSync(folder, { recursive: true }));

  it("runs the compiled tool with its arguments, streams and exit code", async () => {
    const { exitCode, out, err } = await run(BIN, ["validate", "-f", "-"]);
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /^<stdin>:1:1: error TG1005 [^\n]+\n$/);
  });

  it("says in one line that it is not compiled", async () => {
    mkdirSync(join(folder, "tools"));
    const copy = join(folder, "tools", "tidegate.mjs");
    copyFileSync(BIN, copy);
    const { exitCode, out, err } = await run(copy, ["--version"]);
    assert.deepEqual({ exitCode, out }, { exitCode: 3, out: "" });
    assert.match(err, /^tidegate: [^\n]*run `npm run build` first\n$/);
  });

  for (const [name, args, said] of [
    ["tidegate", [BIN, "schema"], "tidegate"],
    ["the demo", [DEMO, "--embedded"], "demo"],
  ] as const) {
    it(`ends with one line and 3 when nobody reads the output of ${name}`, async () => {
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.destroy();
      let err = "";
      child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
      const exitCode = await new Promise((resolve) => child.once("close", resolve));
      assert.deepEqual({ exitCode, err }, { exitCode: 3, err: `${said}: standard output cannot be written: EPIPE\n` });
    });
  }
});
