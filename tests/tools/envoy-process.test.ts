import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { UserError } from "../../tools/errors.js";
import { EnvoyLog } from "../../tools/envoy/log.js";
import { type LocatedEnvoy, locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { commandLine, hasEnded } from "../support/processes.js";

const ANY_PORT = { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } };

describe("startEnvoy", () => {
  let envoy: LocatedEnvoy;
  const scratch = mkdtempSync(join(tmpdir(), "tidegate-process-test-"));
  const usualTemporaryFolder = process.env["TMPDIR"];
  before(async () => {
    envoy = await locateEnvoy({ allowInstall: true });
    process.env["TMPDIR"] = scratch; // so that what a start leaves behind shows
  });
  after(() => {
    if (usualTemporaryFolder === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = usualTemporaryFolder;
    rmSync(scratch, { recursive: true });
  });

  it("answers on the admin interface until stopped, and leaves no process or file", async () => {
    const lines: string[] = [];
    const running = await startEnvoy({ envoy, config: { admin: ANY_PORT }, onLine: (line) => lines.push(line) });
    assert.match(await running.admin("/server_info"), /"state": "LIVE"/);
    await assert.rejects(running.admin("/no-such-page"), /404/);
    assert.match(commandLine(running.pid), /--disable-hot-restart/);
    assert.equal(readdirSync(scratch).length, 1);
    assert.deepEqual(await running.stop(), { code: 0, signal: null });
    assert.equal(commandLine(running.pid), "");
    assert.deepEqual(readdirSync(scratch), []);
    assert.ok(
      lines.some((line) => line.includes("SIGTERM")),
      running.log,
    );
    await running.stop();
  });

  it("takes YAML text, and runs beside another Envoy", async () => {
    const yaml = "admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } }";
    const both = await Promise.all([startEnvoy({ envoy, config: yaml }), startEnvoy({ envoy, config: yaml })]);
    assert.notEqual(await both[0].adminAddress(), await both[1].adminAddress());
    await Promise.all(both.map((one) => one.stop()));
  });

  it("fails with Envoy's own first error line when the configuration is refused", async () => {
    const start = startEnvoy({ envoy, config: { admin: ANY_PORT, static_ressources: {} } });
    await assert.rejects(start, (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /^Envoy did not start: Protobuf message .* no such field: 'static_ressources'/);
      assert.doesNotMatch(error.message, /\n|critical/);
      return true;
    });
  });

  it("names the address that is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const admin = { address: { socket_address: { address: "127.0.0.1", port_value: port } } };
    await assert.rejects(startEnvoy({ envoy, config: { admin } }), new RegExp(`127\\.0\\.0\\.1:${port}.*in use`));
    server.close();
  });

  it("gives up when its signal says so", async () => {
    const abort = new AbortController();
    const start = startEnvoy({ envoy, config: { admin: ANY_PORT }, signal: abort.signal });
    abort.abort(new Error("changed my mind"));
    await assert.rejects(start, /changed my mind/);
    assert.deepEqual(readdirSync(scratch), []);
  });

  it("fails in one line when the binary cannot run", async () => {
    await assert.rejects(startEnvoy({ envoy: "/no/such/envoy", config: {} }), /Envoy did not start: .*ENOENT/);
  });

  it("ends with the Node process that started it", async () => {
    const module = fileURLToPath(new URL("../../tools/envoy/process.js", import.meta.url));
    const script = `import { startEnvoy } from ${JSON.stringify(module)};
      const envoy = await startEnvoy({ envoy: ${JSON.stringify(envoy.path)}, config: ${JSON.stringify({ admin: ANY_PORT })} });
      console.log(envoy.pid);
      throw new Error("the caller has a fault");`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const pid = Number(await allOutput(child));
    assert.ok(pid > 0);
    assert.equal(await hasEnded(pid), true);
    assert.deepEqual(readdirSync(scratch), []);
  });
});

describe("EnvoyLog", () => {
  it("keeps the beginning and the newest part, in bounded memory", () => {
    const log = new EnvoyLog();
    log.append("[2026-01-01 00:00:00.000][1][critical][main] [source/a.cc:1] first\n");
    for (let i = 0; i < 1000; i++) log.append(`${"x".repeat(1000)}\n`);
    log.append("newest");
    assert.ok(log.text.length <= 256 * 1024);
    assert.match(log.text, /newest$/);
    assert.equal(log.firstError(), "first");
  });

  it("takes the first error over the warnings before it, and the first line when there is none", () => {
    const log = new EnvoyLog();
    log.append("PARSE ERROR: Argument: --nonsense\n");
    assert.equal(log.firstError(), "PARSE ERROR: Argument: --nonsense");
    log.append("[2026-01-01 00:00:00.000][1][warning][main] [source/a.cc:1] mild\n");
    log.append("[2026-01-01 00:00:00.000][1][critical][wasm] [source/b.cc:2] wasm  log ratelimit: $.rules:  bad\n");
    assert.equal(log.firstError(), "wasm log ratelimit: $.rules: bad");
  });

  it("passes whole lines on, however they arrive", () => {
    const lines: string[] = [];
    const log = new EnvoyLog((line) => lines.push(line));
    for (const chunk of ["a", "b\nc", "\n", "d"]) log.append(chunk);
    assert.deepEqual(lines, ["ab", "c"]);
  });
});

async function allOutput(child: ChildProcess): Promise<string> {
  let output = "";
  child.stdout!.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await once(child, "close");
  return output;
}
