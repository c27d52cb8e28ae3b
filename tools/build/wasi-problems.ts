import type { WasmModule } from "../wasm/module.js";
import type { GivenProblem } from "./given-module.js";
import { producersOf } from "../wasm/producers.js";

/** Functions of WASI that Envoy links, and that answer with an error whatever they are asked: files, and sockets. */
export const ANSWERED_WITH_ERRORS: ReadonlySet<string> = new Set(
  (
    "fd_read fd_pread fd_readdir fd_renumber fd_fdstat_set_flags fd_filestat_get fd_prestat_get fd_prestat_dir_name " +
    "path_open path_create_directory path_filestat_get path_filestat_set_times path_readlink path_remove_directory " +
    "path_rename path_unlink_file sock_accept sock_recv sock_send sock_shutdown"
  ).split(" "),
);

/** What standard libraries import whether or not a program opens anything. */
const OF_EVERY_PROGRAM =
  /^(fd_(read|renumber|fdstat_set_flags|filestat_get|prestat_get|prestat_dir_name)|path_(open|filestat_get))$/;

/** What of WASI a plugin imports and can do nothing with, and whether it ends before a request comes. */
export function wasiProblems(module: WasmModule): GivenProblem[] {
  return [...unusable(module), ...endsAtOnce(module)];
}

function unusable({ imports }: WasmModule): GivenProblem[] {
  const names = imports.filter(({ module }) => module.startsWith("wasi_")).map(({ name }) => name);
  const useless = new Set(names.filter((name) => ANSWERED_WITH_ERRORS.has(name) && !OF_EVERY_PROGRAM.test(name)));
  if (useless.size === 0) return [];
  const message = `the module imports ${[...useless].join(", ")} of WASI, and Envoy has no files and no sockets for it`;
  const remedy = "Remove what uses them; for requests of its own a plugin has proxy_http_call";
  return [{ code: "TG9309", severity: "warning", message, remedy }];
}

/** Go's `_start` ends with proc_exit, after which nothing of the module can be called. */
function endsAtOnce({ exports, customs }: WasmModule): GivenProblem[] {
  const has = (name: string): boolean => exports.some((one) => one.name === name);
  const isOfGo = producersOf(customs).some(({ name }) => name === "Go");
  if (!isOfGo || has("_initialize") || !has("_start")) return [];
  const message = "the module is a Go program, which ends before Envoy calls it";
  return [{ code: "TG9310", severity: "error", message, remedy: "Build it with -buildmode=c-shared" }];
}
