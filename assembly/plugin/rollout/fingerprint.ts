import { Utf8 } from "../../core/bytes";
import { JsonKind, JsonValue } from "../../core/json";
import { sipHash13 } from "../../core/siphash";

/**
 * What tells one rollout from another: of its salt, of the new configuration (`root` but for its member `rollout`) and of
 * the stable one. White space does not count, since control planes are free in it; the order of keys does. Neither do
 * the share and when to go back: to raise the share begins nothing anew. Never 0. Allocates.
 */
export function rolloutFingerprint(salt: string, root: JsonValue, stable: JsonValue): u64 {
  const text = new Utf8(salt);
  let hash = sipHash13(text.ptr, text.length, 0, 0);
  const document = root.document;
  const end = root.end;
  for (let i = root.firstChild; i < end; i = document.after(i + 1)) {
    if (new JsonValue(document, i).text == "rollout") continue;
    hash = digest(new JsonValue(document, i + 1), digest(new JsonValue(document, i), hash));
  }
  return digest(stable, hash) | 1;
}

/** A hash of a value and all that is in it. */
function digest(value: JsonValue, seed: u64): u64 {
  const document = value.document;
  const end = value.end;
  let hash = seed;
  for (let i = value.index; i < end; i++) {
    const kind = document.kindAt(i);
    const isContainer = kind >= JsonKind.Array;
    // The number of values in a container tells where it ends.
    const size = isContainer ? document.after(i) - i : document.byteLengthAt(i);
    hash = sipHash13(document.startAt(i), isContainer ? 0 : size, hash, ((<u64>size) << 3) | (<u64>kind));
  }
  return hash;
}
