import assert from "node:assert/strict";
import {
  type FaultHandle,
  type HeaderList,
  type Plugin,
  type PluginModule,
  Proxy,
  type Stream,
  type Vm,
} from "../../tools/host/index.js";
import { ordinaryHeaders } from "./fuzz.js";
import type { LoadedConfig } from "./ratelimit-load-inputs.js";

/** A stream that is not closed. */
interface Live {
  stream: Stream;
  plugin: Plugin;
  inFlight: boolean;
  answered: boolean;
}

const PROPERTIES = { "source.address": "10.0.77.1:4711", "upstream.address": "10.0.0.1:8080" };
const REPORTS: HeaderList[] = [
  [],
  [["endpoint-load-metrics", "TEXT cpu=0.9,named_metrics.queue=7"]],
  [["endpoint-load-metrics", 'JSON {"cpu_utilization": 1e400, "named_metrics": {"queue": -1}}']],
  [["endpoint-load-metrics-bin", "CQAAAAAAAPA/"]],
  [
    ["endpoint-load-metrics", "TEXT cpu=NaN"],
    ["x-ratelimit-limit", "1"],
  ],
];
const STATUSES = ["200", "200", "101", "404", "500", "503", "x", ""];
const CALLS = [
  ...["clock_time_get", "proxy_get_current_time_nanoseconds", "proxy_get_header_map_value"],
  ...["proxy_add_header_map_value", "proxy_replace_header_map_value", "proxy_remove_header_map_value"],
  ...["proxy_get_property", "proxy_get_shared_data", "proxy_set_shared_data", "proxy_send_local_response"],
  ...["proxy_increment_metric", "proxy_record_metric", "proxy_define_metric", "proxy_log", "random_get"],
  ...["proxy_set_tick_period_milliseconds"],
];

/** Workers of one process with a ratelimit plugin each, and the streams that are live in them. */
export class LiveStreams {
  readonly streams: Live[] = [];
  /** Of each worker the plugins that are not deleted, the last one taking new streams. */
  readonly #plugins: Plugin[][] = [];
  readonly #faults: FaultHandle[] = [];

  private constructor(
    readonly proxy: Proxy,
    readonly vms: Vm[],
  ) {}

  /** @param silent whether shared data, clock and metrics fail at first. */
  static async start(
    module: PluginModule,
    config: LoadedConfig,
    workers: number,
    silent: boolean,
  ): Promise<LiveStreams> {
    const proxy = new Proxy();
    const vms: Vm[] = [];
    for (let i = 0; i < workers; i++) vms.push(await proxy.createVm(module));
    const live = new LiveStreams(proxy, vms);
    if (silent) for (let i = 0; i < CALLS.length; i++) live.fault(i, 0);
    for (let i = 0; i < workers; i++) {
      live.#plugins.push([]);
      live.replace(i, config);
    }
    return live;
  }

  request(worker: number, headers: HeaderList): void {
    const plugin = this.#plugins[worker % this.vms.length]!.at(-1)!;
    const stream = plugin.openStream({ properties: PROPERTIES });
    const given = ordinaryHeaders.filter(([name]) => !headers.some(([other]) => other === name));
    stream.requestHeaders([...given, ...headers], true);
    const inFlight = stream.localResponse === undefined;
    this.streams.push({ stream, plugin, inFlight, answered: !inFlight });
  }

  answer(which: number, how: number): void {
    const live = this.streams[which % this.streams.length];
    if (!live || live.answered) return;
    live.answered = true;
    live.inFlight = false;
    const status = STATUSES[how % STATUSES.length]!;
    live.stream.responseHeaders([[":status", status], ...REPORTS[how % REPORTS.length]!], how % 2 === 0);
  }

  trail(which: number, how: number): void {
    const live = this.streams[which % this.streams.length];
    if (live?.answered && !live.stream.localResponse) live.stream.responseTrailers(REPORTS[how % REPORTS.length]!);
  }

