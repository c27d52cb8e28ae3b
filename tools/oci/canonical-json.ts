import { canonical } from "../canonical.js";

/** JSON whose bytes are a function of its value alone. */
export function canonicalJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonical(value));
}
