import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { httpSend } from "../../tools/rig/http-send.js";
import { repoRoot } from "../../tools/root.js";
import { commandsWith } from "../support/processes.js";
import { until } from "../support/until.js";

const DEMO = join(repoRoot, "dist", "tools", "rig", "demo.js");
const TIDEGATE = join(repoRoot, "dist", "tools", "bin.js");
const READMES = [join(repoRoot, "README.md"), join(repoRoot, "envoy-configs", "quickstart", "README.md")];
const PATIENCE_MS = 30_000;

const metricsOf = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("tidegate_"));

/** The lines of the demo's table, which are the same on every run. */
const tableOf = (text: string): string[] =>
  text.split("\n").filter((line) => /^(plugin|ratelimit|canary|trace) /.test(line));

describe("envoy-configs/quickstart", { timeout: 120_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), "tidegate-quickstart-"));
  const children: ChildProcess[] = [];
  after(() => {
    for (const child of children) child.kill(); // what a test that failed has left would hold up this process
    rmSync(scratch, { recursive: true, force: true });
  });

  /** Starts a program whose temporary files are in a folder of its own, by which its processes can be told too. */
  const launch = (...args: string[]) => {
    const folder = mkdtempSync(join(scratch, "run-"));
    const environment = { ...process.env, TMPDIR: folder, CI: "true" };
    const child = spawn(process.execPath, ["--enable-source-maps", ...args], { env: environment, cwd: repoRoot });
    children.push(child);
    const exited = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
    return { child, folder, output: collect(child), exited };
  };
  const assertNothingLeft = (folder: string): void => {
    assert.deepEqual(readdirSync(folder), []);
    assert.deepEqual(commandsWith(folder), []);
  };

  it("npm run demo: all that it shows in Envoy is as expected and as the READMEs say", async () => {
    const { folder, output, exited } = launch(DEMO);
    assert.deepEqual(await exited, [0, null], output.text);
    assert.match(output.text, /^Envoy 1\.\d+\.\d+ on port \d+/m);
    assert.match(output.text, /^All 12 as expected\.$/m);
    for (const readme of READMES) assert.deepEqual(tableOf(readFileSync(readme, "utf8")), tableOf(output.text), readme);
    assertNothingLeft(folder);
  });

  it("npm run demo -- --embedded: the Node host shows the same table, and says that it did", async () => {
    const { folder, output, exited } = launch(DEMO, "--embedded");
    assert.deepEqual(await exited, [0, null], output.text);
    assert.match(output.text, /^Embedded: .* in the Node host, without Envoy/m);
    assert.deepEqual(tableOf(output.text), tableOf(readFileSync(READMES[0]!, "utf8")));
    assertNothingLeft(folder);
  });

  for (const [moment, signal, code, reached] of [
    ["while Envoy starts", "SIGINT", 130, (folder: string) => readdirSync(folder).length > 0],
    ["when Envoy listens", "SIGTERM", 143, (folder: string) => existsIn(folder, "admin")],
  ] as const) {
    it(`leaves no process and no file when ended by ${signal} ${moment}`, async () => {
      const { child, folder, output, exited } = launch(DEMO);
      await until("the demo has come that far", PATIENCE_MS, () => reached(folder));
      child.kill(signal);
      assert.deepEqual(await exited, [code, null], output.text);
      assert.match(output.text, new RegExp(`^demo: ended by ${signal}$`, "m"));
      assertNothingLeft(folder);
    });
  }

  it("says in one line when Envoy does not run, exits 3, and leaves nothing", async () => {
    const { output, exited, folder } = launch(
      "--import",
      "data:text/javascript,process.env.TIDEGATE_ENVOY='/no/envoy'",
      DEMO,
    );
    assert.deepEqual(await exited, [3, null]);
    assert.match(output.text, /^demo: TIDEGATE_ENVOY names \/no\/envoy, [^\n]*\n$/);
    assertNothingLeft(folder);
  });

  it("refuses an option that it does not know, exits 2", async () => {
    const { output, exited } = launch(DEMO, "--embeded");
    assert.deepEqual(await exited, [2, null]);
    assert.match(output.text, /^demo: Unknown option '--embeded'[^\n]*--embedded\.\n$/);
  });

  it("tidegate run quickstart: serves as its README shows until Ctrl-C, which ends all of it", async () => {
    const { child, folder, output, exited } = launch(TIDEGATE, "run", "quickstart", "--port", "auto");
    await until("Envoy runs", PATIENCE_MS, () => output.text.includes("curl -s"));
    const [, port = ""] = /curl -i http:\/\/127\.0\.0\.1:(\d+)\//.exec(output.text) ?? [];
    const { send, close } = httpSend(Number(port));
    const ask = (path: string, user: string) => send({ path, headers: [["x-user", user]] });
    assert.equal((await ask("/shop", "ada")).upstream?.name, "v2");
    assert.equal((await ask("/shop", "bob")).upstream?.name, "v1");
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask("/api", "bob")).status);
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
    close();
    const [, statistics = ""] = /curl -s '(.*)'/.exec(output.text) ?? [];
    await until("Envoy's statistics are those of the README", PATIENCE_MS, async () => {
      const lines = (await (await fetch(statistics)).text())
        .split("\n")
        .filter((line) => /^(?!.*_lease_)[^#].* [^0]/.test(line));
      return lines.join() === metricsOf(readFileSync(READMES[1]!, "utf8")).join();
    });
    child.kill("SIGINT");
    assert.deepEqual(await exited, [0, null], output.text);
    assert.match(output.text, /^stopped$/m);
    assertNothingLeft(folder);
  });
});

function collect(child: ChildProcess): { text: string } {
  const output = { text: "" };
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => (output.text += chunk));
  }
  return output;
}

function existsIn(folder: string, file: string): boolean {
  return readdirSync(folder).some((name) => existsSync(join(folder, name, file)));
}
