import { deflateSync } from "node:zlib";
import type { ParityCase } from "../case.js";
import { op, type Operation, type Pairs, type PhaseName } from "../script.js";

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

const CALL: Pairs = [
  [":path", "/callout"],
  [":method", "GET"],
  [":authority", "callout.test"],
];
const ANSWER = {
  headers: [
    ["x-c", "1"],
    ["x-c", "2"],
  ] as Pairs,
  body: ["answer"],
  delayMs: 300,
};
const paused = [op.httpCall("upstream", CALL, "body", 1000), op.returns(1)];

/** The operation of the root script that reads the whole body of an answer; the first reads its headers. */
export const CALL_BODY_INDEX = 1;

/** What each plugin behind a listener of its name does when its HTTP call is answered. */
export const calloutListeners = [
  {
    name: "callout",
    rootScript: {
      httpCallResponse: [
        op.pairs(6),
        op.buffer(4),
        op.get(6, ":status"),
        op.get(6, "x-c"),
        op.get(6, "x-no"),
        op.mapSize(6),
        op.add(6, "x-w", "1"),
        op.get(7, "x-t"),
        op.pairs(7),
        op.bufferStatus(4),
        op.buffer(4),
        op.buffer(4, 2, 2),
        op.setBuffer(4, 0, 99, "NEW"),
        op.status(),
        op.get(0, ":path"),
        op.property("request/path"),
        op.setProperty("mine", "1"),
        op.effectiveContext(1),
        op.get(0, ":path"),
        op.add(0, "x-from-call", "1"),
        op.property("request/path"),
        op.buffer(4),
        op.get(6, "x-c"),
        op.continueStream(0),
        op.get(0, ":path"),
      ],
    },
  },
  {
    name: "callout-reply",
    rootScript: {
      httpCallResponse: [
        op.pairs(6),
        op.buffer(4),
        op.localResponse(418, "root", "root"),
        op.effectiveContext(1),
        reply(403, "no"),
      ],
    },
  },
];

export const calloutCases: ParityCase[] = [
  { name: "a paused request goes on when its call is answered", callout: ANSWER },
  { name: "a body waits for the call", callout: ANSWER, request: { method: "POST", body: ["hello", "again"] } },
  {
    name: "trailers wait for the call",
    callout: ANSWER,
    request: { method: "POST", body: ["hello"], trailers: [["x-t", "1"]] as Pairs },
  },
  { name: "an answer with trailers", callout: { ...ANSWER, trailers: [["x-t", "1"]] as Pairs } },
  { name: "an answer that comes too late", callout: { hangs: true } },
  { name: "an upstream that closes", callout: { resets: true } },
].map((parityCase) => ({
  ...parityCase,
  listener: "callout",
  rootScript: calloutListeners[0]!.rootScript,
  script: { requestHeaders: paused, requestBody: [op.buffer(0)], requestTrailers: [op.pairs(1)] },
}));

export const calloutReplyCase: ParityCase = {
  name: "a local response when the call is answered",
  listener: "callout-reply",
  rootScript: calloutListeners[1]!.rootScript,
  callout: ANSWER,
  script: {
    requestHeaders: paused,
    responseHeaders: [op.get(0, ":path")],
    log: [op.property("response/code_details")],
  },
  request: { method: "POST", body: ["hello"] },
};

export const queueListener = {
  name: "queued",
  rootScript: { queueReady: [op.dequeue(), op.dequeue(), op.property("plugin_root_id"), op.get(0, ":path")] },
};
export const queueCase: ParityCase = {
  name: "the plugin that registered a queue is told of each item",
  listener: "queued",
  rootScript: queueListener.rootScript,
  script: { requestHeaders: [op.registerQueue("rq"), op.enqueue("one"), op.enqueue("two"), op.enqueue("three")] },
};

const ALLOWED = [
  "proxy_log",
  "proxy_get_header_map_value",
  "proxy_get_header_map_pairs",
  "proxy_on_context_create",
  "proxy_on_vm_start",
  "proxy_on_configure",
  "proxy_on_request_headers",
  "proxy_on_response_headers",
  "proxy_on_log",
  "proxy_on_delete",
  "clock_res_get",
];
export const restrictedListener = { name: "restricted", capabilities: ALLOWED };
export const restrictedCase: ParityCase = {
  name: "what the capabilities do not name is refused or not called",
  listener: "restricted",
  script: {
    requestHeaders: [
      op.get(0, ":path"),
      op.add(0, "x-w", "1"),
      op.property("plugin_name"),
      op.clockTime(0),
      op.clockResolution(0),
      op.environ(),
      op.random(4),
    ],
    requestBody: [op.buffer(0)],
    done: [op.pairs(0)],
  },
  request: { method: "POST", body: ["hello"] },
};

/** Each trap kills its VM, so each has a listener of its own. */
export const trapListeners = [
  { name: "trap-request" },
  { name: "trap-response" },
  { name: "trap-body" },
  { name: "trap-log" },
  { name: "trap-stack" },
  { name: "trap-open", failurePolicy: "FAIL_OPEN" as const },
];
const ok: ParityCase["script"] = { requestHeaders: [op.get(0, ":path")] };
const withBodies = { request: { method: "POST", body: ["hello"] }, response: { body: ["world"] } };

/** In order: the later ones meet the dead VM of the earlier ones. */
export const trapCases: ParityCase[] = [
  {
    name: "a trap in the request's headers",
    listener: "trap-request",
    script: { requestHeaders: [op.trap()] },
    traps: true,
  },
  { name: "the next stream on a dead VM", listener: "trap-request", script: ok, silent: true },
  {
    name: "a trap in the response's headers",
    listener: "trap-response",
    script: { responseHeaders: [op.trap()] },
    traps: true,
  },
  {
    name: "a trap in the request's body",
    listener: "trap-body",
    script: { requestBody: [op.trap()] },
    traps: true,
    ...withBodies,
  },
  { name: "a trap in the log", listener: "trap-log", script: { log: [op.trap()] }, traps: true },
  {
    name: "a stack that overflows",
    listener: "trap-stack",
    script: { requestHeaders: [op.overflowStack()] },
    traps: true,
  },
  { name: "a trap, failing open", listener: "trap-open", script: { requestHeaders: [op.trap()] }, traps: true },
  { name: "the next stream passes, failing open", listener: "trap-open", script: ok, silent: true },
];
