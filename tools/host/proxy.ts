import { LOG_LEVELS, type LogLevel, type Status } from "./abi.js";
import { VirtualClock } from "./clock.js";
import { Faults } from "./faults.js";
import type { PendingGrpcCall } from "./grpc-calls.js";
import type { PendingHttpCall } from "./http-calls.js";
import { Metrics } from "./metrics.js";
import type { PluginModule } from "./module.js";
import type { PropertyMap } from "./properties.js";
import { SharedQueues } from "./queues.js";
import { SeededRandom } from "./random.js";
import { SharedData } from "./shared-data.js";
import { Vm, type VmOptions } from "./vm.js";

/** Answers proxy_call_foreign_function: bytes for Ok with a result, or a status. */
export type ForeignFunction = (args: Uint8Array) => Uint8Array | Status;

export interface ProxyOptions {
  clock?: VirtualClock;
  /** Of WASI's random_get. */
  seed?: number;
  /** Beside those of Envoy, or in their place. */
  foreignFunctions?: Record<string, ForeignFunction>;
  /** The least level that `logs` takes and that proxy_get_log_level tells; "info" when absent, as in Envoy. */
  logLevel?: LogLevel;
  /** What proxy_get_property finds for every plugin, such as node. */
  properties?: PropertyMap;
  /** Envoy's --service-node, as xds.node.id; none when absent. */
  nodeId?: string;
  /** The clusters that HTTP and gRPC calls may name; any when absent. */
  clusters?: readonly string[];
}

export interface LogLine {
  level: LogLevel;
  /** A byte string. */
  message: string;
  /** Number of the VM, from 0. */
  vm: number;
}

/** One "Envoy process": what its VMs share. */
export class Proxy {
  readonly clock: VirtualClock;
  readonly random: SeededRandom;
  readonly sharedData = new SharedData();
  readonly queues = new SharedQueues();
  readonly metrics = new Metrics();
  readonly faults = new Faults();
  readonly logs: LogLine[] = [];
  /** Calls that nothing has answered yet, oldest first. */
  readonly httpCalls: PendingHttpCall[] = [];
  readonly grpcCalls: PendingGrpcCall[] = [];
  readonly vms: Vm[] = [];
  readonly properties: PropertyMap;
  readonly nodeId: string;
  readonly foreignFunctions: Readonly<Record<string, ForeignFunction>>;
  readonly logLevel: number;
  readonly clusters: readonly string[] | undefined;
  readonly #later: (() => void)[] = [];

  constructor(options: ProxyOptions = {}) {
    this.clock = options.clock ?? new VirtualClock();
    this.random = new SeededRandom(options.seed ?? 1);
    this.properties = options.properties ?? {};
    this.nodeId = options.nodeId ?? "";
    this.foreignFunctions = options.foreignFunctions ?? {};
    this.logLevel = LOG_LEVELS.indexOf(options.logLevel ?? "info");
    this.clusters = options.clusters;
  }

  /** Instantiates a module. Fails with Envoy's message when Envoy would refuse to load it. */
  async createVm(module: PluginModule, options: VmOptions = {}): Promise<Vm> {
    const vm = await Vm.create(this, module, this.vms.length, options);
    this.vms.push(vm);
    return vm;
  }

  knowsCluster(name: string): boolean {
    return this.clusters === undefined || this.clusters.includes(name);
  }

  /** For the host: runs `action` when no callback runs any more, as an event loop would. */
  later(action: () => void): void {
    this.#later.push(action);
  }

  /** For the host: what was put off until now. */
  runLater(): void {
    while (this.#later.length > 0) this.#later.shift()!();
  }

  /** For the host: a line from a VM. */
  log(level: number, message: string, vm: number): void {
    if (level >= this.logLevel) this.logs.push({ level: LOG_LEVELS[level]!, message, vm });
  }
}
