import { Status } from "../abi.js";
import { PendingGrpcCall } from "../grpc-calls.js";
import { HeaderMap } from "../header-map.js";
import { PendingHttpCall } from "../http-calls.js";
import { parsePairs } from "../pairs.js";
import type { RootContext } from "../root-context.js";
import type { Vm } from "../vm.js";
import type { HostCallFactory } from "./host-call.js";

const INT32_MAX = 0x7fff_ffff;
const REQUIRED = [":path", ":method", ":authority"];

function remove<T>(list: T[], item: T): void {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
}

function findGrpc(vm: Vm, root: RootContext, token: number): PendingGrpcCall | Status {
  if ((token & 3) === 0 || (token & 3) === 3) return Status.BadArgument;
  const call = vm.proxy.grpcCalls.find((pending) => pending.root === root && pending.token === token);
  return call ?? Status.NotFound;
}

/** HTTP and gRPC calls. They belong to the root context, whoever makes them. */
export const outboundCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_http_call(
      c = 0,
      cSize = 0,
      h = 0,
      hSize = 0,
      b = 0,
      bSize = 0,
      t = 0,
      tSize = 0,
      timeoutMs = 0,
      tokenAt = 0,
    ) {
      const cluster = vm.memory.readString(c, cSize);
      const [headers, body, trailers] = [
        vm.memory.readBytes(h, hSize),
        vm.memory.readBytes(b, bSize),
        vm.memory.readBytes(t, tSize),
      ];
      if (cluster === undefined || !headers || !body || !trailers) return Status.InvalidMemoryAccess;
      if (!vm.memory.writeU32(tokenAt, 0)) return Status.InvalidMemoryAccess;
      const { root } = vm.acting;
      const map = new HeaderMap("request-headers", parsePairs(headers));
      if (!root || timeoutMs > INT32_MAX || !vm.proxy.knowsCluster(cluster)) return Status.BadArgument;
      if (REQUIRED.some((name) => map.first(name) === undefined)) return Status.BadArgument;
      if (body.length > 0) map.replace("content-length", String(body.length));
      const token = vm.takeCallToken("http");
      const request = { cluster, headers: [...map.entries()], body, trailers: parsePairs(trailers), timeoutMs };
      const { httpCalls } = vm.proxy;
      httpCalls.push(new PendingHttpCall(root, token, request, (call) => remove(httpCalls, call)));
      vm.memory.writeU32(tokenAt, token);
      return Status.Ok;
    },

    proxy_grpc_call: (
      s = 0,
      sl = 0,
      n = 0,
      nl = 0,
      m = 0,
      ml = 0,
      i = 0,
      il = 0,
      r = 0,
      rl = 0,
      _timeout = 0,
      at = 0,
    ) => openGrpc(vm, "call", [s, sl, n, nl, m, ml, i, il], at, vm.memory.readBytes(r, rl)),

    proxy_grpc_stream: (s = 0, sl = 0, n = 0, nl = 0, m = 0, ml = 0, i = 0, il = 0, at = 0) =>
      openGrpc(vm, "stream", [s, sl, n, nl, m, ml, i, il], at, new Uint8Array(0)),

    proxy_grpc_send(token = 0, pointer = 0, size = 0, end = 0) {
      const message = vm.memory.readBytes(pointer, size);
      if (!message) return Status.InvalidMemoryAccess;
      if ((token & 3) !== 2) return Status.BadArgument;
      const call = findGrpc(vm, vm.acting.root!, token);
      if (typeof call === "number") return call;
      call.sent.push(message);
      call.localClosed ||= end !== 0;
      return Status.Ok;
    },

    proxy_grpc_cancel: (token = 0) => endGrpc(vm, token, () => true),
    proxy_grpc_close: (token = 0) => endGrpc(vm, token, (call) => call.kind === "call"),
  },
});

function openGrpc(vm: Vm, kind: "call" | "stream", strings: number[], tokenAt: number, message?: Uint8Array): Status {
  const texts = [0, 2, 4, 6].map((at) => vm.memory.readString(strings[at]!, strings[at + 1]!));
  const [service, serviceName, methodName, metadata] = texts;
  if (texts.includes(undefined) || !message) return Status.InvalidMemoryAccess;
  if (!vm.proxy.knowsCluster(service!)) return Status.ParseFailure;
  const token = vm.takeCallToken(kind === "call" ? "grpcCall" : "grpcStream");
  const { grpcCalls } = vm.proxy;
  const request = {
    service: service!,
    serviceName: serviceName!,
    methodName: methodName!,
    initialMetadata: parsePairs(Buffer.from(metadata!, "latin1")),
  };
  const call = new PendingGrpcCall(kind, vm.acting.root!, token, request, (ended) => remove(grpcCalls, ended));
  if (kind === "call") call.sent.push(message);
  grpcCalls.push(call);
  return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess;
}

/** Cancelling forgets either kind; closing a stream only says that the module will send no more. */
function endGrpc(vm: Vm, token: number, forgets: (call: PendingGrpcCall) => boolean): Status {
  const call = findGrpc(vm, vm.acting.root!, token);
  if (typeof call === "number") return call;
  if (forgets(call)) remove(vm.proxy.grpcCalls, call);
  else call.localClosed = true;
  return Status.Ok;
}
