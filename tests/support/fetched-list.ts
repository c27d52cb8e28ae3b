import {
  type CallCounts,
  type PluginModule,
  type Plugin,
  Proxy,
  type PendingHttpCall,
} from "../../tools/host/index.js";

/** The object `fetch` of a list. */
export interface FetchConfig {
  cluster: string;
  authority: string;
  path: string;
  refresh?: string;
  timeout?: string;
  max_bytes?: number;
  max_ids?: number;
}

export const FETCH: FetchConfig = { cluster: "lists", authority: "lists.test", path: "/testers.txt", refresh: "60s" };

/** Workers of one Envoy that keep a fetched list, in the fixture canary/fetched-list. */
export class FetchingProxy {
  private constructor(
    readonly proxy: Proxy,
    readonly workers: Plugin[],
  ) {}

  static async start(
    module: PluginModule,
    count: number,
    config: FetchConfig = FETCH,
    proxy = new Proxy(),
  ): Promise<FetchingProxy> {
    const started = new FetchingProxy(proxy, []);
    for (let i = 0; i < count; i++) await started.add(module, config);
    return started;
  }

  /** One more worker, configured now. */
  async add(module: PluginModule, config: FetchConfig = FETCH): Promise<void> {
    const vm = await this.proxy.createVm(module);
    this.workers.push(vm.startPlugin({ name: "canary", rootId: "canary", configuration: JSON.stringify(config) }));
  }

  /** Lets time pass, with all ticks in it. */
  seconds(count: number): void {
    this.proxy.clock.advanceMs(count * 1000);
  }

  /** Lets time pass until a call waits for its answer. @returns how many seconds. */
  untilCall(most = 200): number {
    let passed = 0;
    for (; !this.isCalling; passed++) {
      if (passed > most) throw new Error(`no call in ${most} s`);
      this.seconds(1);
    }
    return passed;
  }

  /** The one call that waits for its answer. */
  get call(): PendingHttpCall {
    const { httpCalls } = this.proxy;
    if (httpCalls.length !== 1) throw new Error(`${httpCalls.length} calls wait`);
    return httpCalls[0]!;
  }

  get isCalling(): boolean {
    return this.proxy.httpCalls.length > 0;
  }

  /** Answers the call with a list, and lets two ticks pass. @returns what the callback cost. */
  answer(ids: string, etag?: string): CallCounts {
    const counts = this.call.respond({ body: ids, headers: etag === undefined ? [] : [["etag", etag]] });
    this.seconds(2);
    return counts;
  }

  /** What each worker says of an id: whether it is in the list. */
  has(id: string): boolean[] {
    return this.workers.map((plugin) => {
      const stream = plugin.openStream();
      stream.requestHeaders(
        [
          [":path", "/"],
          ["x-id", id],
        ],
        true,
      );
      const found = stream.request.headers.find(([name]) => name === "x-found")?.[1];
      stream.close();
      return found === "yes";
    });
  }

  metric(name: string): number | undefined {
    return this.proxy.metrics.value(`list=.=testers;.;${name}`);
  }

  /** Fetches by result, those that were none left out. */
  get fetches(): Record<string, number> {
    const results = ["new", "unchanged", "unreachable", "bad_status", "bad_type", "blank", "too_large", "bad_line"];
    results.push("too_many_ids", "host_error");
    const counted = results.map((result): [string, number] => [
      result,
      this.metric(`result=.=${result};.;tidegate_canary_list_fetches_total`) ?? NaN,
    ]);
    return Object.fromEntries(counted.filter(([, count]) => count !== 0));
  }

  get logs(): string[] {
    return this.proxy.logs.map(({ level, message }) => `${level} ${message}`);
  }
}
