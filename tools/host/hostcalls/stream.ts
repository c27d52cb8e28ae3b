import { Status } from "../abi.js";
import { parsePairs } from "../pairs.js";
import type { HostCallFactory } from "./host-call.js";

const STREAM_TYPE_MAX = 3;

/** What changes the course of a stream: local responses, continuing, closing. */
export const streamCalls: HostCallFactory = (vm) => ({
  plain: {
    /** Done when the callback returns; the callback stops the stream whatever it returns. */
    proxy_send_local_response(status = 0, d = 0, dSize = 0, b = 0, bSize = 0, h = 0, hSize = 0, grpcStatus = 0) {
      const details = vm.memory.readString(d, dSize);
      const body = vm.memory.readBytes(b, bSize);
      const pairs = vm.memory.readBytes(h, hSize);
      if (details === undefined || !body || !pairs) return Status.InvalidMemoryAccess;
      vm.acting.sendLocalResponse({ status, details, headers: parsePairs(pairs), body, grpcStatus });
      vm.stopNextIteration = true;
      return Status.Ok;
    },

    proxy_continue_stream: (type = 0) => (type > STREAM_TYPE_MAX ? Status.BadArgument : vm.acting.continueStream(type)),

    proxy_close_stream: (type = 0) => (type > STREAM_TYPE_MAX ? Status.BadArgument : vm.acting.closeStream(type)),
  },
});
