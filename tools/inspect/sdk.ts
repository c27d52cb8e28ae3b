import type { WasmModule } from "../wasm/module.js";
import { type Producer, producersOf } from "../wasm/producers.js";

/** What a module was likely written with. */
export interface Likely {
  /** Undefined when nothing tells. */
  language?: string;
  sdk?: string;
  /** What tells. */
  because: string[];
}

/** A text that an SDK leaves in modules, in the encoding of its language. */
interface Trace {
  text: string;
  encoding: "latin1" | "utf16le";
  sdk: string;
  language: string;
}

/** The first one counts. AssemblyScript keeps names of files in UTF-16, for messages of abort; Rust and Go in UTF-8. */
const TRACES: readonly Trace[] = [
  trace("~lib/@solo-io/proxy-runtime/", "@solo-io/proxy-runtime", "AssemblyScript"),
  trace("~lib/@gcoredev/proxy-wasm-sdk-as/", "@gcoredev/proxy-wasm-sdk-as", "AssemblyScript"),
  trace("~lib/@higress/wasm-assemblyscript/", "@higress/wasm-assemblyscript", "AssemblyScript"),
  trace("~lib/@higress/proxy-wasm-assemblyscript-sdk/", "@higress/proxy-wasm-assemblyscript-sdk", "AssemblyScript"),
  trace("~lib/tidegate/assembly/", "tidegate", "AssemblyScript"),
  trace("tidegate.", "tidegate", "AssemblyScript"),
  trace("~lib/rt/", "", "AssemblyScript"),
  trace("higress-group/proxy-wasm-go-sdk", "higress-group/proxy-wasm-go-sdk", "Go"),
  trace("tetratelabs/proxy-wasm-go-sdk", "tetratelabs/proxy-wasm-go-sdk", "TinyGo"),
  trace("proxy-wasm/proxy-wasm-go-sdk", "proxy-wasm/proxy-wasm-go-sdk", "Go"),
  trace("proxy-wasm-rust-sdk", "the crate proxy-wasm", "Rust"),
];
/** The crate's folder, with its version when it comes from a registry. */
const RUST_CRATE = /proxy-wasm(?:-(\d+\.\d+\.\d+[\w.-]*))?\/src\/(?:hostcalls|dispatcher|traits)\.rs/;

/** Guesses by what compilers and SDKs leave behind: nothing of it need be there, and all of it can be forged. */
export function likelySdk(bytes: Uint8Array, { customs }: WasmModule): Likely {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const producers = producersOf(customs);
  const crate = RUST_CRATE.exec(buffer.toString("latin1"));
  if (crate) return { language: "Rust", sdk: withVersion("the crate proxy-wasm", crate[1]), because: [crate[0]] };
  const found = TRACES.find(({ text, encoding }) => buffer.includes(Buffer.from(text, encoding)));
  if (found) return { language: found.language, ...(found.sdk ? { sdk: found.sdk } : {}), because: [found.text] };
  return ofProducers(producers);
}

function ofProducers(producers: readonly Producer[]): Likely {
  const languages = producers.filter(({ field }) => field === "language");
  // A module of Rust says C as well, for the library of C in it.
  const language = languages.find(({ name }) => !/^C(\d|$)/.test(name)) ?? languages[0];
  const because = producers.map(({ name, version }) => withVersion(name, version));
  return language ? { language: language.name, because } : { because };
}

function withVersion(name: string, version: string | undefined): string {
  return version ? `${name} ${version}` : name;
}

function trace(text: string, sdk: string, language: string): Trace {
  return { text, encoding: language === "AssemblyScript" ? "utf16le" : "latin1", sdk, language };
}
