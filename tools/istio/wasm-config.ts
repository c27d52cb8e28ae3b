import { KNOWN_EXPORTS, LINKABLE_IMPORTS } from "../build/abi.js";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { suggestion } from "../policy/suggest.js";
import { quote } from "../validate/words.js";
import { warning } from "./resource.js";
import { HTTP_WASM, STRING_VALUE, TCP_WASM, type Typed } from "./typed-config.js";
import { WASM } from "./wasm-fields.js";
import { fieldAt, fieldDown, fieldFaults } from "./wasm-message.js";

/** How a Wasm filter's configuration reaches Envoy. */
export interface WasmPlace {
  /** By ECDS, which Istio's agent reads on the way, and fetches what it names. */
  isFetchedByAgent: boolean;
}

export function isWasm({ type }: Typed): boolean {
  return type === HTTP_WASM || type === TCP_WASM;
}

/** What of a Wasm filter istiod leaves out, Envoy refuses, or a plugin is given in another form than it reads. */
export function wasmConfigFaults({ message }: Typed, place: WasmPlace): Fault[] {
  const config = fieldAt(message, "config");
  if (!config) {
    const remedy = "Add config: { name, root_id, vm_config, configuration }";
    return [{ code: "TG3714", path: message.path, message: "a Wasm filter without config loads nothing", remedy }];
  }
  return [
    ...fieldFaults(message, WASM),
    ...failureFaults(config),
    ...runtimeFaults(config),
    ...codeFaults(config, place),
    ...configurationFaults(config),
    ...capabilityFaults(config),
  ];
}

function failureFaults(config: Node): Fault[] {
  const open = fieldAt(config, "fail_open");
  const policy = fieldAt(config, "failure_policy");
  if (open && policy) {
    const message = "Envoy refuses a listener that has both fail_open and failure_policy";
    return [{ code: "TG3715", path: open.path, at: "key", message, remedy: "Keep failure_policy" }];
  }
  if (!open) return [];
  const message = "fail_open is deprecated, and Envoy takes it for another thing than failure_policy: FAIL_OPEN";
  const remedy = "Write failure_policy: FAIL_OPEN, with which the request that makes a plugin trap gets a 503";
  return [warning({ code: "TG3715", path: open.path, at: "key", message, remedy })];
}

/** Official builds of Envoy have V8 only. */
const RUNTIME = "envoy.wasm.runtime.v8";
const RUNTIMES = [RUNTIME, "envoy.wasm.runtime.null", "envoy.wasm.runtime.wamr", "envoy.wasm.runtime.wasmtime"];

function runtimeFaults(config: Node): Fault[] {
  const runtime = fieldDown(config, "vm_config", "runtime");
  if (!runtime?.text || runtime.text === RUNTIME) return [];
  const { text, path } = runtime;
  if (RUNTIMES.includes(text)) {
    const message = `Envoys as Istio builds them have no ${text}`;
    return [warning({ code: "TG3716", path, message, remedy: `Write ${RUNTIME} unless yours has it` })];
  }
  const remedy = suggestion(text, [RUNTIME]) ?? `Write ${RUNTIME}`;
  return [{ code: "TG3716", path, message: `Envoy has no runtime ${quote(text)}`, remedy }];
}

function codeFaults(config: Node, place: WasmPlace): Fault[] {
  const vm = fieldAt(config, "vm_config");
  const code = fieldAt(vm, "code");
  if (!vm || !code) return [noCode(vm ?? config, vm ? "code" : "vm_config")];
  const local = code.at("local");
  const remote = code.at("remote");
  if (local) return localFaults(local);
  if (!remote) return [noCode(code, "local or remote")];
  return remoteFaults(remote, place);
}

function noCode({ path }: Node, lacking: string): Fault {
  const message = `nothing says where the code is: there is no ${lacking}, and Envoy refuses the filter`;
  const remedy = "Add vm_config: { code: { local: { filename: /etc/... } } }";
  return { code: "TG3714", path, at: "key", message, remedy };
}

