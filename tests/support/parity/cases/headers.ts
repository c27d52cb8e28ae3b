import type { ParityCase } from "../case.js";
import { op, type Pairs } from "../script.js";

const REPEATS: Pairs = [
  ["X-Rep", "a"],
  ["X-Other", "o"],
  ["x-rep", "b"],
  ["X-REP", "c"],
  ["x-empty", ""],
  ["accept", "1"],
  ["Accept", "2"],
  ["x-forwarded-for", "10.0.0.1"],
  ["x-forwarded-for", "10.0.0.2"],
  ["cookie", "a=1"],
  ["cookie", "b=2"],
  ["traceparent", "t1"],
  ["traceparent", "t2"],
  ["x-high", "\xff\x80"],
];
const RESPONSE_REPEATS: Pairs = [
  ["X-Rep", "a"],
  ["x-rep", "b"],
  ["set-cookie", "a=1"],
  ["set-cookie", "b=2"],
  ["vary", "x"],
  ["vary", "y"],
  ["x-empty", ""],
];
const MAPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 255, 0xffff_ffff];

/** Reads one map in every way and writes it in every way, with a name that is there and one that is not. */
const everyWay = (map: number) => [
  op.get(map, ":path"),
  op.get(map, "x-no"),
  op.pairs(map),
  op.mapSize(map),
  op.add(map, "x-w", "1"),
  op.replace(map, "x-w", "2"),
  op.remove(map, "x-w"),
];

