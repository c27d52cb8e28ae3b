// The one WASI function that @solo-io/proxy-runtime calls, no longer in AssemblyScript's library.
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
export declare function proc_exit(code: u32): void;
