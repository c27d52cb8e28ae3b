import { op, type Operation, type Pairs, type PhaseName } from "../script.js";
import type { ListenerSpec } from "../envoy-side.js";

const CALL: Pairs = [
  [":path", "/callout"],
  [":method", "GET"],
  [":authority", "callout.test"],
];

const everything: Operation[] = [
  ...[0, 1, 2, 6].flatMap((map) => [op.get(map, ":path"), op.pairs(map), op.mapSize(map), op.add(map, "x-w", "1")]),
  ...[0, 1, 4, 5, 6, 8].flatMap((type) => [op.bufferStatus(type), op.buffer(type)]),
  op.bufferStatus(7),
  op.buffer(7, 0, 4),
  op.setBuffer(7, 0, 4, "NEW"),
  ...["plugin_name", "plugin_root_id", "plugin_vm_id", "xds", "xds/node/id", "xds/node/metadata/ROLE", "node/id"].map(
    (name) => op.property(name),
  ),
  ...["request", "request/path", "source/address", "xds/cluster_name", "nothing", ""].map((name) => op.property(name)),
  op.setProperty("mine", "1"),
  op.property("mine"),
  op.effectiveContext(1),
  op.effectiveContext(0),
  op.status(),
  op.logLevel(),
  op.environ(),
  op.clockTime(1),
  op.continueStream(0),
  op.closeStream(0),
  op.localResponse(403, "no", "no"),
  op.foreign("clear_route_cache"),
  op.foreign("set_envoy_filter_state", "\x0a\x0cenvoy.string\x12\x01v"),
  op.done(),
  op.httpCall("nowhere", CALL),
];

const phases: PhaseName[] = ["rootCreate", "vmStart", "configure", "tick"];

/** Listeners each of which has an Envoy of its own, since what happens at the start cannot be told apart else. */
export const rootListeners: (ListenerSpec & { description: string })[] = [
  {
    name: "rooted",
    description: "everything in every phase of a root context, with configuration, environment and ticks",
    vmConfiguration: "vm configuration",
    environment: { ONLY: "one" },
    rootScript: {
      ...Object.fromEntries(
        phases.map((phase) => [phase, phase === "tick" ? [op.setTick(0), ...everything] : everything]),
      ),
      configure: [op.setTick(30), ...everything],
    },
  },
  { name: "bare", description: "no configuration at all" },
  {
    name: "twofold",
    description: "two plugins in one VM: each has its own on_vm_start",
    filters: 2,
    rootScript: { vmStart: [op.property("plugin_root_id")], configure: [op.property("plugin_root_id")] },
  },
];