  close(which: number): void {
    const [live] = this.streams.splice(which % Math.max(1, this.streams.length), 1);
    live?.stream.close();
  }

  pass(ms: number): void {
    this.proxy.clock.advanceMs(ms);
  }

  stall(ms: number): void {
    this.proxy.clock.stallNs(BigInt(ms) * 1_000_000n);
  }

  tick(worker: number, count: number): void {
    const plugins = this.#plugins[worker % this.vms.length]!;
    for (let i = 0; i < count; i++) plugins[i % plugins.length]!.tick();
  }

  /** The worker gets a new configuration; what is live stays with the old one. */
  replace(worker: number, config: LoadedConfig): void {
    const vm = this.vms[worker % this.vms.length]!;
    const options = { name: "ratelimit", rootId: "ratelimit", configuration: JSON.stringify(config) };
    const plugin = vm.startPlugin(options);
    assert.ok(plugin.ok, this.proxy.logs.map(({ message }) => message).join("\n") + JSON.stringify(config));
    this.#plugins[worker % this.vms.length]!.push(plugin);
  }

  /** Deletes the oldest plugin of a worker that is not in use any more for new streams; its streams go on. */
  deleteOld(worker: number): void {
    const plugins = this.#plugins[worker % this.vms.length]!;
    if (plugins.length > 1) plugins.shift()!.done();
  }

  /** Lets some calls of a host function fail. */
  fault(which: number, how: number): void {
    const call = CALLS[which % CALLS.length]!;
    const status = call === "clock_time_get" || call === "random_get" ? 8 : 1 + (how % 12);
    this.#faults.push(this.proxy.faults.inject({ call, status, after: how % 3, times: 1 + (how % 50) }));
  }

  assertAlive(): void {
    const trapped = this.vms.find((vm) => vm.trapped)?.trapped;
    assert.equal(trapped, undefined, trapped?.stack);
  }

  /** Once every worker has told it, what all see in flight is what is. */
  assertInFlight(): void {
    this.#settle();
    const live = this.streams.filter(
      ({ inFlight, plugin }) => inFlight && this.#isTicking(plugin) && this.#counts(plugin),
    );
    // Who has none may have had no request at all, and tells nothing.
    if (live.length > 0)
      assert.equal(this.proxy.metrics.value("tidegate_ratelimit_in_flight"), live.length, "in flight");
  }

  /** Ends all streams and old configurations; then nothing is in flight. */
  end(): void {
    for (const fault of this.#faults) fault.remove();
    // Readings are told by who has requests that count.
    this.vms.forEach((_, worker) => {
      this.replace(worker, { concurrency: {} });
      this.request(worker, []);
    });
    while (this.streams.length > 0) this.close(0);
    for (let i = 0; i < this.vms.length; i++) while (this.#plugins[i]!.length > 1) this.deleteOld(i);
    this.#settle();
    this.assertAlive();
    assert.equal(this.proxy.metrics.value("tidegate_ratelimit_in_flight"), 0, "in flight at the end");
  }

  /** What is gone is forgotten after 3 s; some plugins may not have got their ticks. */
  #settle(): void {
    for (let i = 0; i < 45; i++) {
      this.pass(100);
      for (const plugins of this.#plugins) for (const plugin of plugins) plugin.tick();
    }
  }

  #isTicking(plugin: Plugin): boolean {
    return this.#plugins.some((all) => all.includes(plugin));
  }

  /** Whether the plugin counts requests in flight at all. */
  #counts(plugin: Plugin): boolean {
    const config = JSON.parse(new TextDecoder().decode(plugin.configuration)) as LoadedConfig;
    const rules = config.rules as { conditions?: unknown }[] | undefined;
    const reports = config["load_reports"] as { strip: boolean; request_format?: string } | undefined;
    return Boolean(config.concurrency || reports?.strip || reports?.request_format || rules?.some((r) => r.conditions));
  }
}
