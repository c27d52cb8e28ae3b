// Does nothing with each request's headers: the least that a Wasm filter can cost.
// asc is told of the hook of failed runtime checks by name, so it must be part of the program.
import "../../assembly/abi/abort";

export function proxy_abi_version_0_2_1(): void {}

/** Envoy insists on an allocator; this filter reads nothing, so it is never called. */
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_request_headers(contextId: u32, headers: u32, endOfStream: u32): i32 {
  return 0;
}
