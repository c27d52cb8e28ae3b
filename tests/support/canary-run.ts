import assert from "node:assert/strict";
import {
  type HeaderList,
  type Plugin,
  type PluginModule,
  type PropertyMap,
  Proxy,
  type Stream,
  VirtualClock,
} from "../../tools/host/index.js";
import { assignedCookie, checkRequest, checkResponse, labelHeader, valuesOf } from "./canary-checks.js";
import { armsOf, type Config } from "./canary-inputs.js";
import { entriesOf, hasId } from "./canary-lists.js";
import { type Decision, decisions, type Situation } from "./canary-oracle.js";
import type { Event, Exchange } from "./canary-requests.js";
import { NOW } from "./canary-shares.js";

/** One canary plugin under test, and what is known of its state from outside. */
export class CanaryRun {
  /** How often each kind of thing came to pass. */
  readonly reached: Record<string, number> = {};
  /** As of the last tick, of which so many were. */
  private now = NOW;
  private ticks = 0;
  private stopped: ReadonlySet<string> = new Set();
  private readonly lists = new Map<string, string[]>();

  private constructor(
    private readonly config: Config,
    private readonly proxy: Proxy,
    private readonly plugin: Plugin,
    /** The inbound filter of the group, where the plugin is its outbound one. */
    private readonly inbound: Plugin | undefined,
  ) {
    for (const [name, list] of Object.entries(config.lists ?? {})) this.lists.set(name, entriesOf(list));
  }

  static async start(module: PluginModule, config: Config, seed: number): Promise<CanaryRun> {
    const proxy = new Proxy({ clock: new VirtualClock({ wallNs: BigInt(NOW) * 1_000_000n }), seed });
    const plugin = await startIn(proxy, module, config);
    if (config.lane_propagation?.mode !== "outbound") return new CanaryRun(config, proxy, plugin, undefined);
    const inbound = { rules: [], lane_propagation: { ...config.lane_propagation, mode: "inbound" } };
    return new CanaryRun(config, proxy, plugin, await startIn(proxy, module, inbound));
  }

  /** Passes a request and its answer. Throws for what the README does not allow. */
  pass(exchange: Exchange): void {
    if (exchange.before) this.happen(exchange.before);
    if (this.inbound) this.enter(this.inbound, exchange.headers);
    const stream = this.plugin.openStream({ properties: propertiesOf(exchange) });
    const outcome = stream.requestHeaders(exchange.headers, true);
    this.assertAlive();
    assert.deepEqual([outcome.paused, stream.localResponse], [false, undefined]);
    const left = [...stream.request.headers];
    const situation = this.situationOf(exchange, left);
    const check = (all: readonly Decision[]): Decision[] =>
      checkRequest(this.config, all, exchange.headers, left, stream.filterState.get("wasm.tidegate.canary"));
    const all = decisions(this.config, situation);
    const told = check(all);
    const token = exchange.answer ? this.answer(exchange.answer, stream, told) : undefined;
    this.note(told, all.length === 1);
    if (token !== undefined) {
      assert.equal(situation.token, undefined, "who has a token gets no other");
      check(decisions(this.config, { ...situation, token }));
      this.reach("assigned");
    }
    stream.close();
    this.assertAlive();
  }

  private note([decision]: readonly Decision[], isSure: boolean): void {
    if (isSure) this.reach("sure");
    if (decision?.label !== undefined) this.reach("lane");
    if (this.stopped.size > 0) this.reach("stopped");
    this.reach(`arm ${decision?.arm}`);
  }

  private reach(what: string): void {
    this.reached[what] = (this.reached[what] ?? 0) + 1;
  }

  private assertAlive(): void {
    const trapped = this.plugin.vm.trapped ?? this.inbound?.vm.trapped;
    if (trapped) throw new Error(`trap: ${trapped.stack ?? trapped.message}`);
    assert.equal(this.proxy.metrics.value("tidegate_canary_host_errors_total") ?? 0, 0);
  }

  /** What decides of a request. @param left the headers that went on. */
  private situationOf({ headers, address, identity, claims }: Exchange, left: HeaderList): Situation {
    const sent = { headers: this.arrived(headers, left), ...(address && { address }), ...(identity && { identity }) };
    const has = (list: string, id: string): boolean => hasId(this.lists.get(list)!, id);
    const [now, stopped, token] = [this.now, this.stopped, tokenIn(this.config, headers)];
    return { sent, claims, has, now, stopped, token };
  }

