import type { ParityCase } from "../case.js";
import { op } from "../script.js";

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
  { name: "trap-allocator" },
  { name: "trap-restricted" },
  { name: "trap-open", failurePolicy: "FAIL_OPEN" as const },
];
const ok: ParityCase["script"] = { requestHeaders: [op.get(0, ":path")] };
const withBodies = { request: { method: "POST", body: ["hello"] }, response: { body: ["world"] } };

const withAllocator = (mode: number): ParityCase["script"] => ({
  requestHeaders: [
    op.allocator(mode),
    op.get(0, ":path"),
    op.get(0, "x-no"),
    op.pairs(0),
    op.property("plugin_name"),
    op.property("request/path"),
    op.bufferStatus(0),
    op.allocator(0),
    op.get(0, ":method"),
  ],
});

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
  {
    name: "a trap in the allocator reads as InvalidMemoryAccess until the callback returns",
    listener: "trap-allocator",
    script: withAllocator(1),
    traps: true,
  },
  {
    name: "a host call from the allocator traps",
    listener: "trap-restricted",
    script: withAllocator(2),
    traps: true,
  },
  { name: "an allocator without memory reads as InvalidMemoryAccess", script: withAllocator(3) },
  { name: "a trap, failing open", listener: "trap-open", script: { requestHeaders: [op.trap()] }, traps: true },
  { name: "the next stream passes, failing open", listener: "trap-open", script: ok, silent: true },
];
