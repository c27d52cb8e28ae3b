// What compilers and SDKs leave in modules. Real modules of each are looked at in tests/sdks.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { likelySdk } from "../../../tools/inspect/sdk.js";
import { readModule, type WasmModule } from "../../../tools/wasm/module.js";
import { pluginBytes, producers } from "../../support/wasm-bytes.js";

function likely(text: string, encoding: "latin1" | "utf16le", languages: Record<string, string> = {}): unknown[] {
  const data = Buffer.concat([Buffer.from("x"), Buffer.from(text, encoding)]); // at an odd place
  const customs = [
    { name: "data", bytes: data },
    { name: "producers", bytes: producers({ language: languages, "processed-by": { clang: "19.1" } }) },
  ];
  const bytes = pluginBytes({ customs });
  const { language, sdk, because } = likelySdk(bytes, readModule(bytes) as WasmModule);
  return [language, sdk, because.join()];
}

describe("an SDK is known", () => {
  it("by names of files that AssemblyScript keeps in UTF-16", () => {
    for (const sdk of ["@solo-io/proxy-runtime", "@gcoredev/proxy-wasm-sdk-as", "@higress/wasm-assemblyscript"]) {
      assert.deepEqual(likely(`~lib/${sdk}/assembly/runtime.ts`, "utf16le"), ["AssemblyScript", sdk, `~lib/${sdk}/`]);
    }
    assert.deepEqual(likely("~lib/tidegate/assembly/abi/allocator.ts", "utf16le").slice(0, 2), [
      "AssemblyScript",
      "tidegate",
    ]);
    assert.deepEqual(likely("~lib/rt/tlsf.ts", "utf16le"), ["AssemblyScript", undefined, "~lib/rt/"]);
  });

  it("by names of packages", () => {
    assert.deepEqual(likely("github.com/tetratelabs/proxy-wasm-go-sdk/proxywasm", "latin1").slice(0, 2), [
      "TinyGo",
      "tetratelabs/proxy-wasm-go-sdk",
    ]);
    assert.deepEqual(likely("/registry/src/index-6f17d22bba15001f/proxy-wasm-0.2.3/src/hostcalls.rs", "latin1"), [
      "Rust",
      "the crate proxy-wasm 0.2.3",
      "proxy-wasm-0.2.3/src/hostcalls.rs",
    ]);
    assert.deepEqual(likely("vendor/proxy-wasm/src/traits.rs", "latin1").slice(0, 2), ["Rust", "the crate proxy-wasm"]);
  });

  it("or at least the language is, by what compilers say of themselves", () => {
    assert.deepEqual(likely("", "latin1", { C11: "", Rust: "1.90" }), ["Rust", undefined, "C11,Rust 1.90,clang 19.1"]);
    assert.deepEqual(likely("", "latin1", { C11: "" }).slice(0, 2), ["C11", undefined]);
    assert.deepEqual(likely("", "latin1"), [undefined, undefined, "clang 19.1"]);
  });
});
