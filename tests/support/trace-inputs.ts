import fc from "fast-check";
import type { HeaderList } from "../../tools/host/index.js";
import { type Base, bases, type Header, pick, WRITERS } from "./trace-format-inputs.js";
import { baggages, bytes, tracestates } from "./trace-list-inputs.js";

// What callers send: contexts in every format, nearly right, wrong, twice, and of different traces at once.

/** Headers that are nearly these: one byte of one changed, taken away or put in, white space, two in one, or a header twice. */
function damaged(headers: Header[], place: number, byte: string, way: number): Header[] {
  if (headers.length === 0) return headers;
  const which = place % headers.length;
  const [name, value] = headers[which]!;
  const at = value.length > 0 ? (place >> 3) % value.length : 0;
  const [head, tail] = [value.slice(0, at), value.slice(at)];
  const changed: Header[][] = [
    [[name, head + byte + tail.slice(1)]],
    [[name, head + tail.slice(1)]],
    [[name, head + byte + tail]],
    [[name, ` ${value}\t`]],
    [[name, `${value},${value}`]],
    [[name, value], [name, pick([value, "", byte], place)]], // prettier-ignore
    [],
    [[name, ""]],
  ];
  return [...headers.slice(0, which), ...pick(changed, way), ...headers.slice(which + 1)];
}

const ODD_BYTES = ["0", "f", "F", "g", " ", ",", "=", "-", ":", ";", ".", "\t", "\xff", "%", "\x01"];

/** One format's headers, of one of the two contexts. */
function formatHeaders(name: string): fc.Arbitrary<(both: [Base, Base]) => Header[]> {
  const odd = fc.tuple(fc.nat(4000), fc.constantFrom(...ODD_BYTES), fc.nat(7));
  return fc.tuple(fc.nat(9), fc.nat(60), odd).map(([kind, how, [place, byte, way]]) => (both) => {
    const headers = WRITERS[name]!(both[kind === 0 ? 1 : 0], how);
    return kind < 3 ? damaged(headers, place, byte, way) : headers;
  });
}

/** Headers that are nobody's, though some are nearly a format's. */
const others: fc.Arbitrary<Header> = fc.tuple(
  fc.constantFrom("x-a", "trace-parent", "tracestate2", "traceparen", "x-b3-", "b33", "cookie", "x-trace", "sw8-x"),
  fc.oneof(fc.constantFrom("1", "2", ""), bytes(20)),
);
const paths: fc.Arbitrary<Header[]> = fc.constantFrom<Header[]>(
  [],
  [],
  [[":path", "/healthz"]],
  [[":path", "/healthz?x=1"]],
  [[":path", "/api/v1"]],
);

const NAMES = Object.keys(WRITERS);

/** Which formats a request has: mostly few, and mostly those that are looked for. */
function present(likely: readonly string[]): fc.Arbitrary<string[]> {
  const wanted = likely.filter((name) => NAMES.includes(name));
  return fc.oneof(
    { weight: 5, arbitrary: fc.subarray(wanted, { maxLength: Math.min(2, wanted.length) }) },
    { weight: 3, arbitrary: fc.subarray(NAMES, { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.shuffledSubarray(NAMES) },
  );
}

/** Requests' headers beside the ordinary ones. @param likely formats that are there more often. */
export function traceRequests(likely: readonly string[]): fc.Arbitrary<HeaderList> {
  return fc
    .tuple(
      fc.tuple(bases, bases),
      present(likely).chain((names) => fc.tuple(...names.map(formatHeaders))),
      fc.option(tracestates, { nil: [] }),
      fc.option(baggages, { nil: [] }),
      fc.tuple(fc.array(others, { maxLength: 2 }), paths, fc.nat(9), fc.nat(7)),
    )
    .map(([both, formats, states, baggage, [rest, path, turn, casing]]) => {
      const contexts = formats.flatMap((headersOf) => headersOf(both));
      const all = [...contexts, ...states, ...baggage, ...rest];
      const turned = [...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1))];
      const named = turned.map(([name, value]): Header => [casing === 0 ? name.toUpperCase() : name, value]);
      return [...path, ...named];
    });
}
