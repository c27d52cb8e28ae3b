import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { repoRoot } from "../../tools/root.js";
import { hasEnded } from "../support/processes.js";

const READY = join(repoRoot, "tools", "ready.mjs");
const urlOf = (name: string): string => pathToFileURL(join(repoRoot, "tools", "ready", name)).href;
const ready = (...args: string[]) => spawnSync(process.execPath, args, { encoding: "utf8" });

describe("node tools/ready.mjs", () => {
  it("names its tasks when given none or an unknown one, and exits 2", () => {
    for (const args of [[], ["tset"], ["constructor"]]) {
      const { status, stderr } = ready(READY, ...args);
      assert.equal(status, 2);
      assert.match(stderr, /^ {2}demo {2,}show all three plugins/m);
      assert.match(stderr, /^ {2}test:e2e /m);
    }
  });

  it("does its task to the end when nobody reads what it says", async () => {
    const child = spawn(process.execPath, [READY, "tset"], { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.destroy();
    assert.deepEqual(await once(child, "exit"), [2, null]);
  });

  it("says in one line that Node is too old", () => {
    const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"18.20.1"}})';
    const { status, stderr } = ready("--import", old, READY, "demo");
    assert.equal(status, 2);
    assert.match(stderr, /^tidegate needs Node 20 or newer.*\n$/);
  });

  it("takes no arguments for a task of several parts", () => {
    const { status, stderr } = ready(READY, "test", "ratelimit");
    assert.equal(status, 2);
    assert.match(stderr, /^ready: test takes no arguments.*\n$/);
  });

  it("has a script of package.json for every task", async () => {
    const { tasks } = (await import(urlOf("tasks.mjs"))) as { tasks: Record<string, Record<string, string[]>> };
    const { default: manifest } = (await import(pathToFileURL(join(repoRoot, "package.json")).href, {
      with: { type: "json" },
    })) as { default: { scripts: Record<string, string> } };
    for (const name of Object.keys(tasks)) assert.equal(manifest.scripts[name], `node tools/ready.mjs ${name}`);
    for (const { steps = [], together = [] } of Object.values(tasks)) {
      for (const step of [...steps, ...together]) assert.ok(tasks[step], step);
    }
  });
});

describe("dependenciesMatch", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tidegate-ready-"));
  after(() => rmSync(scratch, { recursive: true }));

  type Packages = Record<string, { version: string; integrity?: string; optional?: boolean }>;
  const matches = async (wanted: Packages, installed?: Packages): Promise<boolean> => {
    const folder = mkdtempSync(join(scratch, "project-"));
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: wanted }));
    if (installed) {
      writeFileSync(join(folder, "node_modules", ".package-lock.json"), JSON.stringify({ packages: installed }));
    }
    const { dependenciesMatch } = (await import(urlOf("dependencies.mjs"))) as {
      dependenciesMatch: (folder: string) => boolean;
    };
    return dependenciesMatch(folder);
  };
  const yaml = { "node_modules/yaml": { version: "2.9.1", integrity: "sha512-a" } };

  it("holds when all that the lock file names is installed", async () => {
    assert.equal(await matches({ "": { version: "0.1.0" }, ...yaml }, yaml), true);
  });

  it("does not hold after an install that never ended, a new version, or a new package", async () => {
    assert.equal(await matches(yaml), false);
    assert.equal(await matches({ "node_modules/yaml": { version: "2.9.2", integrity: "sha512-b" } }, yaml), false);
    assert.equal(await matches({ ...yaml, "node_modules/ajv": { version: "8.0.0" } }, yaml), false);
  });

  it("does without an optional package, which another platform needs", async () => {
    assert.equal(await matches({ ...yaml, "node_modules/fsevents": { version: "2.0.0", optional: true } }, yaml), true);
  });
});

describe("run", () => {
  const script = (call: string): string =>
    `import { run } from ${JSON.stringify(urlOf("run.mjs"))};
     process.exitCode = await ${call}.catch((error) => error.exitCode);`;

  it("gives the command's exit code", () => {
    assert.equal(ready("--input-type=module", "-e", script(`run(["sh", "-c", "exit 7"])`)).status, 7);
    assert.equal(ready("--input-type=module", "-e", script(`run(["sh", "-c", "kill -TERM $$"])`)).status, 143);
  });

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`passes ${signal} to all that the command started, and exits ${code}`, async () => {
      // The grandchild ignores the signal: it must not outlive us either.
      const shell = `(trap "" INT TERM; echo $$; exec sleep 60) & echo $!; wait`;
      const child = spawn(process.execPath, [
        "--input-type=module",
        "-e",
        script(`run(["sh", "-c", ${JSON.stringify(shell)}])`),
      ]);
      const lines: string[] = [];
      for await (const line of createInterface({ input: child.stdout })) if (lines.push(line) === 2) break;
      child.kill(signal);
      assert.deepEqual(await once(child, "exit"), [code, null]);
      for (const pid of lines) assert.equal(await hasEnded(Number(pid)), true, pid);
    });
  }

  it("ends what the command started when npm's shell is killed over it", async () => {
    const call = script(`run(["sh", "-c", "echo $$; exec sleep 60"])`);
    // The shell waits for us as npm's does; that nothing is exec'd in its place needs a second command.
    const shell = `"$0" --input-type=module -e "$1"; true`;
    const environment = { ...process.env, npm_lifecycle_event: "demo" };
    const npm = spawn("sh", ["-c", shell, process.execPath, call], { env: environment });
    const [line] = (await once(createInterface({ input: npm.stdout }), "line")) as [string];
    npm.kill("SIGTERM");
    await once(npm, "exit");
    assert.equal(await hasEnded(Number(line)), true);
  });
});
