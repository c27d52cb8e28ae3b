import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { modulePath } from "../../../tools/build/build-all.js";
import { findingsAt, givenModule } from "../../../tools/build/given-module.js";
import { formatFinding } from "../../../tools/errors.js";
import { type ModuleParts, pluginBytes, producers, wasmBytes } from "../../support/wasm-bytes.js";

const WASI = "wasi_snapshot_preview1";
const memory = { initial: 1 };
const malloc = { name: "malloc", params: "i", results: "i" };
const marker = { name: "proxy_abi_version_0_2_1" };
const ofGo = { name: "producers", bytes: producers({ language: { Go: "go1.26.1" } }) };
const imported = (module: string, name: string, params = "", results = ""): ModuleParts => ({
  imports: [{ module, name, params, results }],
});

/** Findings without the file and place that all of them have. */
function said(bytes: Uint8Array, envoyVersion?: string): string[] {
  const findings = findingsAt("it", givenModule(bytes, envoyVersion).problems);
  return findings.map((finding) => formatFinding(finding).replace(/^it:1:1: /, ""));
}

describe("a module that Envoy runs", () => {
  const fine: [what: string, bytes: () => Uint8Array][] = [
    ["with nothing but what it must have", () => pluginBytes()],
    ["of ours", () => readFileSync(modulePath("canary"))],
    [
      "of ABI 0.1.0, whose headers have no end",
      () =>
        wasmBytes({
          memory,
          exports: [
            malloc,
            { name: "proxy_abi_version_0_1_0" },
            { name: "proxy_on_request_headers", params: "ii", results: "i" },
          ],
          ...imported("env", "proxy_clear_route_cache", "", "i"),
        }),
    ],
    [
      "with a memory that Envoy makes",
      () => pluginBytes({ memory: { ...memory, isImported: true, isExported: false } }),
    ],
    ["with 1 GiB of memory", () => pluginBytes({ memory: { initial: 16_384 } })],
    ["with what every library of C imports", () => pluginBytes(imported(WASI, "fd_prestat_get", "ii", "i"))],
    ["that is a reactor of Go", () => pluginBytes({ exports: [{ name: "_initialize" }], customs: [ofGo] })],
    ["whose second allocator is another one", () => pluginBytes({ exports: [{ name: "proxy_on_memory_allocate" }] })],
    [
      "whose _start nobody calls",
      () => pluginBytes({ exports: [{ name: "_initialize" }, { name: "_start", results: "i" }] }),
    ],
  ];
  for (const [what, bytes] of fine) it(what, () => assert.deepEqual(said(bytes()), []));

  it("may yet surprise", () => {
    const surprising: [Uint8Array, string][] = [
      [pluginBytes({ exports: [{ name: "proxy_abi_version_0_2_0" }] }), "TG6004"],
      [pluginBytes({ exports: [{ name: "proxy_on_request_header" }] }), "TG6005"],
      [pluginBytes(imported(WASI, "fd_sync", "i", "i")), "TG9308"],
      [pluginBytes(imported(WASI, "fd_pread", "iiiIi", "i")), "TG9309"],
    ];
    for (const [bytes, code] of surprising) assert.match(said(bytes).join("\n"), new RegExp(`^warning ${code} `, "m"));
  });

  it("or not, in a newer Envoy", () => {
    const bytes = pluginBytes(imported(WASI, "fd_sync", "i", "i"));
    assert.deepEqual(said(bytes, "1.39.0"), []);
    assert.match(
      said(bytes, "1.38.2").join(),
      /^error TG9308 the module imports \S+fd_sync, which Envoy has since 1.39.0\./,
    );
  });
});

