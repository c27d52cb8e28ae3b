import { WasmResultValues } from "../abi/types";
import { Xoshiro256 } from "../core/xoshiro256";
import { monotonicNs, wallNs } from "./clock";
import { Presence } from "./presence";
import { randomBytes } from "./random";
import { SharedEntry } from "./shared-data";

/** Tries at the shared number, each lost to another VM that is being configured at the same time. */
const MAX_TRIES: i32 = 16;

/**
 * Seeds `random` so that no other VM gets the same sequence: with 256 bits from the host's random source; without one
 * (a capability restriction can take it away), with both clocks and a number that each VM of this Envoy draws anew.
 * @param plugin whose VMs draw numbers apart from those of others.
 * @returns false in the second case: what comes of it is then unique but can be guessed. Only at configure: allocates.
 */
export function seedForThisVm(random: Xoshiro256, plugin: string): bool {
  const bytes = new StaticArray<u64>(4);
  const from = changetype<usize>(bytes);
  if (randomBytes(from, 32) && random.seed(from)) return true;
  random.seedPoor(wallNs(), monotonicNs(), nextVmNumber(plugin), 0);
  return false;
}

/** A number that no other VM of this Envoy has drawn; 0 when the host does not keep shared data. */
function nextVmNumber(plugin: string): u64 {
  const entry = new SharedEntry(`tidegate.${plugin}.vm_number`);
  const number = new StaticArray<u64>(1);
  for (let i = 0; i < MAX_TRIES; i++) {
    const presence = entry.read();
    if (presence == Presence.Failed) return 0;
    number[0] = entry.value.length == 8 ? load<u64>(entry.value.ptr) + 1 : 1;
    if (entry.compareAndSet(changetype<usize>(number), 8) == WasmResultValues.Ok) return number[0];
  }
  return 0;
}
