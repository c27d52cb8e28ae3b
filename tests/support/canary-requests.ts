import fc from "fast-check";
import { type HeaderList, type PropertyMap, utf8ByteString } from "../../tools/host/index.js";
import { COOKIES, HEADERS, HOSTS, IDENTITIES, METHODS, PARAMETERS, PATHS, VALUES } from "./canary-conditions.js";
import { armsOf, type Config } from "./canary-inputs.js";
import { LABELS } from "./canary-lanes.js";
import { entries } from "./canary-lists.js";
import { valueOfArm } from "./canary-oracle.js";
import { headerValues } from "./fuzz-inputs.js";
import { FORWARDED } from "./ratelimit-request-oracle.js";

/** What happens before a request. */
export type Event =
  | { advanceSeconds: number }
  /** The wall clock alone; the plugin hears of it at its next tick. */
  | { stepSeconds: number }
  /** What the lists that are being fetched are answered with; nothing: as if the upstream broke down. */
  | { lists: string[] | undefined };

/** How an upstream answers. */
export interface Answer {
  afterMs: number;
  status: string;
  headers: HeaderList;
  trailers?: HeaderList;
}

/** A request, what Envoy knows of it, and what becomes of it. */
export interface Exchange {
  before?: Event;
  headers: HeaderList;
  address?: string;
  identity?: string;
  claims?: PropertyMap;
  answer?: Answer;
}

const likely = <Value>(value: fc.Arbitrary<Value>, present = 4) =>
  fc.oneof({ weight: present, arbitrary: value }, { weight: 1, arbitrary: fc.constant(undefined) });

const text = fc.constantFrom(...VALUES);
const cookieValue = fc.oneof(
  text,
  fc.constantFrom('"alice"', "%61", "", "0123456789abcdef", "fedcba9876543210", "0123"),
);
const cookie = fc
  .array(fc.tuple(fc.constantFrom(...COOKIES, "tg-canary", "__Host-tg"), cookieValue), { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${utf8ByteString(value)}`).join("; "));
const target = fc
  .tuple(
    fc.constantFrom(...PATHS, "//users/./1", "/%75sers/1", "/x/../cart", "*", ""),
    fc.array(fc.tuple(fc.constantFrom(...PARAMETERS), fc.oneof(text, fc.constant("a b"))), { maxLength: 2 }),
  )
  .map(([path, pairs]) => path + (pairs.length > 0 ? `?${new URLSearchParams(pairs).toString()}` : ""));
const hosts = fc.constantFrom(...HOSTS, "SHOP.example:8080", "www.shop.example.", "");
const id = fc.constantFrom("a", "b", "c");
const traceparent = id.map((digit) => `00-${digit.repeat(32)}-${"1".repeat(16)}-01`);
const forwarded = fc.array(fc.constantFrom(...FORWARDED), { maxLength: 4 }).map((list) => list.join(", "));

const pseudo = fc
  .record({
    ":authority": likely(hosts, 9),
    ":path": likely(target, 9),
    ":method": likely(fc.constantFrom(...METHODS), 9),
  })
  .map(given);

function headersFor(config: Config): fc.Arbitrary<HeaderList> {
  const decision = config.decision_header ?? "x-canary";
  const values = [...VALUES, "v1", ...armsOf(config)].map(utf8ByteString);
  const own = fc.constantFrom(...armsOf(config).map((arm) => valueOfArm(config, arm)), "v1", "v2");
  const other = fc.tuple(fc.constantFrom(...HEADERS, "x-other", "x-user-id"), headerValues(values));
  const others: fc.Arbitrary<[string, string]>[] = [
    fc.tuple(fc.constant(decision), own),
    fc.tuple(fc.constant(decision), headerValues([])),
    fc.tuple(fc.constantFrom("x-lane", "x-lane", "x-label"), fc.constantFrom(...LABELS)),
    fc.tuple(fc.constant("traceparent"), traceparent),
  ];
  const one = fc.oneof({ weight: 6, arbitrary: other }, ...others.map((arbitrary) => ({ weight: 3, arbitrary })));
  // Of those that Envoy joins when they are repeated, one each.
  const once = fc.record({
    cookie: likely(cookie, 2),
    "x-forwarded-for": likely(forwarded, 1),
    "x-request-id": likely(id, 1),
    "x-user-id": likely(text.map(utf8ByteString), 3),
    "x-lane": likely(fc.constantFrom(...LABELS), 2),
  });
  return fc
    .tuple(pseudo, once, fc.array(one, { maxLength: 6 }))
    .map(([first, single, rest]) => [...first, ...given(single), ...rest]);
}

/** The headers that are there. */
function given(headers: Record<string, string | undefined>): HeaderList {
  return Object.entries(headers).filter((one): one is [string, string] => one[1] !== undefined);
}

const claim = fc.oneof(
  text,
  fc.constantFrom(42, 1001, true, false),
  fc.array(text, { minLength: 1, maxLength: 3 }),
  fc.constant({ alice: "1" }),
);
const claims = fc.record({ sub: claim, realm: fc.record({ roles: claim }) }, { requiredKeys: [] });

const own: HeaderList = [
  ["set-cookie", "own=1"],
  ["x-debug", "own"],
];
const grpc: [string, string] = ["content-type", "application/grpc"];
const grpcStatus = fc
  .constantFrom("0", "5", "13", "14", "16", "", "x")
  .map((status): HeaderList => [["grpc-status", status]]);
const plain = fc.record({
  afterMs: fc.constantFrom(0, 1, 300),
  status: fc.constantFrom("200", "200", "404", "500", "503"),
});
const answers: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: plain.map((one) => ({ ...one, headers: [] })) },
  { weight: 1, arbitrary: plain.map((one) => ({ ...one, headers: own })) },
  {
    weight: 1,
    arbitrary: fc.tuple(plain, grpcStatus).map(([one, status]) => ({ ...one, headers: [grpc, ...status] })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(plain, grpcStatus).map(([one, trailers]) => ({ ...one, headers: [grpc], trailers })),
  },
);

const events: fc.Arbitrary<Event> = fc.oneof(
  ...[1, 2, 4].map((advanceSeconds) => fc.constant({ advanceSeconds })),
  fc.constantFrom(16, 40).map((advanceSeconds) => ({ advanceSeconds })),
  fc.integer({ min: -90_000, max: 90_000 }).map((stepSeconds) => ({ stepSeconds })),
  { weight: 2, arbitrary: fc.record({ lists: likely(entries) }) },
);

/** Requests that a configuration looks at, in many ways, and what happens between them. */
export function exchanges(config: Config): fc.Arbitrary<Exchange> {
  return fc.record({
    before: fc.oneof({ weight: 8, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: events }),
    headers: headersFor(config),
    address: likely(
      fc.constantFrom(...FORWARDED.filter((entry) => /[0-9]/.test(entry) && !/0\.256|^10\.0\.0$|3$/.test(entry))),
    ),
    identity: likely(fc.constantFrom(...IDENTITIES), 1),
    claims: likely(claims, 1),
    answer: likely(answers, 9),
  }) as fc.Arbitrary<Exchange>;
}
