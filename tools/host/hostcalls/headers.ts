import { MAP_TYPE_MAX, MapType, Status } from "../abi.js";
import type { HeaderMap } from "../header-map.js";
import { parsePairs, serializePairs } from "../pairs.js";
import type { Vm } from "../vm.js";
import type { HostCallFactory } from "./host-call.js";

/** Does a change to a map that can be written now. */
function change(vm: Vm, type: number, apply: (map: HeaderMap) => void): Status {
  const context = vm.acting;
  const map = context.writableMap(type);
  if (!map) return Status.BadArgument;
  apply(map);
  if (type === MapType.RequestHeaders) context.requestHeadersWritten();
  return Status.Ok;
}

/** proxy_*_header_map_*: requests, responses, trailers, and what HTTP and gRPC calls brought. */
export const headerCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_get_header_map_value(type = 0, key = 0, keySize = 0, valueAt = 0, sizeAt = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readString(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      const context = vm.acting;
      const map = context.readableMap(type);
      if (!map) return context.missingMapStatus;
      const value = map.first(name);
      if (value === undefined) return Status.NotFound;
      return vm.giveString(value, valueAt, sizeAt) ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_add_header_map_value(type = 0, key = 0, keySize = 0, value = 0, valueSize = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readString(key, keySize);
      const text = vm.memory.readString(value, valueSize);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      return change(vm, type, (map) => map.add(name, text));
    },

    proxy_replace_header_map_value(type = 0, key = 0, keySize = 0, value = 0, valueSize = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readString(key, keySize);
      const text = vm.memory.readString(value, valueSize);
      if (name === undefined || text === undefined) return Status.InvalidMemoryAccess;
      return change(vm, type, (map) => map.replace(name, text));
    },

    proxy_remove_header_map_value(type = 0, key = 0, keySize = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const name = vm.memory.readString(key, keySize);
      if (name === undefined) return Status.InvalidMemoryAccess;
      return change(vm, type, (map) => map.remove(name));
    },

    /** A map that is not available reads as an empty one. */
    proxy_get_header_map_pairs(type = 0, pointerAt = 0, sizeAt = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const map = vm.acting.readableMap(type);
      const given = map?.size
        ? vm.giveBytes(serializePairs(map.entries()), pointerAt, sizeAt)
        : vm.giveString("", pointerAt, sizeAt);
      return given ? Status.Ok : Status.InvalidMemoryAccess;
    },

    proxy_set_header_map_pairs(type = 0, pointer = 0, size = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const bytes = vm.memory.readBytes(pointer, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      return change(vm, type, (map) => {
        map.clear();
        for (const [name, value] of parsePairs(bytes)) map.add(name, value);
      });
    },

    /** The size in bytes, of a map that could be written. */
    proxy_get_header_map_size(type = 0, resultAt = 0) {
      if (type > MAP_TYPE_MAX) return Status.BadArgument;
      const map = vm.acting.writableMap(type);
      if (!map) return Status.BadArgument;
      return vm.memory.writeU32(resultAt, map.byteSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  },
});
