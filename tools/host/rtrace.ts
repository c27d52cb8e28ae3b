import type { Vm } from "./vm.js";

/**
 * AssemblyScript's runtime trace, imported by modules built with ASC_RTRACE=1: tells of every block taken from the
 * heap. onvisit must answer 1 (or the collector stops); onload and onstore pass the address through.
 */
export function rtraceCalls(vm: Vm): Record<string, (...args: number[]) => number> {
  const address = (pointer = 0): number => pointer;
  const nothing = (): number => 0;
  return {
    onalloc: () => vm.counter.heapAllocations++,
    onvisit: () => 1,
    onload: address,
    onstore: address,
    oninit: nothing,
    onresize: nothing,
    onmove: nothing,
    onfree: nothing,
    oncollect: nothing,
    oninterrupt: nothing,
    onyield: nothing,
  };
}
