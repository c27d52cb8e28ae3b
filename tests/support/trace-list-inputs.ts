import fc from "fast-check";
import { type Header, pick, text } from "./trace-format-inputs.js";

// tracestate and baggage as callers send them: good, nearly good, and beyond every limit.

/** Any bytes that a header's value may have. */
export const bytes = (maxLength: number) =>
  fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength })
    .map((codes) => String.fromCharCode(...codes).replace(/[\r\n]/g, "."));

const keyText = text("abz019_-*/@", 1, 12);
const valueText = text("aZ9 ~!;:", 1, 12).map((value) => `${value}x`);
const member = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(keyText, valueText).map(([key, value]) => `k${key}=${value}`) },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom("long", "longer"), fc.integer({ min: 100, max: 260 })).map(([key, length]) => `${key}=${"v".repeat(length)}`) }, // prettier-ignore
  { weight: 2, arbitrary: fc.constantFrom("acme=00f067aa0ba902b7", "acme=x", "Bad=1", "=1", "noequals", "") },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom("th:8", "th:0", "th:c", "th:", "th:g", "th:fffffffffffffff", ""), fc.constantFrom("rv:6e6d1a75832a2f", "rv:6e", "a:b", "")).map(([th, rv]) => `ot=${[th, rv].filter(Boolean).join(";")}`) }, // prettier-ignore
);
export const tracestates: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(member, { minLength: 1, maxLength: 6 }).map((all): Header[] => [["tracestate", all.join(pick([",", ", ", " ,"], all.length))]]) }, // prettier-ignore
  { weight: 2, arbitrary: fc.array(member, { minLength: 1, maxLength: 3 }).map((all): Header[] => all.map((one): Header => ["tracestate", one])) }, // prettier-ignore
  { weight: 1, arbitrary: fc.integer({ min: 29, max: 34 }).map((count): Header[] => [["tracestate", Array.from({ length: count }, (_, i) => `k${i}=v`).join(",")]]) }, // prettier-ignore
  { weight: 1, arbitrary: bytes(30).map((value): Header[] => [["tracestate", value]]) },
);

const baggageMember = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constantFrom("user.id", "user.name", "tenant", "internal.a", "other", "Tenant"), text("aZ9=%20/", 0, 9), fc.constantFrom("", "", ";p", "; p=1 ;q", " ; a = b")).map(([key, value, rest]) => `${key}=${value}${rest}`) }, // prettier-ignore
  { weight: 1, arbitrary: fc.constantFrom("", "novalue", "=v", "a b=c", 'q="x"', "tenant=\xc3\xa9", "tenant = x ", "a=b;", "a=b;=") }, // prettier-ignore
  { weight: 1, arbitrary: fc.integer({ min: 30, max: 5000 }).map((length) => `tenant=${"v".repeat(length)}`) },
);
export const baggages: fc.Arbitrary<Header[]> = fc.oneof(
  { weight: 5, arbitrary: fc.array(baggageMember, { minLength: 1, maxLength: 5 }).map((all): Header[] => [["baggage", all.join(pick([",", ", ", " , "], all.length))]]) }, // prettier-ignore
  { weight: 2, arbitrary: fc.array(baggageMember, { minLength: 1, maxLength: 3 }).map((all): Header[] => all.map((one): Header => ["baggage", one])) }, // prettier-ignore
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 70 }).map((count): Header[] => [["baggage", Array.from({ length: count }, (_, i) => `user.${i}=v`).join(",")]]) }, // prettier-ignore
  { weight: 1, arbitrary: fc.array(fc.tuple(fc.constantFrom("uberctx-tenant", "uberctx-user.id", "uberctx-internal.a", "uberctx-"), fc.constantFrom("a", "a%20b", "%zz", "", "a,b", "\xc3\xa9")), { minLength: 1, maxLength: 3 }) }, // prettier-ignore
  { weight: 1, arbitrary: bytes(30).map((value): Header[] => [["baggage", value]]) },
);