const SOURCES = ["filename", "inline_bytes", "inline_string", "environment_variable"];

function localFaults(local: Node): Fault[] {
  const given = SOURCES.map((name) => fieldAt(local, name)).filter((node) => node !== undefined);
  if (given.length > 0 && given.every((node) => node.value !== "")) return [];
  return [{ ...noCode(local, "filename"), message: "the code is empty, and Envoy refuses the filter" }];
}

function remoteFaults(remote: Node, place: WasmPlace): Fault[] {
  const uri = fieldDown(remote, "http_uri", "uri");
  const sha256 = fieldAt(remote, "sha256");
  if (!uri?.text) return [{ ...noCode(remote, "http_uri.uri") }];
  const faults = sha256Faults(remote, sha256);
  if (place.isFetchedByAgent) return faults;
  return [...faults, notFetched(uri, uri.text)];
}

function sha256Faults(remote: Node, sha256: Node | undefined): Fault[] {
  if (sha256?.text !== undefined && /^[0-9a-f]{64}$/.test(sha256.text)) return [];
  const message = sha256
    ? `${quote(sha256.value)} is no sha256`
    : "Envoy refuses code that it shall fetch without sha256";
  const remedy = "Write the hash as 64 digits of 0-9 and a-f, in quotes";
  return [
    { code: "TG3721", path: (sha256 ?? remote).path, ...(sha256 ? {} : { at: "key" as const }), message, remedy },
  ];
}

/** The agent reads only what comes by ECDS. */
function notFetched(uri: Node, url: string): Fault {
  const remedy = "Put the filter into a patch of EXTENSION_CONFIG with config_discovery, or use a WasmPlugin";
  const isImage = url.startsWith("oci:");
  const message = isImage
    ? "Envoy itself cannot fetch an image, and Istio's agent does not look into listeners"
    : "Istio's agent does not fetch what a listener names: Envoy does it by itself, which it calls unstable";
  return { code: "TG3722", ...(isImage ? {} : { severity: "warning" as const }), path: uri.path, message, remedy };
}

/** Istio's plugins get JSON as text. Envoy hands a plugin the bytes of any other message as they are. */
function configurationFaults(config: Node): Fault[] {
  const configuration = fieldAt(config, "configuration");
  if (!configuration) return [];
  const type = configuration.at("@type");
  const value = configuration.at("value");
  const remedy = `Write "@type": ${STRING_VALUE} and the JSON as the text of value`;
  if (!type) {
    return [{ code: "TG3711", path: configuration.path, at: "key", message: "configuration has no @type", remedy }];
  }
  if (type.text !== STRING_VALUE) {
    const message = "the plugin gets the bytes of this message as they are, and no JSON";
    return [warning({ code: "TG3717", path: type.path, message, remedy })];
  }
  if (value?.text !== undefined) return [];
  const message = value ? "the value of a StringValue is a text" : "the StringValue has no value";
  return [
    { code: "TG3717", path: (value ?? configuration).path, message, remedy: "Write the JSON in quotes, or after |-" },
  ];
}

/** What a module can import or export, by the names that restrictions have for it. */
const CAPABILITIES = new Set([...[...LINKABLE_IMPORTS].map((name) => name.split(".")[1]!), ...KNOWN_EXPORTS]);

function capabilityFaults(config: Node): Fault[] {
  const places = [config, fieldAt(config, "vm_config")];
  const allowed = places.map((node) => fieldDown(node, "capability_restriction_config", "allowed_capabilities"));
  return allowed
    .flatMap((node) => node?.members() ?? [])
    .flatMap(([name, { path }]): Fault[] => {
      if (CAPABILITIES.has(name)) return [];
      const message = `Envoy knows no capability ${quote(name)}, so it allows nothing`;
      const remedy =
        suggestion(name, [...CAPABILITIES]) ?? "Name what the module imports or exports, such as proxy_log";
      return [warning({ code: "TG3718", path, at: "key", message, remedy })];
    });
}
