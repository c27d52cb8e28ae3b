import { type HeaderList, type PluginModule, Proxy } from "../../tools/host/index.js";

/** What the fixture tests/fixtures/ratelimit/answers.ts is configured with. */
export interface AnswersConfig {
  /** As the plugin's key `response`. */
  response?: object;
  /** Names of the priority classes. */
  classes?: string[];
  /** The 64 bits that chance gives. */
  random?: number;
}

/** What was decided of a request, of rule 0 ("per-user") unless told otherwise. */
export interface Decided {
  rule?: number;
  condition?: number;
  requests?: number;
  period?: number;
  burst?: number;
  remaining?: number;
  resetMs?: number;
}

/** The answers of the ratelimit plugin, without its decisions. */
export class AnswersRig {
  private constructor(
    readonly proxy: Proxy,
    readonly plugin: ReturnType<Awaited<ReturnType<Proxy["createVm"]>>["startPlugin"]>,
  ) {}

  static async start(module: PluginModule, config: AnswersConfig = {}): Promise<AnswersRig> {
    const proxy = new Proxy();
    const vm = await proxy.createVm(module);
    const configuration = JSON.stringify({ response: {}, ...config });
    return new AnswersRig(proxy, vm.startPlugin({ name: "answers", rootId: "answers", configuration }));
  }

  /** A request beyond the quota. */
  quota(decided: Decided = {}, headers: HeaderList = []) {
    return this.#send("quota", verdict({ remaining: 0, resetMs: 1500, ...decided }), headers);
  }

  /** A request beyond the capacity. */
  capacity(priorityClass = 0, headers: HeaderList = []) {
    return this.#send("capacity", String(priorityClass), headers);
  }

  /** A request that a shadow rule would have turned away; -1: the limit on requests in flight. */
  shadow(rule: number, headers: HeaderList = []) {
    return this.#send("shadow", verdict({ rule }), headers);
  }

  /** A request that is admitted, and what the upstream answers. */
  admit(decided: Decided, upstream: HeaderList = []) {
    const stream = this.plugin.openStream();
    stream.requestHeaders(request("admit", verdict(decided)), true);
    const { counts } = stream.responseHeaders([[":status", "200"], ...upstream], true);
    const headers = stream.response.headers.filter(([name]) => name.includes("ratelimit"));
    stream.close();
    return { headers, counts };
  }

  #send(operation: string, decided: string, headers: HeaderList) {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([...request(operation, decided), ...headers], true);
    const { localResponse: response } = stream;
    const result = {
      response,
      body: Buffer.from(response?.body ?? []).toString(),
      /** What the plugin asked for, and all that the client gets. */
      headers: Object.fromEntries(response?.headers ?? []),
      sent: stream.response.headers,
      forwarded: stream.request.headers,
      counts,
    };
    stream.close();
    return result;
  }
}

function request(operation: string, decided: string): HeaderList {
  return [
    [":authority", "shop.example"],
    [":path", "/"],
    [":method", "GET"],
    ["x-op", operation],
    ["x-verdict", decided],
  ];
}

function verdict(decided: Decided): string {
  const { rule = 0, condition = -1, requests = 10, period = 1, burst = 20, remaining = 7, resetMs = 500 } = decided;
  return [rule, condition, requests, period, burst, remaining, resetMs].join(" ");
}
