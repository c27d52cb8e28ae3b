import type { ParityCase } from "../case.js";
import { op, type Pairs } from "../script.js";

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
        op.localResponse(403, "why so", "no", [["x-why", "limit"]]),
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
