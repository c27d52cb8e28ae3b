import { Errno, RANDOM_MAX_BYTES } from "./abi.js";
import type { HostCalls } from "./hostcalls/host-call.js";
import type { Vm } from "./vm.js";
import { fileCalls } from "./wasi-files.js";

/** The part of WASI preview 1 that Envoy gives a module, with Envoy's answers. */
export function wasiCalls(vm: Vm): HostCalls {
  const fault = (written: boolean): number => (written ? Errno.Success : Errno.Fault);
  const files = fileCalls(vm);
  return {
    plain: {
      ...files.plain,
      random_get(at = 0, size = 0) {
        if (size > RANDOM_MAX_BYTES) return Errno.Inval;
        return size === 0 ? Errno.Success : fault(vm.memory.writeBytes(at, vm.proxy.random.bytes(size)));
      },

      clock_res_get: (clock = 0, at = 0) => (clock > 1 ? Errno.Notsup : fault(vm.memory.writeU64(at, 1n))),

      environ_sizes_get(countAt = 0, sizeAt = 0) {
        const entries = environ(vm);
        const size = entries.reduce((sum, entry) => sum + entry.length, 0);
        return fault(vm.memory.writeU32(countAt, entries.length) && vm.memory.writeU32(sizeAt, size));
      },

      environ_get(pointersAt = 0, bytesAt = 0) {
        for (const entry of environ(vm)) {
          if (!vm.memory.writeU32(pointersAt, bytesAt) || !vm.memory.writeBytes(bytesAt, entry)) return Errno.Fault;
          pointersAt += 4;
          bytesAt += entry.length;
        }
        return Errno.Success;
      },

      args_get: () => Errno.Success,
      args_sizes_get: (countAt = 0, sizeAt = 0) =>
        fault(vm.memory.writeU32(countAt, 0) && vm.memory.writeU32(sizeAt, 0)),
      poll_oneoff: (_in = 0, _out = 0, _count = 0, eventsAt = 0) => fault(vm.memory.writeU32(eventsAt, 0)),
      sched_yield: () => Errno.Success,

      /** Does not end the module: what a compiler puts behind it (a trap) does. */
      proc_exit(code = 0) {
        vm.log(0, `wasi_unstable proc_exit ${code}`);
        return 0;
      },
    },
    wide: {
      ...files.wide,
      clock_time_get(clock: number, _precision: bigint, at: number) {
        if (clock !== 0 && clock !== 1) return Errno.Notsup;
        const now = clock === 0 ? vm.proxy.clock.wallNs() : vm.proxy.clock.monotonicNs();
        return fault(vm.memory.writeU64(at >>> 0, now));
      },
    },
  };
}

function environ(vm: Vm): Uint8Array[] {
  return [...vm.environment].map(([name, value]) => Buffer.from(`${name}=${value}\0`, "utf8"));
}
