import { LOG_LEVELS, Status } from "../abi.js";
import type { HostCallFactory } from "./host-call.js";

/** Log, time, ticks, status, effective context, done. */
export const generalCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_log(level = 0, message = 0, size = 0) {
      if (level >= LOG_LEVELS.length) return Status.BadArgument;
      const text = vm.memory.readString(message, size);
      if (text === undefined) return Status.InvalidMemoryAccess;
      vm.log(level, text);
      return Status.Ok;
    },

    proxy_get_log_level(resultAt = 0) {
      return vm.memory.writeU32(resultAt, vm.proxy.logLevel) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_get_current_time_nanoseconds(resultAt = 0) {
      return vm.memory.writeU64(resultAt, vm.proxy.clock.wallNs()) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_tick_period_milliseconds(milliseconds = 0) {
      vm.acting.root?.setTickPeriod(milliseconds);
      return Status.Ok;
    },

    proxy_get_status(codeAt = 0, pointerAt = 0, sizeAt = 0) {
      const { code, message } = vm.acting.root?.status ?? { code: 0, message: "" };
      const given = vm.memory.writeU32(codeAt, code) && vm.giveString(message, pointerAt, sizeAt);
      return given ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_effective_context(id = 0) {
      if (!vm.contexts.has(id)) return Status.BadArgument;
      vm.effectiveId = id;
      return Status.Ok;
    },

    proxy_done() {
      const { plugin } = vm.acting;
      if (!plugin || !vm.pendingDone.delete(plugin)) return Status.NotFound;
      vm.afterCall(() => plugin.deleteRoot());
      return Status.Ok;
    },

    pthread_equal: (left = 0, right = 0) => (left === right ? 1 : 0),
    emscripten_notify_memory_growth: () => 0,
  },
});
