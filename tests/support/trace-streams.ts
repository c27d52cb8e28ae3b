import assert from "node:assert/strict";
import {
  type FaultHandle,
  type HeaderList,
  type HttpCallAnswer,
  type Plugin,
  type PluginModule,
  type PropertyMap,
  Proxy,
  type Stream,
  type Vm,
} from "../../tools/host/index.js";
import { ordinaryHeaders } from "./fuzz.js";
import type { TraceConfig } from "./trace.js";

const PROPERTIES: PropertyMap[] = [
  {},
  { xds: { listener_direction: 1 }, response: { code: 200 }, request: { duration: 17_000_000 } },
  { xds: { listener_direction: 2 }, response: { code: 503, flags: 4 }, request: { protocol: "HTTP/2" } },
  { xds: { listener_direction: "odd" }, response: { code: "x".repeat(5000) }, request: { time: -1 } },
];
const ANSWERS: HttpCallAnswer[] = [
  {},
  { body: "{}" },
  { body: '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"\\n"}}' },
  { body: '{"partialSuccess":{"rejectedSpans":' },
  { body: "x".repeat(100_000) },
  { headers: [[":status", "429"], ["retry-after", "9999999999999999999999"]] }, // prettier-ignore
  { headers: [[":status", "503"], ["retry-after", "-1"]] }, // prettier-ignore
  { headers: [[":status", "400"]] }, // prettier-ignore
  { headers: [[":status", ""]] }, // prettier-ignore
];
const CALLS = [
  ...["clock_time_get", "proxy_get_current_time_nanoseconds", "proxy_get_header_map_pairs", "proxy_http_call"],
  ...["proxy_get_header_map_value", "proxy_replace_header_map_value", "proxy_remove_header_map_value"],
  ...["proxy_add_header_map_value", "proxy_get_property", "proxy_set_property", "proxy_get_buffer_bytes"],
  ...["proxy_get_shared_data", "proxy_set_shared_data", "proxy_increment_metric", "proxy_define_metric"],
  ...["proxy_log", "random_get", "proxy_set_tick_period_milliseconds"],
];

/** Workers of one Envoy with trace plugins in each, and the streams that are live in them. */
export class TraceStreams {
  readonly streams: Stream[] = [];
  /** Of each worker the plugins that are not deleted, the last one taking new streams. */
  private readonly plugins: Plugin[][] = [];
  private readonly faults: FaultHandle[] = [];

  private constructor(
    private readonly proxy: Proxy,
    private readonly vms: Vm[],
  ) {}

  /** @param silent whether every host call fails at first. */
  static async start(module: PluginModule, config: TraceConfig, workers: number, silent: boolean) {
    const proxy = new Proxy();
    const vms: Vm[] = [];
    for (let i = 0; i < workers; i++) vms.push(await proxy.createVm(module, { vmId: "group" }));
    const live = new TraceStreams(proxy, vms);
    if (silent) for (let i = 0; i < CALLS.length; i++) live.fault(i, 0);
    for (let i = 0; i < workers; i++) {
      live.plugins.push([]);
      live.replace(i, config);
    }
    return live;
  }

  request(worker: number, headers: HeaderList): void {
    const plugin = this.plugins[worker % this.vms.length]!.at(-1)!;
    const stream = plugin.openStream({ properties: PROPERTIES[worker % PROPERTIES.length]! });
    const given = ordinaryHeaders.filter(([name]) => !headers.some(([other]) => other === name));
    stream.requestHeaders([...given, ...headers], true);
    assert.equal(stream.localResponse, undefined);
    this.streams.push(stream);
  }

  answer(which: number, how: number): void {
    const stream = this.streams[which % this.streams.length];
    if (stream && stream.response.headers.length === 0) stream.responseHeaders([[":status", how % 3 ? "200" : "503"], ["server-timing", "a"]], how % 2 === 0); // prettier-ignore
  }

  close(which: number): void {
    const [stream] = this.streams.splice(which % Math.max(1, this.streams.length), 1);
    stream?.close();
  }

  pass(ms: number): void {
    this.proxy.clock.advanceMs(ms);
  }

  tick(worker: number, count: number): void {
    const plugins = this.plugins[worker % this.vms.length]!;
    for (let i = 0; i < count; i++) plugins[i % plugins.length]!.tick();
  }

  /** Answers or fails a call to the collector. */
  collect(which: number, how: number): void {
    const call = this.proxy.httpCalls[which % Math.max(1, this.proxy.httpCalls.length)];
    if (how % 5 === 0) call?.fail();
    else call?.respond(ANSWERS[how % ANSWERS.length]);
  }

  /** The worker gets a new configuration; what is live stays with the old one. */
  replace(worker: number, config: TraceConfig): void {
    const vm = this.vms[worker % this.vms.length]!;
    const plugin = vm.startPlugin({ name: "trace", rootId: "trace", configuration: JSON.stringify(config) });
    this.assertAlive();
    // Envoy keeps the old one when the host does not even hand over the configuration.
    if (plugin.ok) this.plugins[worker % this.vms.length]!.push(plugin);
    else assert.ok(this.faults.length > 0, JSON.stringify(config));
    if (this.plugins[worker % this.vms.length]!.length === 0) this.replaceWithout(worker, config);
  }

  /** Without faults: there has to be a first plugin. */
  private replaceWithout(worker: number, config: TraceConfig): void {
    for (const fault of this.faults.splice(0)) fault.remove();
    this.replace(worker, config);
  }

  /** Deletes the oldest plugin of a worker that is not in use any more for new streams; its streams go on. */
  deleteOld(worker: number): void {
    const plugins = this.plugins[worker % this.vms.length]!;
    if (plugins.length > 1) plugins.shift()!.done();
  }

  /** Lets some calls of a host function fail. */
  fault(which: number, how: number): void {
    const call = CALLS[which % CALLS.length]!;
    const status = call === "clock_time_get" || call === "random_get" ? 8 : 1 + (how % 12);
    this.faults.push(this.proxy.faults.inject({ call, status, after: how % 3, times: 1 + (how % 50) }));
  }

  assertAlive(): void {
    const trapped = this.vms.find((vm) => vm.trapped)?.trapped;
    assert.equal(trapped, undefined, trapped?.stack);
  }

  /** @returns the sum of a counter over all that it counts. */
  count(noun: string): number {
    return this.proxy.metrics.value(`tidegate_trace_${noun}_total`) ?? 0;
  }

  /** Ends all streams and old configurations. */
  end(): void {
    for (const fault of this.faults.splice(0)) fault.remove();
    while (this.streams.length > 0) this.close(0);
    for (let i = 0; i < 200 && this.proxy.httpCalls.length + i < 200; i++) {
      this.pass(1000);
      for (const plugins of this.plugins) for (const plugin of plugins) plugin.tick();
      for (const call of [...this.proxy.httpCalls]) call.respond({ body: "{}" });
    }
    this.assertAlive();
  }
}
