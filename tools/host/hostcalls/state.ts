import { Status } from "../abi.js";
import type { HostCallFactory } from "./host-call.js";

/** Properties, shared data and shared queues. */
export const stateCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_get_property(path = 0, pathSize = 0, valueAt = 0, sizeAt = 0) {
      const name = vm.memory.readString(path, pathSize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const value = vm.acting.getProperty(name);
      if (typeof value === "number") return value;
      return vm.giveString(value, valueAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_property(path = 0, pathSize = 0, value = 0, valueSize = 0) {
      const name = vm.memory.readString(path, pathSize);
      const text = vm.memory.readString(value, valueSize);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      return vm.acting.setProperty(name, text);
    },

    proxy_get_shared_data(key = 0, keySize = 0, valueAt = 0, sizeAt = 0, casAt = 0) {
      const name = vm.memory.readString(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const entry = vm.proxy.sharedData.get(vm.vmId, name);
      if (!entry) return Status.NotFound;
      const given = vm.giveString(entry.value, valueAt, sizeAt) && vm.memory.writeU32(casAt, entry.cas);
      return given ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_shared_data(key = 0, keySize = 0, value = 0, valueSize = 0, cas = 0) {
      const name = vm.memory.readString(key, keySize);
      const text = vm.memory.readString(value, valueSize);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      return vm.proxy.sharedData.set(vm.vmId, name, text, cas);
    },

    proxy_register_shared_queue(queue = 0, queueSize = 0, tokenAt = 0) {
      const name = vm.memory.readString(queue, queueSize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const { root } = vm.acting;
      const token = vm.proxy.queues.register(vm.vmId, name, (ready) => root && root.queueReady(ready));
      return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_resolve_shared_queue(id = 0, idSize = 0, queue = 0, queueSize = 0, tokenAt = 0) {
      const vmId = vm.memory.readString(id, idSize);
      const name = vm.memory.readString(queue, queueSize);
      if (vmId === undefined || name === undefined) return Status.InvalidMemoryAccess;
      const token = vm.proxy.queues.resolve(vmId === "" ? vm.vmId : vmId, name);
      if (token === 0) return Status.NotFound;
      return vm.memory.writeU32(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_enqueue_shared_queue(token = 0, data = 0, size = 0) {
      const item = vm.memory.readString(data, size);
      if (item === undefined) return Status.InvalidMemoryAccess;
      return vm.proxy.queues.enqueue(token, item);
    },

    proxy_dequeue_shared_queue(token = 0, dataAt = 0, sizeAt = 0) {
      const item = vm.proxy.queues.dequeue(token);
      if (typeof item === "number") return item;
      return vm.giveString(item, dataAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  },
});
