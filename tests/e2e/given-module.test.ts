// What is said of a module before it is loaded is what Envoy does with it, whichever Envoy it is.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { linkableImports, NEWER_IMPORTS } from "../../tools/build/abi.js";
import { exportType, importType } from "../../tools/build/abi-types.js";
import { givenModule } from "../../tools/build/given-module.js";
import { type LocatedEnvoy, locateEnvoy } from "../../tools/envoy/locate.js";
import { envoyVersion, isAtLeast } from "../../tools/envoy/version.js";
import type { PolicyDocument } from "../../tools/policy/model.js";
import { envoyFaults } from "../../tools/validate/envoy-trial.js";
import { type ModuleParts, pluginBytes, producers, wasmBytes } from "../support/wasm-bytes.js";

const POLICY = {
  metadata: { name: "given" },
  spec: { workload: { labels: { app: "given" } }, plugins: [{ name: "given" }] },
} as unknown as PolicyDocument;
const memory = { initial: 1 };
const malloc = { name: "malloc", params: "i", results: "i" };

let envoy: LocatedEnvoy;
let version: string;
let folder: string;
let tried = 0;
before(async () => {
  envoy = await locateEnvoy({ allowInstall: true });
  version = (await envoyVersion(envoy.path))!;
  folder = await mkdtemp(join(tmpdir(), "tidegate-given-"));
});
after(() => rm(folder, { recursive: true }));

/** Why Envoy does not load a module; undefined when it does. */
async function refusal(bytes: Uint8Array): Promise<string | undefined> {
  const file = join(folder, `${tried++}.wasm`);
  await writeFile(file, bytes);
  const [fault] = await envoyFaults(envoy.path, POLICY, { moduleFile: () => file });
  return fault?.message;
}

/** Why it is not loaded, as we say it. */
function errorsOf(bytes: Uint8Array): string[] {
  const { problems } = givenModule(bytes, version);
  return problems.filter(({ severity }) => severity === "error").map(({ message }) => message);
}

/** All that this Envoy links for an ABI version, and all that it calls. */
function everything(abi: string): ModuleParts {
  const names = [...linkableImports(abi)].filter((name) => isAtLeast(version, NEWER_IMPORTS.get(name) ?? "1.0.0"));
  const callbacks = CALLBACKS.map((name) => ({ name, ...exportType(name, abi)! }));
  return {
    memory,
    imports: names.map((name) => {
      const [module = "", call = ""] = name.split(".");
      return { module, name: call, ...importType(name)! };
    }),
    exports: [malloc, { name: `proxy_abi_version_${abi.replaceAll(".", "_")}` }, ...callbacks],
  };
}

const CALLBACKS = (
  "_initialize proxy_on_context_create proxy_on_vm_start proxy_validate_configuration proxy_on_configure proxy_on_tick " +
  "proxy_on_new_connection proxy_on_downstream_data proxy_on_upstream_data proxy_on_downstream_connection_close " +
  "proxy_on_upstream_connection_close proxy_on_request_headers proxy_on_request_body proxy_on_request_trailers " +
  "proxy_on_request_metadata proxy_on_response_headers proxy_on_response_body proxy_on_response_trailers " +
  "proxy_on_response_metadata proxy_on_http_call_response proxy_on_grpc_receive proxy_on_grpc_close " +
  "proxy_on_grpc_receive_initial_metadata proxy_on_grpc_receive_trailing_metadata proxy_on_queue_ready " +
  "proxy_on_foreign_function proxy_on_done proxy_on_log proxy_on_delete"
).split(" ");

describe("Envoy links and calls all that it is said to, of the types that it is said to", () => {
  for (const abi of ["0.1.0", "0.2.0", "0.2.1"]) {
    it(`for modules of ABI ${abi}`, async () => {
      const bytes = wasmBytes(everything(abi));
      // on_configure and on_vm_start answer 0, which refuses: that far it comes only when it has been linked.
      assert.match((await refusal(bytes))!, /Start failed|Failed to start|Configure failed|on_vm_start|VM start/i);
      assert.deepEqual(errorsOf(bytes), []);
    });
  }
});

