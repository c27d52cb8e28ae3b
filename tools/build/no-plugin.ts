import type { WasmModule } from "../wasm/module.js";
import type { GivenProblem } from "./given-module.js";

/** Modules of other hosts, by what they import from, or export. */
const STRANGERS: readonly { is: RegExp; what: string; remedy: string }[] = [
  {
    is: /^(wbg|__wbindgen\w*)\.|^\.\/\w+_bg\.js\./,
    what: "one for JavaScript, made by wasm-bindgen",
    remedy: "Build for wasm32-wasip1 with the crate proxy-wasm, and without wasm-bindgen",
  },
  {
    is: /^(gojs|go)\./,
    what: "a program for JavaScript, made by Go",
    remedy: "Build with a proxy-wasm SDK, GOOS=wasip1 and -buildmode=c-shared",
  },
  {
    is: /^env\.proxy_/,
    what: "one that calls Envoy, and exports nothing for Envoy to call",
    remedy: "Export the SDK's callbacks from the module that is compiled",
  },
  {
    is: /^wasi_\w+\./,
    what: "a program or a library for WASI",
    remedy: "Write it with a proxy-wasm SDK: Envoy runs no programs",
  },
];

/** A module that is sound but has nothing to do with Envoy; undefined for a plugin, however bad. */
export function noPlugin({ imports, exports }: WasmModule): GivenProblem | undefined {
  if (exports.some(({ name }) => name.startsWith("proxy_"))) return undefined;
  const names = imports.map(({ module, name }) => `${module}.${name}`);
  const stranger = STRANGERS.find(({ is }) => names.some((name) => is.test(name)));
  const what = stranger ? `: it is ${stranger.what}` : "";
  const message = `this module is no plugin for Envoy, since it exports no ABI version and no callback${what}`;
  const remedy = stranger?.remedy ?? "Write it with a proxy-wasm SDK, and export its callbacks";
  return { code: "TG9305", severity: "error", message, remedy };
}
