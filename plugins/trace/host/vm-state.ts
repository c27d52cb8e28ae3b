import { log, LogLevelValues, seedForThisVm, tagMetrics } from "../../../assembly";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { TraceMetrics } from "./metrics";

/** The ids and counts of a VM, the same for all its configurations: those of settings, and those that follow one another. */
@final
export class VmState {
  readonly random: Xoshiro256 = new Xoshiro256();
  readonly metrics: TraceMetrics = new TraceMetrics();
}

let vmState: VmState | null = null;

/** Only in onConfigure: seeds the VM's generator the first time. */
export function stateOfVm(): VmState {
  let state = vmState;
  if (state != null) return state;
  const tags = tagMetrics("");
  vmState = state = new VmState();
  tagMetrics(tags);
  if (!seedForThisVm(state.random, "trace")) {
    state.metrics.hostErrors.add(1);
    log(LogLevelValues.warn, "trace: no random source (random_get); ids of new traces are unique but can be guessed");
  }
  return state;
}
