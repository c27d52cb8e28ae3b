import { Errno } from "./abi.js";
import type { HostCalls } from "./hostcalls/host-call.js";
import type { Vm } from "./vm.js";

const STDOUT = 1;
const STDERR = 2;
const LEVEL_INFO = 2;
const LEVEL_ERROR = 4;
const RIGHT_FD_WRITE = 64n;
const NO_FLAGS = new Uint8Array(2);

/** Files by path, and sockets: there are none. */
const UNSUPPORTED = [
  "path_create_directory",
  "path_filestat_get",
  "path_remove_directory",
  "path_rename",
  "path_unlink_file",
  "sock_shutdown",
];

/** What WASI has for files and sockets, of which there are only the two streams that go to Envoy's log. */
export function fileCalls(vm: Vm): HostCalls {
  /** What a call answers when the zeros that it gives could be written. */
  const once = (isWritten: boolean, errno: number): number => (isWritten ? errno : Errno.Fault);
  const answers = (errno: number) => (): number => errno;
  return {
    plain: {
      fd_write: (fd = 0, vectors = 0, count = 0, writtenAt = 0) => write(vm, fd, vectors, count, writtenAt),
      fd_fdstat_get: (fd = 0, at = 0) => ofStandardStreams(fd) || giveRights(vm, at),
      fd_close: answers(Errno.Success),
      fd_read: answers(Errno.Nosys),
      fd_fdstat_set_flags: answers(Errno.Nosys),
      fd_prestat_get: answers(Errno.Badf),
      fd_prestat_dir_name: answers(Errno.Nosys),
      fd_filestat_get: answers(Errno.Badf),
      fd_datasync: ofStandardStreams,
      fd_sync: ofStandardStreams,
      fd_renumber: (fd = 0, to = 0) => ofStandardStreams(fd) || ofStandardStreams(to) || Errno.Notsup,
      fd_tell: (fd = 0, at = 0) => ofStandardStreams(fd) || once(vm.memory.writeU64(at, 0n), Errno.Success),
      ...Object.fromEntries(UNSUPPORTED.map((name) => [name, answers(Errno.Notsup)])),
      path_readlink: (_fd = 0, _path = 0, _size = 0, _buffer = 0, _most = 0, usedAt = 0) =>
        once(vm.memory.writeU32(usedAt, 0), Errno.Notsup),
      /** Envoy writes a number of 8 bytes where WASI has one of 4. */
      sock_accept: (_fd = 0, _flags = 0, at = 0) => once(vm.memory.writeU64(at, 0n), Errno.Notsup),
      sock_recv: (_fd = 0, _data = 0, _count = 0, _flags = 0, readAt = 0, flagsAt = 0) =>
        once(vm.memory.writeU32(readAt, 0) && vm.memory.writeBytes(flagsAt, NO_FLAGS), Errno.Notsup),
      sock_send: (_fd = 0, _data = 0, _count = 0, _flags = 0, sentAt = 0) =>
        once(vm.memory.writeU32(sentAt, 0), Errno.Notsup),
    },
    wide: {
      fd_seek: answers(Errno.Success),
      path_open: answers(Errno.Noent),
      fd_advise: answers(Errno.Success),
      fd_allocate: ofStandardStreams,
      fd_fdstat_set_rights: ofStandardStreams,
      fd_filestat_set_size: ofStandardStreams,
      fd_filestat_set_times: ofStandardStreams,
      fd_pread: answers(Errno.Nosys),
      /** The place in the file counts for nothing. */
      fd_pwrite: (fd: number, vectors: number, count: number, _place: bigint, writtenAt: number) =>
        write(vm, fd, vectors >>> 0, count >>> 0, writtenAt >>> 0),
      fd_readdir: (_fd: number, _buffer: number, _size: number, _cookie: bigint, usedAt: number) =>
        once(vm.memory.writeU32(usedAt >>> 0, 0), Errno.Notdir),
      path_filestat_set_times: answers(Errno.Notsup),
    },
  };
}

function ofStandardStreams(fd = 0): number {
  return fd === STDOUT || fd === STDERR ? Errno.Success : Errno.Badf;
}

/** A file of which nothing is known but that it can be written. */
function giveRights(vm: Vm, at: number): number {
  for (const [place, word] of [0n, RIGHT_FD_WRITE, 0n].entries()) vm.memory.writeU64(at + place * 8, word);
  return Errno.Success;
}

/** Text for a standard stream goes to Envoy's log, a line break at its end left out. */
function write(vm: Vm, fd: number, vectors: number, count: number, writtenAt: number): number {
  if (ofStandardStreams(fd) !== Errno.Success) return Errno.Badf;
  const text = gather(vm, vectors, count);
  if (text === undefined) return Errno.Fault;
  if (text !== "") vm.log(fd === STDOUT ? LEVEL_INFO : LEVEL_ERROR, text.replace(/\n$/, ""));
  return vm.memory.writeU32(writtenAt, text.length) ? Errno.Success : Errno.Fault;
}

function gather(vm: Vm, vectors: number, count: number): string | undefined {
  let text = "";
  for (let index = 0; index < count; index++) {
    const pointer = vm.memory.readU32(vectors + index * 8);
    const size = vm.memory.readU32(vectors + index * 8 + 4);
    if (pointer === undefined || size === undefined) return undefined;
    const part = size === 0 ? "" : vm.memory.readString(pointer, size);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}
