import { messageOf } from "../errors.js";
import { ByteReader } from "../wasm/byte-reader.js";
import type { WasmModule } from "../wasm/module.js";
import type { NoModule } from "../wasm/sections.js";
import type { GivenProblem } from "./given-module.js";

const BUILD_ANEW = "Build or fetch it anew";
const THE_MODULE = "Give the .wasm that the build writes";
/** How what is often taken for a module begins. */
const STARTS: readonly [RegExp, string][] = [
  [/^\s*<(!|html|\?xml)/i, "a page of the web"],
  [/^\s*(;;|\(module)/, "WebAssembly as text, which wat2wasm makes a module of"],
  [/^\x7fELF/, "a program for Linux"],
  [/^version https:\/\/git-lfs/, "a reference to a file that Git LFS keeps elsewhere"],
];

function kindOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  const [, what] = STARTS.find(([is]) => is.test(start)) ?? [];
  return what === undefined ? "" : `, as does ${what}`;
}

/** Bytes that are no module of the form that Envoy reads. */
export function noModule({ why, detail }: NoModule, bytes: Uint8Array): GivenProblem {
  switch (why) {
    case "no WebAssembly":
      return error("TG9301", `this is no WebAssembly module: ${detail}${kindOf(bytes)}`, THE_MODULE);
    case "a component":
      return error("TG9302", "this is a component, which Envoy does not load", ONLY_A_MODULE);
    case "of another version":
      return error("TG9302", `Envoy loads WebAssembly of version 1 alone: ${detail}`, ONLY_A_MODULE);
    case "cut off":
      return error("TG9303", `the module is cut off: ${detail}`, BUILD_ANEW);
    case "broken":
      return error("TG9303", `the module is broken: ${detail}`, BUILD_ANEW);
  }
}

const ONLY_A_MODULE =
  "Build a core module, such as with Rust's target wasm32-wasip1, or Go's GOOS=wasip1 and -buildmode=c-shared";

/** A module that no engine compiles, or whose names Envoy cannot read; undefined when neither is so. */
export function brokenModule(bytes: Uint8Array, { customs }: WasmModule): GivenProblem | undefined {
  try {
    new WebAssembly.Module(bytes);
  } catch (thrown) {
    const reason = messageOf(thrown).replace(/^WebAssembly\.Module\(\): /, "");
    return error("TG9303", `the module does not compile in Node.js ${process.versions.node}: ${reason}`, BUILD_ANEW);
  }
  const names = customs.find(({ name }) => name === "name");
  if (!names || hasReadableNames(names.bytes)) return undefined;
  const remedy = "Strip the names, such as with wasm-strip, or build it anew";
  return error("TG9303", "the module's section of names is broken, so that Envoy does not load it", remedy);
}

/** Names of functions, for stack traces: WebAssembly itself forgives faults in them. */
function hasReadableNames(bytes: Uint8Array): boolean {
  const OF_FUNCTIONS = 1;
  try {
    for (const reader = new ByteReader(bytes); !reader.isAtEnd;) {
      const id = reader.byte();
      const content = new ByteReader(reader.take(reader.number()));
      if (id === OF_FUNCTIONS) content.list(() => [content.number(), content.text()]);
    }
    return true;
  } catch {
    return false;
  }
}

function error(code: "TG9301" | "TG9302" | "TG9303", message: string, remedy: string): GivenProblem {
  return { code, severity: "error", message, remedy };
}
