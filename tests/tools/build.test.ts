import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildAll, modulePath, pluginNames } from "../../tools/build/build-all.js";
import { buildPlugin } from "../../tools/build/build-plugin.js";
import { checkModule, inspectModule } from "../../tools/build/check-module.js";
import { formatFinding } from "../../tools/errors.js";
import { repoRoot } from "../../tools/root.js";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidegate-build-"));
});
after(() => rm(folder, { recursive: true }));

function build(name: string, outFile = join(folder, `${name}.wasm`)) {
  return buildPlugin({ entry: join(repoRoot, "tests/fixtures/build", `${name}.ts`), outFile, mode: "release" });
}

describe("a plugin's build", () => {
  test("writes the module and says what it is", async () => {
    const { module, findings } = await build("smallest");
    assert.deepEqual(findings, []);
    const bytes = await readFile(module!.path);
    assert.equal(module!.bytes, bytes.length);
    assert.match(module!.sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(module!.exports.filter((name) => name.startsWith("proxy_")).sort(), [
      "proxy_abi_version_0_2_1",
      "proxy_on_memory_allocate",
    ]);
  });

  test("is the same bytes each time", async () => {
    const first = await build("smallest", join(folder, "first.wasm"));
    const second = await build("smallest", join(folder, "second.wasm"));
    assert.equal(first.module!.sha256, second.module!.sha256);
  });

  test("that does not compile names file, line and column, and leaves what stood there", async () => {
    const outFile = join(folder, "kept.wasm");
    await writeFile(outFile, "what stood there");
    const { module, findings } = await build("does-not-compile", outFile);
    assert.equal(module, undefined);
    assert.deepEqual(findings.map(formatFinding), [
      "tests/fixtures/build/does-not-compile.ts:4:10: error TG6001 Cannot find name 'noSuchFunction'.",
    ]);
    assert.equal(await readFile(outFile, "utf8"), "what stood there");
  });

  test("that Envoy could not run names every reason, and writes nothing", async () => {
    const { module, findings } = await build("unloadable");
    assert.equal(module, undefined);
    assert.deepEqual(findings.map(({ code, message }) => `${code} ${message}`).sort(), [
      "TG6002 the module imports dom.alert, which Envoy does not have",
      "TG6002 the module imports env.proxy_get_propertyy, which Envoy does not have",
      "TG6003 the module exports no allocator, so the host cannot return a string to it",
      "TG6004 the module exports proxy_abi_version_0_3_0",
      "TG6005 the module exports proxy_on_request_header, which Envoy never calls",
    ]);
    assert.ok(findings.every(({ remedy }) => remedy));
    assert.ok(findings.some(({ remedy }) => remedy === "did you mean env.proxy_get_property?"));
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes("unloadable")),
      [],
    );
  });
});

describe("the check of a module", () => {
  const good = { imports: [], exports: ["memory", "malloc", "proxy_abi_version_0_2_0"] };

  test("accepts what Envoy runs", () => {
    assert.deepEqual(checkModule(good), []);
  });

  test("asks for exactly one ABI version", () => {
    const codes = (exports: string[]) => checkModule({ ...good, exports }).map(({ code }) => code);
    assert.deepEqual(codes(["memory", "malloc"]), ["TG6004"]);
    assert.deepEqual(codes([...good.exports, "proxy_abi_version_0_2_1"]), ["TG6004"]);
    assert.deepEqual(codes(["malloc", "proxy_abi_version_0_2_1"]), ["TG6003"]);
  });

  test("knows bytes that are no module", async () => {
    assert.equal(await inspectModule(new Uint8Array([0, 1, 2, 3])), undefined);
    assert.equal(await inspectModule(new Uint8Array()), undefined);
  });
});

describe("the build of all plugins", () => {
  test("keeps the release modules small, free of what Envoy does not have", async () => {
    const mostKilobytes: Record<string, number> = { canary: 192, ratelimit: 192, trace: 160 };
    const reports = await buildAll();
    assert.deepEqual(
      reports.map(({ plugin }) => plugin),
      pluginNames(),
    );
    for (const { plugin, module, findings } of reports) {
      assert.deepEqual(findings, []);
      assert.ok(module!.bytes < (mostKilobytes[plugin] ?? 96) * 1024, `${plugin} has ${module!.bytes} bytes`);
      assert.equal((await stat(modulePath(plugin))).size, module!.bytes);
    }
  });

  test("builds again only what changed", async () => {
    const [first] = await buildAll({ plugins: ["canary"] });
    const [second] = await buildAll({ plugins: ["canary"] });
    assert.ok(second!.upToDate);
    assert.deepEqual(second!.module, first!.module);
    assert.ok(existsSync(`${modulePath("canary")}.stamp`));
  });

  test("knows its plugins", async () => {
    await assert.rejects(buildAll({ plugins: ["canari"] }), {
      name: "UserError",
      message: /no plugin canari; there are/,
    });
  });
});