describe("Envoy and what is said of a module agree", { concurrency: 2 }, () => {
  const named = (name: string): ModuleParts => ({ exports: [{ name }] });
  const imported = (module: string, name: string, params = "", results = ""): ModuleParts => ({
    imports: [{ module, name, params, results }],
  });
  const wasi = "wasi_snapshot_preview1";
  const modules: [what: string, bytes: Uint8Array, isLoaded: boolean][] = [
    ["the smallest", pluginBytes(), true],
    ["an unknown callback", pluginBytes(named("proxy_on_request_header")), true],
    ["two ABI versions", pluginBytes(named("proxy_abi_version_0_2_0")), true],
    ["a memory that is imported", pluginBytes({ memory: { ...memory, isImported: true, isExported: false } }), true],
    ["1 GiB of memory", pluginBytes({ memory: { initial: 16_384 } }), true],
    ["more memory", pluginBytes({ memory: { initial: 16_385 } }), false],
    ["broken names", pluginBytes({ customs: [{ name: "name", bytes: Uint8Array.of(1, 200, 1) }] }), false],
    ["an unknown ABI", wasmBytes({ memory, exports: [malloc, { name: "proxy_abi_version_0_3_0" }] }), false],
    ["no ABI", wasmBytes({ memory, exports: [malloc, { name: "proxy_on_log", params: "i" }] }), false],
    ["no allocator", wasmBytes({ memory, exports: [{ name: "proxy_abi_version_0_2_1" }] }), false],
    ["an import of another ABI", pluginBytes(imported("env", "proxy_clear_route_cache", "", "i")), false],
    ["an import of another type", pluginBytes(imported("env", "proxy_log", "ii", "i")), false],
    ["path_symlink as WASI has it", pluginBytes(imported(wasi, "path_symlink", "iiiii", "i")), false],
    ["an import of nobody", pluginBytes(imported("env", "abort", "iiii")), false],
    [
      "a callback of another type",
      pluginBytes({ exports: [{ name: "proxy_on_log", params: "i", results: "i" }] }),
      false,
    ],
    ["a _start of another type", pluginBytes({ exports: [{ name: "_start", results: "i" }] }), false],
    [
      "a _start that nobody calls",
      pluginBytes({ exports: [{ name: "_initialize" }, { name: "_start", results: "i" }] }),
      true,
    ],
    ["a second allocator", pluginBytes({ exports: [{ name: "proxy_on_memory_allocate" }] }), true],
    ["Go, as a reactor", pluginBytes({ ...named("_initialize"), customs: [ofGo()] }), true],
    ["no WebAssembly", Buffer.from("<!DOCTYPE html><title>404</title>"), false],
    ["a component", Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), false],
    ["a module cut off", pluginBytes().subarray(0, 40), false],
    ["no plugin", wasmBytes({ memory, exports: [{ name: "_start" }] }), false],
  ];
  for (const [what, bytes, isLoaded] of modules) {
    it(`with ${what}`, async () => {
      const complaint = await refusal(bytes);
      assert.equal(complaint === undefined, isLoaded, complaint);
      assert.equal(errorsOf(bytes).length === 0, isLoaded, errorsOf(bytes).join("\n"));
    });
  }

  it("with what is newer than some Envoys", async () => {
    for (const [name, since] of NEWER_IMPORTS) {
      if (!/preview1\.(fd_sync|sock_recv)$/.test(name)) continue;
      const [module = "", call = ""] = name.split(".");
      const bytes = pluginBytes({ imports: [{ module, name: call, ...importType(name)! }] });
      assert.equal((await refusal(bytes)) === undefined, isAtLeast(version, since));
    }
  });
});

function ofGo(): { name: string; bytes: Uint8Array } {
  return { name: "producers", bytes: producers({ language: { Go: "go1.26.1" } }) };
}
