// @solo-io/proxy-runtime counts references as AssemblyScript before 0.18 did; today's collector pins and unpins.

export function __retain(ptr: usize): usize {
  return __pin(ptr);
}

export function __release(ptr: usize): void {
  __unpin(ptr);
}
