import { ByteView } from "../../../assembly/core/bytes";
import { JsonKind, parseJson } from "../../../assembly/core/json";

/** What is read of an answer; a longer one counts as full success. */
export const MAX_ANSWER_BYTES: u32 = 8192;

/**
 * The spans that a collector says to have rejected, in a body such as `{"partialSuccess":{"rejectedSpans":"5"}}`; 0 when it
 * says nothing of the kind. https://opentelemetry.io/docs/specs/otlp/#partial-success-1. The body is changed. Allocates.
 */
export function rejectedSpans(body: ByteView): u64 {
  const document = parseJson(body);
  if (!document.ok) return 0;
  const partial = document.root.member("partialSuccess");
  const rejected = partial != null ? partial.member("rejectedSpans") : null;
  if (rejected == null) return 0;
  // protobuf's JSON writes 64-bit integers as texts, and reads both.
  if (rejected.kind != JsonKind.String && rejected.kind != JsonKind.Number) return 0;
  return digitsOf(rejected.start, rejected.byteLength);
}

function digitsOf(at: usize, length: i32): u64 {
  let value: u64 = 0;
  if (length > 18) return 0;
  for (let i = 0; i < length; i++) {
    const digit = load<u8>(at + <usize>i) - 0x30;
    if (digit > 9) return 0;
    value = 10 * value + digit;
  }
  return value;
}