describe("a module that Envoy does not run", () => {
  const start = wasmBytes({}).subarray(0, 8);
  const component = Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0);
  const refused: [what: string, bytes: () => Uint8Array, finding: RegExp][] = [
    ["that is empty", () => new Uint8Array(), /^error TG9301 this is no WebAssembly module: it is empty\. Give/],
    [
      "that is a page",
      () => Buffer.from("<!DOCTYPE html>"),
      /^error TG9301 .*3c 21 44 4f, as does a page of the web\./,
    ],
    ["that is text", () => Buffer.from(";; a module\n(module)"), /^error TG9301 .* as does WebAssembly as text/],
    [
      "that is a program",
      () => Buffer.from("\x7fELF\x02\x01", "latin1"),
      /^error TG9301 .*it begins with 7f 45 4c 46, as does a pro/,
    ],
    ["that is a component", () => component, /^error TG9302 this is a component, which Envoy does not load\. Build a/],
    ["of another version", () => start.map((byte, i) => (i === 4 ? 2 : byte)), /^error TG9302 .* its version is 2\./],
    [
      "that ends in its first bytes",
      () => start.subarray(0, 6),
      /^error TG9303 the module is cut off: it ends at byte 6\./,
    ],
    [
      "that ends later",
      () => pluginBytes().subarray(0, 40),
      /^error TG9303 the module is cut off: the section at byte 2/,
    ],
    [
      "whose sections are too short",
      () => Buffer.concat([start, Uint8Array.of(1, 1, 9)]),
      /^error TG9303 .* is broken:/,
    ],
    ["that does not compile", () => broken(), /^error TG9303 the module does not compile in Node.js \d+\.\d+\.\d+: \S/],
    [
      "with broken names",
      () => pluginBytes({ customs: [{ name: "name", bytes: Uint8Array.of(1, 200, 1) }] }),
      /^error TG9303 .*names is broken/,
    ],
    [
      "with nothing in it",
      () => wasmBytes({}),
      /^error TG9305 this module is no plugin for Envoy, since it exports no AB/,
    ],
    [
      "for WASI",
      () => wasmBytes({ exports: [{ name: "_start" }], ...imported(WASI, "fd_write", "iiii", "i") }),
      /^error TG9305 .*: it is a program or a library for WASI\. Write/,
    ],
    ["for JavaScript", () => wasmBytes(imported("wbg", "__wbg_log")), /^error TG9305 .* made by wasm-bindgen\. Build/],
    [
      "for JavaScript, of Go",
      () => wasmBytes(imported("gojs", "runtime.wasmExit")),
      /^error TG9305 .* made by Go\. Build/,
    ],
    [
      "that exports nothing",
      () => wasmBytes(imported("env", "proxy_log", "iii", "i")),
      /^error TG9305 .*: it is one that calls/,
    ],
    [
      "of an unknown ABI",
      () => wasmBytes({ memory, exports: [malloc, { name: "proxy_abi_version_0_3_0" }] }),
      /^error TG6004 the module exports proxy_abi_version_0_3_0/,
    ],
    ["without an allocator", () => wasmBytes({ memory, exports: [marker] }), /^error TG6003 .*no allocator/],
    ["without a memory", () => pluginBytes({ memory: undefined }), /^error TG6003 the module exports no memory/],
    [
      "that hides its memory",
      () => pluginBytes({ memory: { ...memory, isExported: false } }),
      /^error TG6003 .*no memory/,
    ],
    [
      "that imports what there is not",
      () => pluginBytes(imported("env", "abort", "iiii")),
      /^error TG6002 the module imports env.abort/,
    ],
    [
      "of TinyGo for browsers",
      () => pluginBytes(imported("gojs", "runtime.ticks", "", "d")),
      /^error TG6002 the module imports gojs.runtime.ticks, .*\. build for WASI: GOOS=wasip1/,
    ],
    [
      "for a later WASI",
      () => pluginBytes(imported("wasi:cli/stdout@0.2.0", "get-stdout", "", "i")),
      /^error TG6002 .*\. build for WASI preview 1/,
    ],
    [
      "that imports what only others have",
      () => pluginBytes(imported("env", "proxy_clear_route_cache", "", "i")),
      /^error TG6002 .* ABI 0.1.0 alone/,
    ],
    [
      "that imports another type",
      () => pluginBytes(imported("env", "proxy_log", "ii", "i")),
      /^error TG9306 the module imports env.proxy_log as \(i32, i32\) -> i32, which is \(i32, i32, i32\) -> i32 to Envoy/,
    ],
    [
      "that imports WASI's own type where Envoy errs",
      () => pluginBytes(imported(WASI, "fd_seek", "iiii", "i")),
      /^error TG9306 the module imports wasi_snapshot_preview1.fd_seek as \(i32, i32, i32, i32\)/,
    ],
    [
      "that exports another type",
      () => pluginBytes({ exports: [{ name: "proxy_on_log", params: "i", results: "i" }] }),
      /^error TG9306 the module exports proxy_on_log as \(i32\) -> i32, which is \(i32\) -> nothing to/,
    ],
    [
      "of ABI 0.2.1, whose headers have no end",
      () => pluginBytes({ exports: [{ name: "proxy_on_request_headers", params: "ii", results: "i" }] }),
      /^error TG9306 .*proxy_on_request_headers/,
    ],
    [
      "that begins too large",
      () => pluginBytes({ memory: { initial: 32_768 } }),
      /^error TG9307 .* begins with 2048 MiB of memory/,
    ],
    [
      "that ends at once",
      () => pluginBytes({ exports: [{ name: "_start" }], customs: [ofGo] }),
      /^error TG9310 the module is a Go program/,
    ],
  ];
  for (const [what, bytes, finding] of refused) {
    it(what, () => {
      const findings = said(bytes());
      assert.equal(findings.length, 1, findings.join("\n"));
      assert.match(findings[0]!, finding);
    });
  }

  it("for several reasons is told all of them", () => {
    const parts = { ...imported("env", "abort", "iiii"), exports: [marker] };
    assert.deepEqual(
      said(wasmBytes(parts)).map((finding) => finding.slice(0, 12)),
      ["error TG6002", "error TG6003", "error TG6003"],
    );
  });

  it("since it is too large is not even read", () => {
    const [finding, ...others] = said(new Uint8Array(256 * 1024 * 1024 + 1));
    assert.match(finding!, /^error TG9304 the module has 268435457 bytes, and gateways take no more than 268435456\./);
    assert.deepEqual(others, []);
  });
});

/** A module whose only function has a body that its type forbids. */
function broken(): Uint8Array {
  const bytes = pluginBytes();
  const body = bytes.lastIndexOf(0x41); // i32.const, of malloc
  return bytes.map((byte, i) => (i === body ? 0x42 : byte)); // i64.const
}