  /** The request as rules see it: with the label that came back, if any. */
  private arrived(headers: HeaderList, left: HeaderList): HeaderList {
    const header = labelHeader(this.config);
    if (!this.inbound || header === undefined || valuesOf(headers, header).length > 0) return headers;
    const labels = valuesOf(left, header);
    if (labels.length > 0) this.reach("restored");
    return [...headers, ...labels.map((label): [string, string] => [header, label])];
  }

  private happen(event: Event): void {
    if ("stepSeconds" in event) return this.proxy.clock.stepWallMs(event.stepSeconds * 1000);
    if ("lists" in event) this.answerCalls(event.lists);
    this.proxy.clock.advanceMs(("lists" in event ? 3 : event.advanceSeconds) * 1000);
    this.follow();
  }

  /** Has the plugin take note of the time now, if it has of any since the last time. */
  private follow(): void {
    if (this.plugin.ticks === this.ticks) return;
    this.plugin.tick();
    this.ticks = this.plugin.ticks;
    this.now = Number(this.proxy.clock.wallNs() / 1_000_000n);
    const isStopped = (arm: string) => this.proxy.metrics.value(`arm=.=${arm};.;tidegate_canary_aborted`) === 1;
    this.stopped = new Set(armsOf(this.config).filter(isStopped));
    this.assertAlive();
  }

  /** @param ids undefined: the upstream breaks down. */
  private answerCalls(ids: string[] | undefined): void {
    for (const call of [...this.proxy.httpCalls]) {
      const list = call.headers.find(([name]) => name === ":path")![1].slice(1);
      if (ids === undefined) {
        call.fail();
        continue;
      }
      call.respond({ body: Buffer.from(`# ids\n${ids.join("\r\n")}`) });
      this.lists.set(list, ids);
      this.reach("fetched");
    }
  }

  /** A request reaches the workload; for some of these the one under test is made. */
  private enter(inbound: Plugin, headers: HeaderList): void {
    if (headers.length % 2 === 0) return;
    const stream = inbound.openStream();
    stream.requestHeaders([...headers, [labelHeader(this.config)!, "team.a"]], true);
    stream.close();
  }

  /** Lets the upstream answer. @returns the token that the response assigns, if any. */
  private answer(answer: NonNullable<Exchange["answer"]>, stream: Stream, told: readonly Decision[]) {
    const upstream: HeaderList = [[":status", answer.status], ...answer.headers];
    this.proxy.clock.stallNs(BigInt(answer.afterMs) * 1_000_000n);
    this.follow();
    const outcome = stream.responseHeaders(upstream, !answer.trailers);
    if (answer.trailers) stream.responseTrailers(answer.trailers);
    this.assertAlive();
    assert.deepEqual([outcome.paused, stream.reset], [false, undefined]);
    return checkResponse(this.config, told, upstream, [...stream.response.headers]);
  }
}

/** The token that a request brings: its first cookie of the assigned one's name that has the form. */
function tokenIn(config: Config, headers: HeaderList): string | undefined {
  const begin = `${assignedCookie(config)}=`;
  const cookies = (valuesOf(headers, "cookie")[0] ?? "").split("; ").filter((one) => one.startsWith(begin));
  return cookies.map((one) => one.slice(begin.length)).find((value) => /^[0-9a-f]{16}$/.test(value));
}

function propertiesOf({ address, identity, claims }: Exchange): PropertyMap {
  return {
    ...(address ? { "source.address": address } : {}),
    ...(identity ? { connection: { uri_san_peer_certificate: identity } } : {}),
    ...(claims ? { metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": { jwt_payload: claims } } } } : {}),
  };
}

async function startIn(proxy: Proxy, module: PluginModule, config: object): Promise<Plugin> {
  const vm = await proxy.createVm(module, { vmId: "group" });
  const plugin = vm.startPlugin({ name: "canary", rootId: "canary", configuration: JSON.stringify(config) });
  assert.ok(plugin.ok, `${plugin.failure}: ${proxy.logs.map(({ message }) => message).join("\n")}`);
  return plugin;
}
