import type { Sdk } from "./sdk.js";

/** Kong's SDK, kept by Gcore. It writes its log with `process`, which a package of AssemblyScript's makes of WASI. */
export const gcore: Sdk = {
  package: "@gcoredev/proxy-wasm-sdk-as",
  version: "1.2.3",
  flags: ["--exportStart", "_start", "--use", "abort=abort_proc_exit"],
  shims: {},
  amendments: [],
  companion: {
    package: "@assemblyscript/wasi-shim",
    library: "assembly",
    flags: [
      "ASC_WASI=1",
      ...["trace", "seed", "console", "crypto", "performance", "process", "Date"].map((name) => `${name}=wasi_${name}`),
    ].flatMap((alias) => ["--use", alias]),
  },
};
