import { existsSync } from "node:fs";
import { join } from "node:path";
import { modulePath } from "../build/build-all.js";
import { wasmHttpFilter } from "../generate/wasm-filter.js";
import type { PolicyDocument } from "../policy/model.js";
import { repoRoot } from "../root.js";
import { CONFIGS } from "./configs.js";
import { buildBenchModule } from "./modules.js";

/** How one sees that a filter does its job. */
export type Proof = { header: [name: string, value: string] } | { counters: RegExp } | undefined;

/** One thing to measure: an Envoy with these HTTP filters before the router. */
export interface Variant {
  name: string;
  about: string;
  filters: object[];
  /** Path of its module, if it is a Wasm filter. */
  module?: string;
  proof: Proof;
}

/** A variant that is not prepared yet; undefined when it cannot be measured here. */
interface Candidate {
  name: string;
  about: string;
  prepare(): Promise<Omit<Variant, "name" | "about"> | undefined>;
}

/** tests/bench/hello/rust/build.sh builds it, where there is a Rust compiler. */
const RUST_MODULE = join(repoRoot, "build", "bench", "hello", "rust.wasm");
const ADDS_HEADER: Proof = { header: ["hello", "world"] };
const FILTERS = "type.googleapis.com/envoy.extensions.filters.http";

const CANDIDATES: Candidate[] = [
  native("none", "no filter", [], undefined),
  wasm("empty", "Wasm: empty on_request_headers", () => buildBenchModule("empty"), undefined),
  wasm("bare", "adds a header: bare ABI calls", () => buildBenchModule("hello/bare"), ADDS_HEADER),
  wasm("tidegate", "adds a header: our library", () => buildBenchModule("hello/tidegate"), ADDS_HEADER),
  wasm("solo", "adds a header: @solo-io/proxy-runtime", () => buildBenchModule("hello/solo"), ADDS_HEADER),
  wasm("rust", "adds a header: Rust SDK", () => Promise.resolve(RUST_MODULE), ADDS_HEADER, RUST_MODULE),
  native("lua", "adds a header: Lua", [lua()], ADDS_HEADER),
  plugin("ratelimit", "plugin: one key by header"),
  plugin("adaptive", "ratelimit with an adaptive limit besides", "ratelimit"),
  plugin("canary", "plugin: list of 10,000 ids"),
  plugin("canary_100", "canary: list of 100 ids", "canary"),
  plugin("canary_1m", "canary: list of 1,000,000 ids", "canary"),
  plugin("trace", "plugin: continues a context"),
  plugin("trace_remember", "trace: remembers each for a join", "trace"),
  plugin("trace_recall", "trace: looks for a join, then starts", "trace"),
  native("local_ratelimit", "Envoy's own: one bucket", [localRateLimit()], { counters: /\.ok: [1-9]/ }),
];

/** Names of all variants there are, in the order of the table. */
export const VARIANT_NAMES: readonly string[] = CANDIDATES.map(({ name }) => name);

/**
 * Prepares the variants of these names, building modules as needed, in the order of the table.
 * @param skipped receives the name of each that has no module here.
 */
export async function prepareVariants(names: readonly string[], skipped: (name: string) => void): Promise<Variant[]> {
  const variants: Variant[] = [];
  for (const { name, about, prepare } of CANDIDATES.filter((candidate) => names.includes(candidate.name))) {
    const prepared = await prepare();
    if (prepared) variants.push({ name, about, ...prepared });
    else skipped(name);
  }
  return variants;
}

/** A module that the command line names; it gets an empty configuration. */
export function givenModule(name: string, path: string): Variant {
  return { name, about: "given module", filters: [wasmFilter(name, path, {})], module: path, proof: undefined };
}

function native(name: string, about: string, filters: object[], proof: Proof): Candidate {
  return { name, about, prepare: () => Promise.resolve({ filters, proof }) };
}

/** @param given path of a module that is not built here, and left out when it is not there. */
function wasm(name: string, about: string, build: () => Promise<string>, proof: Proof, given?: string): Candidate {
  return {
    name,
    about,
    async prepare() {
      if (given !== undefined && !existsSync(given)) return undefined;
      const module = await build();
      return { filters: [wasmFilter("hello", module, {})], module, proof };
    },
  };
}

/** @param used name of the plugin, which the variant of that name configures in one way. */
function plugin(name: string, about: string, used = name): Candidate {
  return {
    name,
    about,
    prepare() {
      const module = modulePath(used);
      if (!existsSync(module)) return Promise.resolve(undefined);
      const proof = { counters: new RegExp(`tidegate_${used}_(?!host_errors)\\w+_total: [1-9]`) };
      return Promise.resolve({ filters: [wasmFilter(used, module, CONFIGS[name]?.() ?? {})], module, proof });
    },
  };
}

/** The filter as the tool generates it; closed, so that a module which traps shows as failed requests. */
export function wasmFilter(name: string, module: string, config: Record<string, unknown>): object {
  const use = { name, config };
  const policy: PolicyDocument = {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "bench" },
    spec: { failure: "closed", plugins: [use] },
  };
  return wasmHttpFilter(policy, use, { local: { filename: module } });
}

function lua(): object {
  const code = 'function envoy_on_response(handle) handle:headers():add("hello", "world") end';
  return {
    name: "lua",
    typed_config: { "@type": `${FILTERS}.lua.v3.Lua`, default_source_code: { inline_string: code } },
  };
}

function localRateLimit(): object {
  const always = { default_value: { numerator: 100, denominator: "HUNDRED" } };
  return {
    name: "local_ratelimit",
    typed_config: {
      "@type": `${FILTERS}.local_ratelimit.v3.LocalRateLimit`,
      stat_prefix: "bench",
      token_bucket: { max_tokens: 1_000_000, tokens_per_fill: 1_000_000, fill_interval: "1s" },
      filter_enabled: always,
      filter_enforced: always,
    },
  };
}
