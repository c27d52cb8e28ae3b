import { HashSecret } from "../request/key";
import { monotonicNs, wallNs } from "./clock";
import { Presence } from "./presence";
import { randomBytes } from "./random";
import { SharedEntry } from "./shared-data";

const SECRET_BYTES: i32 = 16;

/**
 * The secret that all workers hash keys with, so that they mean the same by a fingerprint: the first worker to be
 * configured makes it. Without shared data this worker has one of its own. Only in onConfigure: allocates.
 */
export function sharedSecret(scope: string): HashSecret {
  const entry = new SharedEntry(scope + ".secret");
  const found = secretIn(entry);
  if (found != null) return found;
  const secret = newSecret();
  entry.overwrite(changetype<usize>(secret), SECRET_BYTES);
  const agreed = secretIn(entry);
  return agreed != null ? agreed : new HashSecret(secret[0], secret[1]);
}

function secretIn(entry: SharedEntry): HashSecret | null {
  if (entry.read() != Presence.Found || entry.value.length != SECRET_BYTES) return null;
  return new HashSecret(load<u64>(entry.value.ptr), load<u64>(entry.value.ptr, 8));
}

/** Bytes from the host's random source; without one, from the clocks, which a client does not know to the nanosecond. */
function newSecret(): StaticArray<u64> {
  const bytes = new StaticArray<u64>(2);
  if (!randomBytes(changetype<usize>(bytes), SECRET_BYTES)) {
    bytes[0] = wallNs();
    bytes[1] = monotonicNs() ^ (<u64>changetype<usize>(bytes));
  }
  return bytes;
}
