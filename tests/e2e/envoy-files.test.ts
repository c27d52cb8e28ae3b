// What `generate -t envoy --envoy-form files` writes, watched by a real Envoy: it changes under load, and no request fails.
import assert from "node:assert/strict";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { Agent, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { stringify } from "yaml";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { freePorts } from "../../tools/ports.js";
import { pluginModule } from "../support/plugin-module.js";
import { until } from "../support/until.js";
import { tidegate } from "../tools/memory-io.js";

const CLIENTS = 8;
const UPDATES = 4;
const ANSWERS_BETWEEN = 200;
const FILE = "tidegate.files.canary.yaml";

interface Given {
  port: number;
  arm?: string;
  failure?: "open" | "closed";
  others?: object[];
  moduleUrl?: string;
}

let envoy = "";
before(async () => {
  await Promise.all(["canary", "trace"].map((plugin) => pluginModule(plugin)));
  envoy = (await locateEnvoy({ allowInstall: true })).path;
});

/** Writes the files of a policy whose answers name the arm. */
async function generate(folder: string, { port, arm = "v0", failure, others = [], moduleUrl }: Given): Promise<void> {
  const canary = { name: "canary", config: { default: arm, rules: [], debug: { response_header: "x-debug" } } };
  const policy = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "files" },
    spec: {
      workload: { labels: { app: "a" } },
      failure,
      plugins: [...others, canary],
      envoy: { listener: { port }, admin: { port: (await freePorts(1))[0]! } },
    },
  };
  const options = ["-t", "envoy", "--envoy-form", "files", "--output-dir", folder, "-f", "-"];
  const modules = moduleUrl === undefined ? [] : ["--module-url", moduleUrl];
  const { exitCode, err } = await tidegate(["generate", ...options, ...modules], { stdin: stringify(policy) });
  assert.equal(exitCode, 0, err);
}

async function start(folder: string): Promise<EnvoyProcess> {
  return startEnvoy({ envoy, config: await readFile(join(folder, "envoy.yaml"), "utf8"), concurrency: 2 });
}

interface Answer {
  status: number;
  arm?: string;
}

async function ask(port: number, agent?: Agent): Promise<Answer> {
  const out = request({ host: "127.0.0.1", port, ...(agent ? { agent } : {}), timeout: 5_000 }).end();
  out.once("timeout", () => out.destroy(new Error("no answer")));
  const [response] = (await once(out, "response")) as [IncomingMessage];
  await once(response.resume(), "end");
  const arm = /^v\d/.exec(String(response.headers["x-debug"]))?.[0];
  return { status: response.statusCode ?? 0, ...(arm === undefined ? {} : { arm }) };
}

describe("the files of a running Envoy", { timeout: 120_000 }, () => {
  const seen: Answer[] = [];
  const clients: Promise<void>[] = [];
  let folder: string;
  let port: number;
  let running: EnvoyProcess;
  let isOver = false;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tidegate-files-"));
    [port] = (await freePorts(1)) as [number];
    await generate(folder, { port });
    running = await start(folder);
    await until("Envoy listens", 10_000, () =>
      ask(port).then(
        () => true,
        () => false,
      ),
    );
    for (let i = 0; i < CLIENTS; i++) clients.push(load());
  });
  after(async () => {
    isOver = true;
    await Promise.allSettled(clients);
    await running?.stop();
    await rm(folder, { recursive: true });
  });

  async function load(): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) seen.push(await ask(port, agent));
    agent.destroy();
  }

  const isServing = (arm: string): Promise<void> =>
    until(`${arm} serves`, 10_000, () => seen.length > CLIENTS && seen.slice(-CLIENTS).every((one) => one.arm === arm));

  async function more(): Promise<void> {
    const most = seen.length + ANSWERS_BETWEEN;
    await until(`${most} requests are answered`, 10_000, () => seen.length >= most);
  }

  async function stat(name: string): Promise<number> {
    return Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(await running.admin(`/stats?filter=${name}`))?.[1]);
  }

  test("changes what a plugin does without a new listener", async () => {
    for (let update = 0; update < UPDATES; update++) {
      await generate(folder, { port, arm: `v${update}` });
      await isServing(`v${update}`);
      await more();
    }
    assert.equal(await stat("listener_manager.listener_modified"), 0);
  });

  test("takes one more plugin in, and out again", async () => {
    await generate(folder, { port, arm: "v4", others: [{ name: "trace", config: { trust: "none" } }] });
    await until(
      "the listener is another",
      10_000,
      async () => (await stat("listener_manager.listener_modified")) === 1,
    );
    await isServing("v4");
    await more();
    await generate(folder, { port, arm: "v5" });
    await until(
      "the listener is the old one",
      10_000,
      async () => (await stat("listener_manager.listener_modified")) === 2,
    );
    await isServing("v5");
    await more();
  });

  test("goes on with what it had when a file is broken", async () => {
    const good = await readFile(join(folder, FILE), "utf8");
    assert.ok(good.includes("canary.wasm"));
    await writeFile(join(folder, "next"), good.replace("canary.wasm", "none.wasm"));
    await rename(join(folder, "next"), join(folder, FILE));
    await until("Envoy refuses it", 10_000, () => running.log.includes("none.wasm"));
    await more();
    await isServing("v5");
  });

  test("has failed no request meanwhile", () => {
    assert.ok(seen.length > ANSWERS_BETWEEN * (UPDATES + 3));
    assert.deepEqual(new Set(seen.map(({ status }) => status)), new Set([200]));
    assert.ok(seen.every(({ arm }) => arm !== undefined));
  });
});

describe("a mounted ConfigMap", { timeout: 60_000 }, () => {
  test("is followed when its links change", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tidegate-files-"));
    const [port] = (await freePorts(1)) as [number];
    await generate(folder, { port });
    const files = await readdir(folder);
    await mkdir(join(folder, "..old"));
    await symlink("..old", join(folder, "..data"));
    for (const file of files) {
      await rename(join(folder, file), join(folder, "..old", file));
      await symlink(join("..data", file), join(folder, file));
    }
    const running = await start(folder);
    try {
      await until("v0 serves", 10_000, () => serves(port, "v0"));
      await cp(join(folder, "..old"), join(folder, "..new"), { recursive: true });
      const text = await readFile(join(folder, "..new", FILE), "utf8");
      await writeFile(join(folder, "..new", FILE), text.replace('"default":"v0"', '"default":"v1"'));
      await symlink("..new", join(folder, "..data_tmp"));
      await rename(join(folder, "..data_tmp"), join(folder, "..data"));
      await until("v1 serves", 10_000, () => serves(port, "v1"));
    } finally {
      await running.stop();
      await rm(folder, { recursive: true });
    }
  });
});

async function serves(port: number, wanted: string): Promise<boolean> {
  return ask(port).then(
    ({ arm }) => arm === wanted,
    () => false,
  );
}

describe("an Envoy that starts without a module", { timeout: 60_000 }, () => {
  for (const [failure, status] of [
    ["open", 200],
    ["closed", 500],
  ] as const) {
    test(`answers ${status} when plugins fail ${failure}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), "tidegate-files-"));
      const [port] = (await freePorts(1)) as [number];
      await generate(folder, { port, failure, moduleUrl: "file:///nowhere/{plugin}.wasm" });
      const running = await start(folder);
      try {
        await until("Envoy listens", 10_000, () =>
          ask(port).then(
            () => true,
            () => false,
          ),
        );
        assert.deepEqual(await ask(port), { status });
      } finally {
        await running.stop();
        await rm(folder, { recursive: true });
      }
    });
  }
});
