import { Status } from "../abi.js";
import { latin1 } from "../bytes.js";
import { envoyForeignFunction } from "../foreign.js";
import type { HostCallFactory } from "./host-call.js";

export const foreignCalls: HostCallFactory = (vm) => ({
  plain: {
    proxy_call_foreign_function(name = 0, nameSize = 0, args = 0, argsSize = 0, resultAt = 0, sizeAt = 0) {
      const called = vm.memory.readString(name, nameSize);
      const bytes = vm.memory.readBytes(args, argsSize);
      if (called === undefined || !bytes) return Status.InvalidMemoryAccess;
      const own = vm.proxy.foreignFunctions;
      const run = Object.hasOwn(own, called) ? own[called] : envoyForeignFunction(called, vm.current);
      if (!run) return Status.NotFound;
      const answer = run(bytes);
      const result = typeof answer === "number" ? "" : latin1(answer);
      const pointer = result.length > 0 && resultAt !== 0 ? vm.allocate(result.length) : 0;
      if (pointer !== 0) vm.memory.writeString(pointer, result);
      if (resultAt !== 0 && !vm.memory.writeU32(resultAt, pointer)) return Status.InvalidMemoryAccess;
      if (sizeAt !== 0 && !vm.memory.writeU32(sizeAt, result.length)) return Status.InvalidMemoryAccess;
      return typeof answer === "number" ? answer : Status.Ok;
    },
  },
});
