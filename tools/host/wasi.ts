import { Errno, RANDOM_MAX_BYTES } from "./abi.js";
import type { HostCalls } from "./hostcalls/host-call.js";
import type { Vm } from "./vm.js";

const STDOUT = 1;
const STDERR = 2;
const LEVEL_INFO = 2;
const LEVEL_ERROR = 4;
const RIGHT_FD_WRITE = 64n;

/** The part of WASI preview 1 that Envoy gives a module, with Envoy's answers. */
export function wasiCalls(vm: Vm): HostCalls {
  const fault = (written: boolean): number => (written ? Errno.Success : Errno.Fault);
  const ofStandardStreams = (fd = 0): number => (fd === STDOUT || fd === STDERR ? Errno.Success : Errno.Badf);
  const answers = (errno: number) => (): number => errno;
  return {
    plain: {
      fd_write(fd = 0, vectors = 0, count = 0, writtenAt = 0) {
        if (ofStandardStreams(fd) !== Errno.Success) return Errno.Badf;
        const text = gather(vm, vectors, count);
        if (text === undefined) return Errno.Fault;
        if (text !== "") vm.log(fd === STDOUT ? LEVEL_INFO : LEVEL_ERROR, text.replace(/\n$/, ""));
        return fault(vm.memory.writeU32(writtenAt, text.length));
      },

      random_get(at = 0, size = 0) {
        if (size > RANDOM_MAX_BYTES) return Errno.Inval;
        return fault(vm.memory.writeBytes(at, vm.proxy.random.bytes(size)));
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

      args_get: answers(Errno.Success),
      args_sizes_get: (countAt = 0, sizeAt = 0) =>
        fault(vm.memory.writeU32(countAt, 0) && vm.memory.writeU32(sizeAt, 0)),

      fd_fdstat_get(fd = 0, at = 0) {
        if (ofStandardStreams(fd) !== Errno.Success) return Errno.Badf;
        vm.memory.writeU64(at, 0n);
        vm.memory.writeU64(at + 8, RIGHT_FD_WRITE);
        vm.memory.writeU64(at + 16, 0n);
        return Errno.Success;
      },

      poll_oneoff: (_in = 0, _out = 0, _count = 0, eventsAt = 0) => fault(vm.memory.writeU32(eventsAt, 0)),
      /** Does not end the module: what a compiler puts behind it (a trap) does. */
      proc_exit(code = 0) {
        vm.log(0, `wasi_unstable proc_exit ${code}`);
        return 0;
      },

      sched_yield: answers(Errno.Success),
      fd_close: answers(Errno.Success),
      fd_read: answers(Errno.Nosys),
      fd_fdstat_set_flags: answers(Errno.Nosys),
      fd_prestat_get: answers(Errno.Badf),
      fd_prestat_dir_name: answers(Errno.Nosys),
      fd_filestat_get: answers(Errno.Badf),
      fd_datasync: ofStandardStreams,
      fd_sync: ofStandardStreams,
      path_filestat_get: answers(Errno.Notsup),
    },
    wide: {
      clock_time_get(clock: number, _precision: bigint, at: number) {
        if (clock !== 0 && clock !== 1) return Errno.Notsup;
        const now = clock === 0 ? vm.proxy.clock.wallNs() : vm.proxy.clock.monotonicNs();
        return fault(vm.memory.writeU64(at >>> 0, now));
      },
      fd_seek: answers(Errno.Success),
      path_open: answers(Errno.Noent),
    },
  };
}

function gather(vm: Vm, vectors: number, count: number): string | undefined {
  let text = "";
  for (let index = 0; index < count; index++) {
    const pointer = vm.memory.readU32(vectors + index * 8);
    const size = vm.memory.readU32(vectors + index * 8 + 4);
    const part = pointer === undefined || size === undefined ? undefined : vm.memory.readString(pointer, size);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function environ(vm: Vm): Uint8Array[] {
  return [...vm.environment].map(([name, value]) => Buffer.from(`${name}=${value}\0`, "utf8"));
}
