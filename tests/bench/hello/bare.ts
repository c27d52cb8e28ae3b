// Adds one response header by bare ABI calls: no library, no contexts, no garbage collection, nothing but what Envoy
// cannot do without. What a filter of this job costs at least; the benchmark compares the others with it.
import { proxy_add_header_map_value } from "@solo-io/proxy-runtime/assembly/imports";
// asc is told of the hook of failed runtime checks by name, so it must be part of the program.
import "../../../assembly/abi/abort";

const RESPONSE_HEADERS: u32 = 2;
const CONTINUE: i32 = 0;

const HELLO: usize = memory.data<u8>([0x68, 0x65, 0x6c, 0x6c, 0x6f]);
const WORLD: usize = memory.data<u8>([0x77, 0x6f, 0x72, 0x6c, 0x64]);

export function proxy_abi_version_0_2_1(): void {}

/** Envoy insists on an allocator; this filter reads nothing, so it is never called. */
export function proxy_on_memory_allocate(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_configure(rootContextId: u32, configurationSize: u32): u32 {
  return 1;
}

export function proxy_on_response_headers(contextId: u32, headers: u32, endOfStream: u32): i32 {
  proxy_add_header_map_value(RESPONSE_HEADERS, HELLO, 5, WORLD, 5);
  return CONTINUE;
}
