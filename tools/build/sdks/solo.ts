import type { Sdk } from "./sdk.js";

const RUNTIME = "assembly/runtime.ts";

/** That of AssemblyScript 0.14, which counted references, and looked in a package's folder assembly by itself. */
export const solo: Sdk = {
  package: "@solo-io/proxy-runtime",
  version: "0.1.8",
  flags: ["--exportStart", "_start", "--use", "abort=abort_proc_exit"],
  shims: {
    "rt/index-full.ts": `export function __retain(ptr: usize): usize {
  return __pin(ptr);
}

export function __release(ptr: usize): void {
  __unpin(ptr);
}
`,
    "bindings/wasi_unstable.ts": `// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
export declare function proc_exit(code: u32): void;
`,
    "@solo-io/proxy-runtime.ts": `export * from "@solo-io/proxy-runtime/assembly";
`,
    "@solo-io/proxy-runtime/proxy.ts": `export * from "@solo-io/proxy-runtime/assembly/proxy";
`,
  },
  amendments: [
    {
      file: RUNTIME,
      from: "new HttpCallback(origin_context, cb)",
      to: "new HttpCallback(origin_context, changetype<(origin_context: BaseContext, headers: u32, body_size: usize, trailers: u32) => void>(cb))",
    },
    {
      file: RUNTIME,
      from: "class SetSharedData {\n  value: ArrayBuffer;",
      to: "class SetSharedData {\n  value: ArrayBuffer = new ArrayBuffer(0);",
    },
    {
      file: RUNTIME,
      from: "class DequeueSharedQueueResult {\n  result: WasmResultValues;\n  data: ArrayBuffer;",
      to: "class DequeueSharedQueueResult {\n  result: WasmResultValues;\n  data: ArrayBuffer = new ArrayBuffer(0);",
    },
  ],
};