export const headerCases: ParityCase[] = [
  {
    name: "reading request headers: absent, empty, repeated, inline, in any case",
    script: {
      requestHeaders: [
        ...["x-no", "", "x-empty", "x-rep", "X-Rep", "X-REP", "accept", "x-forwarded-for", "cookie", "traceparent"],
        ...["host", "Host", ":authority", ":path", ":method", ":scheme", "x-high"],
      ].map((name) => op.get(0, name)),
    },
    request: { headers: REPEATS },
  },
  {
    name: "properties of request headers join repeats",
    script: {
      requestHeaders: ["x-rep", "X-Rep", "x-no", "x-empty", "accept", "cookie", "traceparent", "host", ":path"].map(
        (name) => op.property(`request/headers/${name}`),
      ),
    },
    request: { headers: REPEATS },
  },
  {
    name: "maps and numbers of maps while request headers are there",
    script: { requestHeaders: MAPS.flatMap(everyWay) },
  },
  { name: "maps while response headers are there", script: { responseHeaders: MAPS.flatMap(everyWay) } },
  { name: "maps in the log", script: { log: MAPS.flatMap(everyWay) }, response: { headers: RESPONSE_REPEATS } },
  { name: "maps in done", script: { done: MAPS.flatMap(everyWay) } },
  { name: "maps in delete", script: { delete: MAPS.flatMap(everyWay) } },
  {
    name: "replace puts one value at the end in place of all",
    script: { requestHeaders: [op.replace(0, "X-Rep", "new"), op.pairs(0), op.mapSize(0), op.get(0, "x-rep")] },
    request: { headers: REPEATS },
  },
  {
    name: "add keeps what is there",
    script: { requestHeaders: [op.add(0, "X-Rep", "new"), op.pairs(0), op.mapSize(0), op.get(0, "x-rep")] },
    request: { headers: REPEATS },
  },
  {
    name: "remove takes all values",
    script: { requestHeaders: [op.remove(0, "X-rep"), op.remove(0, "x-rep"), op.pairs(0), op.mapSize(0)] },
    request: { headers: REPEATS },
  },
  {
    name: "inline headers: add joins, replace replaces, remove removes",
    script: {
      requestHeaders: [
        op.add(0, "accept", "3"),
        op.add(0, "accept", ""),
        op.add(0, "user-agent", "u1"),
        op.add(0, "user-agent", "u2"),
        op.replace(0, "x-forwarded-for", "9"),
        op.add(0, "via", ""),
        op.add(0, "via", "v"),
        op.add(0, "via", ""),
        op.pairs(0),
        op.mapSize(0),
        op.remove(0, "accept"),
        op.get(0, "accept"),
      ],
    },
    request: { headers: REPEATS },
  },
  {
    name: "writing odd names and values of the request",
    script: {
      requestHeaders: [
        op.add(0, "X-UPPER", "V"),
        op.add(0, "x-none", ""),
        op.replace(0, "x-absent", "r"),
        op.remove(0, "x-nothing"),
        op.add(0, "x-bytes", "\x80\xff"),
        op.pairs(0),
        op.mapSize(0),
      ],
    },
  },
  {
    name: "pseudo headers of the request",
    script: {
      requestHeaders: [
        op.replace(0, ":path", "/elsewhere?q=1"),
        op.replace(0, "host", "other.test"),
        op.get(0, "host"),
        op.get(0, ":authority"),
        op.replace(0, ":method", "POST"),
        op.pairs(0),
        op.property("request/path"),
        op.property("request/url_path"),
        op.property("request/query"),
        op.property("request/host"),
        op.property("request/method"),
      ],
    },
  },
  {
    name: "setting all pairs",
    script: {
      requestHeaders: [
        op.setPairs(0, [
          ["x-one", "1"],
          [":method", "GET"],
          [":path", "/set"],
          [":authority", "set.test"],
          [":scheme", "http"],
          ["x-forwarded-proto", "http"],
          ["X-Two", "2"],
          ["x-one", "3"],
          ["accept", "a"],
          ["accept", "b"],
        ]),
        op.pairs(0),
        op.mapSize(0),
      ],
      responseHeaders: [
        op.setPairs(2, [
          [":status", "201"],
          ["x-set", "1"],
        ]),
        op.pairs(2),
      ],
    },
  },
  {
    name: "setting malformed pairs removes all headers",
    script: {
      responseHeaders: [
        op.setPairs(2, Buffer.from("nonsense")),
        op.pairs(2),
        op.mapSize(2),
        op.setPairs(2, [
          [":status", "200"],
          ["x-back", "1"],
        ]),
      ],
    },
  },
  {
    name: "addresses beyond memory",
    script: {
      requestHeaders: [
        op.getFromBeyondMemory(0),
        op.getFromBeyondMemory(9),
        op.getFromBeyondMemory(2),
        op.getToBeyondMemory(0, ":path"),
        op.getToBeyondMemory(0, "x-no"),
        op.getToBeyondMemory(0, "x-empty"),
      ],
    },
    request: { headers: REPEATS },
  },
  {
    name: "response headers: repeats, set-cookie, inline",
    script: {
      responseHeaders: [
        ...["x-rep", "set-cookie", "vary", "x-empty", ":status", "content-length"].map((name) => op.get(2, name)),
        op.replace(2, "set-cookie", "c=3"),
        op.add(2, "X-Rep", "c"),
        op.add(2, "vary", "z"),
        op.add(2, "server", "s"),
        op.remove(2, "x-empty"),
        op.pairs(2),
        op.mapSize(2),
        op.property("response/headers/x-rep"),
        op.property("response/headers/vary"),
        op.property("response/headers/x-no"),
      ],
    },
    response: { headers: RESPONSE_REPEATS },
  },
  {
    name: "the status of a response can be replaced",
    script: { responseHeaders: [op.replace(2, ":status", "418"), op.get(2, ":status"), op.pairs(2)] },
  },
  {
    name: "trailers in both directions",
    script: {
      requestTrailers: [op.pairs(1), op.get(1, "x-t"), op.add(1, "X-T", "two"), op.get(0, ":path"), op.mapSize(1)],
      responseTrailers: [op.pairs(3), op.get(3, "x-rt"), op.replace(3, "x-rt", "new"), op.get(2, ":status")],
      log: [op.pairs(1), op.pairs(3)],
    },
    request: { method: "POST", body: ["hello"], trailers: [["x-t", "one"]] },
    response: { body: ["world"], trailers: [["x-rt", "one"]] },
  },
  {
    name: "trailers made at the end of a body that had none",
    script: {
      requestBody: [op.get(1, "x-made"), op.add(1, "x-made", "1"), op.pairs(1)],
      responseBody: [op.pairs(3), op.add(3, "x-made", "2"), op.get(3, "x-made")],
    },
    request: { method: "POST", body: ["hello"] },
    response: { body: ["world"] },
  },
  {
    name: "many headers",
    script: { requestHeaders: [op.pairs(0), op.get(0, "x-n-79"), op.replace(0, "x-n-40", "r"), op.mapSize(0)] },
    request: { headers: Array.from({ length: 80 }, (_, index): [string, string] => [`x-n-${index}`, `v${index}`]) },
  },
  {
    name: "a header value of 40 KB",
    script: { requestHeaders: [op.get(0, "x-big"), op.mapSize(0)] },
    request: { headers: [["x-big", "y".repeat(40_000)]] },
  },
];
