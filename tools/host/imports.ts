import { CALLS_OF_VERSION, Errno, Status } from "./abi.js";
import { bufferCalls } from "./hostcalls/buffers.js";
import { outboundCalls } from "./hostcalls/calls.js";
import { foreignCalls } from "./hostcalls/foreign.js";
import { generalCalls } from "./hostcalls/general.js";
import { headerCalls } from "./hostcalls/headers.js";
import type { HostCalls, WideHostCall } from "./hostcalls/host-call.js";
import { metricCalls } from "./hostcalls/metrics.js";
import { oldestCalls } from "./hostcalls/oldest.js";
import { stateCalls } from "./hostcalls/state.js";
import { streamCalls } from "./hostcalls/stream.js";
import { rtraceCalls } from "./rtrace.js";
import type { Vm } from "./vm.js";
import { wasiCalls } from "./wasi.js";

/** What a wasm function may pass: i32 as a signed number, i64 as a bigint, nothing for what it does not pass. */
type Raw = number & bigint;
type RawHostCall = (...args: Raw[]) => number;

const ENV = [
  headerCalls,
  bufferCalls,
  generalCalls,
  streamCalls,
  oldestCalls,
  stateCalls,
  metricCalls,
  outboundCalls,
  foreignCalls,
] as const;

/** The import object of a VM: each call counted, restricted, made to fail when a test says so. */
export function buildImports(vm: Vm): WebAssembly.Imports {
  const wasi = wasiCalls(vm);
  const providers: Record<string, HostCalls> = {
    env: merge(ENV.map((calls) => calls(vm))),
    wasi_snapshot_preview1: wasi,
    wasi_unstable: wasi,
  };
  const imports: WebAssembly.Imports = {};
  for (const { module, name, kind } of WebAssembly.Module.imports(vm.module.compiled)) {
    const call = kind === "function" ? provide(vm, providers[module], module, name) : undefined;
    if (!call) throw new Error(`Failed to load Wasm module due to a missing import: ${module}.${name}`);
    (imports[module] ??= {})[name] = call;
  }
  return imports;
}

function merge(all: HostCalls[]): HostCalls {
  return {
    plain: Object.assign({}, ...all.map(({ plain }) => plain)),
    wide: Object.assign({}, ...all.map(({ wide }) => wide)),
  };
}

function provide(vm: Vm, calls: HostCalls | undefined, module: string, name: string): unknown {
  if (module === "rtrace") return rtraceCalls(vm)[name];
  if (module === "env" && isOfOtherVersion(name, vm.module.abiVersion)) return undefined;
  const plain = calls?.plain[name];
  const wide = calls?.wide?.[name];
  if (!plain && !wide) return undefined;
  const raw = wide ? (wide as WideHostCall as RawHostCall) : unsigned(plain!);
  return guard(vm, module, name, restrict(vm, module, name, raw));
}

/** A function that Envoy has, but not for modules of this ABI version. */
function isOfOtherVersion(name: string, version = "0.2.1"): boolean {
  return Object.values(CALLS_OF_VERSION).flat().includes(name) && !CALLS_OF_VERSION[version]?.includes(name);
}

/** i32 arguments come signed; addresses and sizes are not. Enough parameters for the longest call, without an array. */
function unsigned(call: (...args: number[]) => number): RawHostCall {
  return (a, b, c, d, e, f, g, h, i, j, k, l) =>
    call(
      a! >>> 0,
      b! >>> 0,
      c! >>> 0,
      d! >>> 0,
      e! >>> 0,
      f! >>> 0,
      g! >>> 0,
      h! >>> 0,
      i! >>> 0,
      j! >>> 0,
      k! >>> 0,
      l! >>> 0,
    );
}

/** A call that the VM's capabilities do not name answers without doing anything. */
function restrict(vm: Vm, module: string, name: string, call: RawHostCall): RawHostCall {
  const { capabilities = [] } = vm.options;
  if (capabilities.length === 0 || capabilities.includes(name)) return call;
  const isProxy = name.startsWith("proxy_");
  if (module === "env" && !isProxy) return call;
  return () => {
    vm.log(4, `Attempted call to restricted ${isProxy ? "proxy-wasm" : "WASI"} capability: ${name}`);
    return isProxy ? Status.InternalFailure : Errno.Notcapable;
  };
}

function guard(vm: Vm, module: string, name: string, call: RawHostCall): RawHostCall {
  const { counter } = vm;
  const { faults } = vm.proxy;
  const index = counter.register(name);
  const qualified = `${module}.${name}`;
  return (a, b, c, d, e, f, g, h, i, j, k, l) => {
    counter.called(index);
    if (vm.allowedCalls && !vm.allowedCalls.has(qualified)) throw new WebAssembly.RuntimeError("restricted_callback");
    if (faults.active) {
      const passed = [a, b, c, d, e, f, g, h, i, j, k, l].filter((value) => value !== undefined) as (number | bigint)[];
      const status = faults.statusFor(name, passed, vm.memory);
      if (status !== undefined) return status;
    }
    return call(a!, b!, c!, d!, e!, f!, g!, h!, i!, j!, k!, l!);
  };
}
