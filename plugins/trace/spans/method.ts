import { ByteView, Utf8 } from "../../../assembly/core/bytes";

/** Methods of RFC 9110 section 9 and RFC 5789. */
const METHODS: Utf8[] = [
  new Utf8("GET"),
  new Utf8("POST"),
  new Utf8("PUT"),
  new Utf8("HEAD"),
  new Utf8("DELETE"),
  new Utf8("PATCH"),
  new Utf8("OPTIONS"),
  new Utf8("CONNECT"),
  new Utf8("TRACE"),
];

/**
 * Whether it is one that the conventions know; others become `_OTHER`, since clients can invent any number of them.
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/. Allocates: nothing.
 */
export function isKnownMethod(method: ByteView): bool {
  for (let i = 0; i < METHODS.length; i++) if (unchecked(METHODS[i]).equals(method)) return true;
  return false;
}
