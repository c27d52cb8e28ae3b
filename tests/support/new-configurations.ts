import fc from "fast-check";

type Configurations = fc.Arbitrary<Record<string, unknown>>;

const junk = fc.constantFrom<unknown>(null, true, 7, -1, 1.5, "", "x", "a b", "A", [], {}, ["x"], "é", "\n", " x");

/** Objects with some of these keys, mostly with one of the values beside them, and now and then with a key that is unknown. */
function record(keys: Readonly<Record<string, unknown[]>>): Configurations {
  const values = Object.entries(keys).map(([key, given]) => {
    const likely = { weight: 8, arbitrary: fc.constantFrom(...given) };
    return [key, fc.oneof(likely, { weight: 1, arbitrary: junk })] as const;
  });
  const known = fc.record(Object.fromEntries(values), { requiredKeys: [] }) as Configurations;
  return fc.tuple(known, fc.nat(9)).map(([one, chance]) => (chance === 0 ? { ...one, unknown: 1 } : one));
}

const HEADERS = ["x-a", "x-a", "x".repeat(128), "x".repeat(129), "content-length", ":path"];
const KEYS = ["k".repeat(16), "k".repeat(256), "k".repeat(15), "k".repeat(257), "kkkkkkkk kkkkkkkk", "ä".repeat(16)];

const keys = record({ name: ["a", "b-1", "-", "A"], key: KEYS });

/**
 * Configurations of what `tidegate new` begins plugins with, by the example, good ones and bad ones: none is bad for what a
 * schema cannot say, such as that two names are to differ.
 */
export const NEW_CONFIGURATIONS: Readonly<Record<string, Configurations>> = {
  header: record({ header: HEADERS, value: ["v", "a b", "v".repeat(1024)], existing: ["keep", "add"] }),
  auth: fc
    .tuple(record({ header: HEADERS, scheme: ["", "Bearer", "Two words"], user_header: ["x-user"] }), keys)
    .map(([all, one]) => ({ ...all, keys: [one] })),
  "http-call": record({
    cluster: ["checker", "outbound|80||a.b", "c".repeat(256), "c".repeat(257)],
    authority: ["a.b", "a:80"],
    timeout_ms: [1, 60_000, 60_001, 0],
    forward: [[], ["x-a", "x-b"], ["x-a", "x-a"], ["te"]],
    on_failure: ["allow", "reject"],
  }),
  counter: record({ header: HEADERS, every_ms: [100, 60_000, 99, 60_001, 1e3] }),
};
