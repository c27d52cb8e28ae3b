import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { compile } from "../../tools/build/asc.js";
import { checkModule, inspectModule } from "../../tools/build/check-module.js";
import { formatFinding } from "../../tools/errors.js";
import { type HeaderList, type Plugin, PluginModule, Proxy } from "../../tools/host/index.js";
import { repoRoot } from "../../tools/root.js";

const GUIDE = readFileSync(join(repoRoot, "assembly", "FROM-PROXY-RUNTIME.md"), "utf8");
const SDK = join(repoRoot, "node_modules", "@solo-io", "proxy-runtime", "assembly");

/** A project with the guide's examples as its plugins. */
const project = realpathSync(mkdtempSync(join(tmpdir(), "tidegate-guide-")));
before(() => {
  mkdirSync(join(project, "node_modules"));
  symlinkSync(repoRoot, join(project, "node_modules", "tidegate"), "dir");
});
after(() => rmSync(project, { recursive: true }));

/** Builds an example of the guide as a project's plugin is built, and starts it. */
async function start(name: string, proxy: Proxy, configuration = ""): Promise<Plugin> {
  const entry = `plugins/${name}/index.ts`;
  const [, text] = new RegExp(`\`\`\`ts\\n(// ${entry}\\n[^]*?)\`\`\``).exec(GUIDE) ?? [];
  assert.ok(text, `the guide has no ${entry}`);
  mkdirSync(join(project, "plugins", name), { recursive: true });
  writeFileSync(join(project, entry), text);
  const { wasm, findings } = await compile(join(project, entry), "release", project);
  assert.deepEqual(findings.map(formatFinding), []);
  assert.deepEqual(checkModule((await inspectModule(wasm!))!), []);
  const vm = await proxy.createVm(await PluginModule.compile(wasm!), { vmId: name });
  const plugin = vm.startPlugin({ name, rootId: name, configuration });
  assert.ok(plugin.ok);
  return plugin;
}

const GET: HeaderList = [
  [":method", "GET"],
  [":path", "/a"],
  [":authority", "shop"],
];

describe("the guide's example", () => {
  it("add-header adds what it is configured to", async () => {
    const plugin = await start("add-header", new Proxy(), "world!");
    const stream = plugin.openStream();
    stream.responseHeaders([[":status", "200"]], true);
    assert.deepEqual(stream.response.headers.at(-1), ["hello", "world!"]);
  });

  it("only-known answers whom it does not know", async () => {
    const plugin = await start("only-known", new Proxy());
    const stranger = plugin.openStream();
    assert.equal(stranger.requestHeaders(GET, true).paused, true);
    assert.equal(stranger.localResponse?.status, 403);
    assert.deepEqual(stranger.localResponse?.headers, [["content-type", "text/plain"]]);
    const ada = plugin.openStream();
    assert.equal(ada.requestHeaders([...GET, ["x-user", "ada"]], true).paused, false);
    assert.equal(ada.localResponse, undefined);
  });

  it("ask-first holds a request until the answer is there", async () => {
    const proxy = new Proxy();
    const plugin = await start("ask-first", proxy);
    for (const [status, denied] of [
      ["200", undefined],
      ["401", 403],
    ] as const) {
      const stream = plugin.openStream();
      assert.equal(stream.requestHeaders(GET, true).paused, true);
      const call = proxy.httpCalls[0]!;
      assert.deepEqual([call.cluster, call.timeoutMs], ["auth", 500]);
      call.respond({ headers: [[":status", status]] });
      assert.deepEqual([stream.requestPaused, stream.localResponse?.status], [denied !== undefined, denied]);
      stream.close();
    }
    const gone = plugin.openStream();
    gone.requestHeaders(GET, true);
    gone.close();
    proxy.httpCalls[0]!.respond({ headers: [[":status", "200"]] });
    assert.ok(plugin.ok);
  });

  it("counts counts, queues and ends in order", async () => {
    const proxy = new Proxy();
    const plugin = await start("counts", proxy);
    const stream = plugin.openStream({ properties: { request: { path: "/a" } } });
    stream.requestHeaders(GET, true);
    stream.close();
    assert.deepEqual(
      proxy.logs.filter(({ level }) => level === "info").map(({ message }) => message),
      ["queued: /a"],
    );
    assert.equal(proxy.metrics.value("counts_requests_total"), 0);
    proxy.clock.advanceMs(1000);
    assert.equal(proxy.metrics.value("counts_requests_total"), 1);
    plugin.openStream().requestHeaders(GET, true);
    plugin.done();
    assert.equal(proxy.metrics.value("counts_requests_total"), 2);
  });
});

describe("the guide's table", () => {
  it("has every name that the package exports, and every method of its classes", () => {
    const told = new Set(
      [...GUIDE.matchAll(/^\|(.*?)\|/gm)].flatMap(([, cell]) =>
        [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
      ),
    );
    const runtime = readFileSync(join(SDK, "runtime.ts"), "utf8").replace(/\/\*[^]*?\*\//g, "");
    const exported = /^export (?:abstract )?(?:function|class|enum|type|var|let) (\w+)/gm;
    const methods = /^ {2}(?!constructor|if|for|return)(\w+)\([^)]*\)?.*\{/gm;
    const internal = ["ptr", "sizePtr", "bufferPtr", "toArrayBuffer", "toString"];
    const names = [...runtime.matchAll(exported), ...runtime.matchAll(methods)].map(([, name]) => name!);
    assert.ok(names.length > 80);
    assert.deepEqual(
      [...new Set(names)].filter((name) => !told.has(name) && !internal.includes(name)),
      [],
    );
  });

  it("names nothing of the library that is not there", async () => {
    const index = readFileSync(join(repoRoot, "assembly", "index.ts"), "utf8");
    const cells = [...GUIDE.matchAll(/^\|.*?\|(.*)\|$/gm)].map(([, cell]) => cell!);
    const named = cells.flatMap((cell) => [...cell.matchAll(/`(?:new )?([A-Z]\w+)/g)].map(([, name]) => name!));
    assert.ok(named.length > 20);
    assert.deepEqual(
      named.filter((name) => !new RegExp(`\\b${name}\\b`).test(index) && name !== "MAX"),
      [],
    );
  });
});
