import { deflateSync } from "node:zlib";
import type { ParityCase } from "../case.js";
import { op, type Operation, type PhaseName } from "../script.js";

const LOCAL_HEADERS: [string, string][] = [
  ["X-Why", "limit"],
  ["x-why", "again"],
  ["retry-after", "3"],
];
const reply = (status = 429, body = "too many") => op.localResponse(status, "why so", body, LOCAL_HEADERS);
const CONTENT: [string, string][] = [
  ["content-type", "application/json"],
  ["content-length", "999"],
];

function replyIn(phase: PhaseName, operations: Operation[] = [reply()]): ParityCase {
  return {
    name: `a local response in ${phase}`,
    script: {
      [phase]: operations,
      log: [op.pairs(0), op.pairs(2), op.property("response/code"), op.property("response/code_details")],
    },
    request: { method: "POST", body: ["hello"], trailers: [["x-t", "1"]] },
    response: { headers: [["x-up", "1"]], body: ["world"], trailers: [["x-t", "1"]] },
  };
}

/** set_envoy_filter_state takes a protobuf message: path (1), value (2). */
function filterState(path: string, value: string): Uint8Array {
  return Buffer.concat([
    Buffer.of(10, path.length),
    Buffer.from(path),
    Buffer.of(18, value.length),
    Buffer.from(value),
  ]);
}

