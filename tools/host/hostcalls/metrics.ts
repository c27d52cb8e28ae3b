import { Status } from "../abi.js";
import type { HostCallFactory } from "./host-call.js";

export const metricCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_define_metric(type = 0, pointer = 0, size = 0, idAt = 0) {
      const name = vm.memory.readString(pointer, size);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const id = vm.metrics.define(type, name);
      if (id === undefined) return Status.BadArgument;
      return vm.memory.writeU32(idAt, id) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_get_metric(id = 0, resultAt = 0) {
      const value = vm.metrics.get(id);
      if (typeof value === "number") return value;
      return vm.memory.writeU64(resultAt, value) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  },
  wide: {
    proxy_increment_metric: (id: number, offset: bigint) => vm.metrics.increment(id >>> 0, offset),
    proxy_record_metric: (id: number, value: bigint) => vm.metrics.record(id >>> 0, value),
  },
});
