// The hook of failed runtime checks must be part of the program: asc is told of it by name (--use abort=...).
import "../abort";
import { lendMemory } from "../memory";

/** Marks the module as proxy-wasm ABI 0.2.1, the newest that Envoy speaks. */
export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: usize): usize {
  return lendMemory(size);
}
