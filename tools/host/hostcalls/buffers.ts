import { BUFFER_TYPE_MAX, Status } from "../abi.js";
import type { HostCallFactory } from "./host-call.js";

/** proxy_*_buffer_*: bodies, configurations, and what calls brought. */
export const bufferCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_get_buffer_bytes(type = 0, start = 0, maxLength = 0, pointerAt = 0, sizeAt = 0) {
      if (type > BUFFER_TYPE_MAX) return Status.BadArgument;
      const buffer = vm.acting.buffer(type);
      if (!buffer) return Status.NotFound;
      const length = Math.max(0, Math.min(maxLength, buffer.size - start));
      const bytes = buffer.bytes.subarray(start, start + length);
      return vm.giveBytes(bytes, pointerAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_get_buffer_status(type = 0, lengthAt = 0, flagsAt = 0) {
      if (type > BUFFER_TYPE_MAX) return Status.BadArgument;
      const buffer = vm.acting.buffer(type);
      if (!buffer) return Status.NotFound;
      const written = vm.memory.writeU32(lengthAt, buffer.size) && vm.memory.writeU32(flagsAt, 0);
      return written ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_buffer_bytes(type = 0, start = 0, length = 0, data = 0, size = 0) {
      if (type > BUFFER_TYPE_MAX) return Status.BadArgument;
      const buffer = vm.acting.buffer(type);
      if (!buffer) return Status.NotFound;
      const bytes = vm.memory.readBytes(data, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      return buffer.write(start, length, bytes);
    },
  },
});