export const controlCases: ParityCase[] = [
  ...(["requestHeaders", "requestBody", "requestTrailers"] as const).map((phase) => replyIn(phase)),
  {
    name: "a local response in the response headers replaces the response",
    script: { responseHeaders: [reply()], log: [op.pairs(2), op.property("response/code_details")] },
    response: { headers: [["x-up", "1"]], body: ["world"] },
  },
  {
    name: "what a local response leaves to the response callbacks",
    script: {
      requestHeaders: [reply(), op.get(0, ":path"), op.add(0, "x-late", "1")],
      responseHeaders: [
        op.get(0, ":path"),
        op.get(0, "x-late"),
        op.add(2, "x-more", "1"),
        op.pairs(2),
        reply(500, "no"),
      ],
      responseBody: [op.buffer(1), op.setBuffer(1, 0, 99, "changed!")],
    },
  },
  {
    name: "only the first of two local responses counts",
    script: { requestHeaders: [reply(418, "first"), reply(500, "second"), op.returns(0)] },
  },
  ...[200, 204, 304, 404, 503, 599].map((status): ParityCase => ({
    name: `a local response with status ${status} and no body`,
    script: { requestHeaders: [op.localResponse(status, "", "", CONTENT)] },
  })),
  {
    name: "a local response that says its type and a wrong length",
    script: {
      requestHeaders: [op.localResponse(403, "a b\tc", "{}", CONTENT)],
      log: [op.property("response/code_details")],
    },
  },
  ...(
    [
      ["none", -1],
      ["8", 8],
      ["99", 99],
    ] as const
  ).map(([name, status]): ParityCase => ({
    name: `a local response to a gRPC request with gRPC status ${name}`,
    script: { requestHeaders: [op.localResponse(429, "", "slow % down", [], status)] },
    request: { method: "POST", headers: [["content-type", "application/grpc"]], body: ["x"] },
  })),
  {
    name: "log levels",
    script: {
      requestHeaders: [...[0, 2, 3, 5, 6, 99, 0xffff_ffff].map((level) => op.log(level, "said")), op.logLevel()],
    },
  },
  {
    name: "effective contexts",
    script: {
      requestHeaders: [
        op.effectiveContext(999_999),
        op.effectiveContext(1),
        op.get(0, ":path"),
        op.effectiveContext(0),
        op.get(0, ":path"),
        op.done(),
      ],
    },
  },
  {
    name: "continuing and closing what is not there",
    script: {
      requestHeaders: [
        op.continueStream(2),
        op.continueStream(3),
        op.continueStream(4),
        op.continueStream(0xffff_ffff),
      ],
      responseHeaders: [op.closeStream(4), op.closeStream(2), op.closeStream(3)],
    },
  },
  {
    name: "continuing hides the request's headers",
    script: { requestHeaders: [op.get(0, ":path"), op.continueStream(0), op.get(0, ":path"), op.pairs(0)] },
  },
  {
    name: "continuing what is not paused",
    script: {
      requestBody: [op.continueStream(0)],
      responseHeaders: [op.continueStream(0)],
      responseBody: [op.continueStream(1), op.continueStream(0)],
      log: [op.continueStream(0), op.continueStream(1)],
    },
    request: { method: "POST", body: ["hello"] },
    response: { body: ["world"] },
  },
  { name: "closing the request in its headers", script: { requestHeaders: [op.closeStream(0)] } },
  { name: "closing the response in the request's headers", script: { requestHeaders: [op.closeStream(1)] } },
  { name: "closing the request in the response's headers", script: { responseHeaders: [op.closeStream(0)] } },
  {
    name: "closing the response in its headers",
    script: { responseHeaders: [op.closeStream(1)], log: [op.property("response/code_details")] },
  },
  {
    name: "a local response in the response's body ends the stream in the middle",
    script: { responseBody: [reply()], log: [op.property("response/code"), op.property("response/code_details")] },
    response: { body: ["world", "again"] },
  },
  {
    name: "continuing after a local response",
    script: { requestHeaders: [reply(403, "no"), op.continueStream(0)] },
  },
  {
    name: "foreign functions",
    script: {
      requestHeaders: [
        op.foreign("nothing"),
        op.foreign(""),
        op.foreign("clear_route_cache"),
        op.foreign("clear_route_cache", "with arguments"),
        op.foreign("uncompress", deflateSync("some text, some text, some text")),
        op.foreign("uncompress", "nonsense"),
        op.foreign("set_envoy_filter_state", filterState("envoy.string", "v")),
        op.foreign("set_envoy_filter_state", filterState("envoy.hashable_string", "v")),
        op.foreign("set_envoy_filter_state", filterState("envoy.lb", "v")),
        op.foreign("set_envoy_filter_state", filterState("envoy.upstream.override_host", "v")),
        op.foreign("set_envoy_filter_state", "\xff"),
        op.property("filter_state/envoy.string"),
        op.foreign("declare_property", "\x0a\x03abc"),
        op.foreign("declare_property", "\x0a\x03abc"),
      ],
    },
  },
  {
    name: "times, random bytes, environment and output of WASI",
    script: {
      requestHeaders: [
        ...[0, 1, 2, 3].flatMap((clock) => [op.clockTime(clock), op.clockResolution(clock)]),
        op.currentTime(),
        ...[0, 16, 65_536, 65_537].map((size) => op.random(size)),
        op.environ(),
        op.fdWrite(1, "line\n"),
        op.fdWrite(2, "no line"),
        op.fdWrite(3, "x"),
        op.fdWrite(1, ""),
      ],
    },
  },
  {
    name: "files and sockets of WASI, of which there are none",
    script: { requestHeaders: [1, 2, 0, 3, 7].map((fd) => op.files(fd)) },
  },
  {
    name: "gRPC calls that cannot be made, and tokens of none",
    script: {
      requestHeaders: [
        op.grpcCall("nowhere"),
        op.grpcStream("nowhere"),
        ...[-4, -5, -6, -7].flatMap((token) => [op.grpcSend(token, "x"), op.grpcCancel(token), op.grpcClose(token)]),
      ],
    },
  },
  {
    name: "HTTP calls that cannot be made",
    script: {
      requestHeaders: [
        op.httpCall("nowhere", [
          [":path", "/callout"],
          [":method", "GET"],
          [":authority", "a"],
        ]),
        op.httpCall("upstream", [
          [":method", "GET"],
          [":authority", "a"],
        ]),
        op.httpCall("upstream", [
          [":path", "/callout"],
          [":authority", "a"],
        ]),
        op.httpCall("upstream", [
          [":path", "/callout"],
          [":method", "GET"],
        ]),
        op.httpCall(
          "upstream",
          [
            [":path", "/callout"],
            [":method", "GET"],
            ["host", "a"],
          ],
          "",
          0xffff_ffff,
        ),
        op.status(),
      ],
    },
  },
];
