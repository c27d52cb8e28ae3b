const WASI = ["wasi_unstable", "wasi_snapshot_preview1"];

function wasi(names: string): string[] {
  return names.split(/\s+/).flatMap((name) => WASI.map((module) => `${module}.${name}`));
}

/** What a module may call while the host asks it for memory; anything else traps ("restricted_callback"). */
export const ALLOWED_WHILE_ALLOCATING: ReadonlySet<string> = new Set([
  "env.proxy_log",
  ...wasi("fd_write clock_time_get poll_oneoff"),
]);

/** What a module may call while it initialises itself, before any context exists. */
export const ALLOWED_WHILE_STARTING: ReadonlySet<string> = new Set([
  "env.emscripten_notify_memory_growth",
  "env.proxy_log",
  ...wasi(
    `fd_write args_sizes_get args_get environ_sizes_get environ_get clock_time_get clock_res_get random_get
    poll_oneoff fd_fdstat_get fd_fdstat_set_flags fd_advise fd_allocate fd_datasync fd_fdstat_set_rights
    fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_dir_name fd_prestat_get fd_pwrite
    fd_readdir fd_renumber fd_sync fd_tell path_create_directory path_filestat_get path_filestat_set_times path_link
    path_readlink path_remove_directory path_rename path_symlink path_unlink_file sock_accept sock_recv sock_send
    sock_shutdown`,
  ),
]);
