import type { Vm } from "../vm.js";

/** A host function. Its arguments are unsigned 32-bit numbers; missing ones are 0. */
export type HostCall = (...args: number[]) => number;

/** A host function some of whose arguments are i64: those come as bigint, the others signed. */
export type WideHostCall = (...args: never[]) => number;

/** The functions of one capability, by raw name. */
export interface HostCalls {
  plain: Record<string, HostCall>;
  wide?: Record<string, WideHostCall>;
}

export type HostCallFactory = (vm: Vm) => HostCalls;
