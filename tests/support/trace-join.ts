import { type CallCounts, type HeaderList, type Plugin, type PluginModule, Proxy } from "../../tools/host/index.js";

/** A context as tests/fixtures/trace/join.ts reads and writes it. */
export interface JoinedContext {
  traceId: bigint;
  parentId: bigint;
  /** 0 undecided, 1 dropped, 2 sampled, 3 debug. */
  sampling: number;
  isRandom: boolean;
  isShort: boolean;
}

/** A context that differs from that of any other number. */
export function contextOf(number: number, parent = number): JoinedContext {
  return {
    traceId: (BigInt(number) << 64n) | BigInt(number * 7 + 1),
    parentId: BigInt(parent) + 0xa000_0000_0000_0000n,
    sampling: number % 4,
    isRandom: number % 2 === 0,
    isShort: number % 3 === 0,
  };
}

function encode({ traceId, parentId, sampling, isRandom, isShort }: JoinedContext): string {
  const marks = Number(isRandom) + 2 * Number(isShort);
  return `${traceId.toString(16).padStart(32, "0")}${parentId.toString(16).padStart(16, "0")}${sampling}${marks}`;
}

function decode(text: string): JoinedContext {
  return {
    traceId: BigInt(`0x${text.slice(0, 32)}`),
    parentId: BigInt(`0x${text.slice(32, 48)}`),
    sampling: Number(text[48]),
    isRandom: (Number(text[49]) & 1) !== 0,
    isShort: (Number(text[49]) & 2) !== 0,
  };
}

/** What came of an outbound request. */
export interface Recalled {
  join: string | undefined;
  context: JoinedContext | undefined;
  counts: CallCounts;
}

/** One filter of tests/fixtures/trace/join.ts. */
export class JoinFilter {
  constructor(
    private readonly proxy: Proxy,
    readonly plugin: Plugin,
  ) {}

  static async start(proxy: Proxy, module: PluginModule, config: object, vmId = "group"): Promise<JoinFilter> {
    const vm = await proxy.createVm(module, { vmId });
    return new JoinFilter(
      proxy,
      vm.startPlugin({ name: "trace", rootId: "trace", configuration: JSON.stringify(config) }),
    );
  }

  /** An inbound request that goes on with a context. */
  remember(context: JoinedContext, headers: HeaderList): CallCounts {
    return this.send([["x-context", encode(context)], ...headers]).counts;
  }

  /** An outbound request that came without one. */
  recall(headers: HeaderList): Recalled {
    const { counts, sent } = this.send(headers);
    const value = (name: string) => sent.find(([key]) => key === name)?.[1];
    const text = value("x-context");
    return { join: value("x-join"), context: text === undefined ? undefined : decode(text), counts };
  }

  count(noun: string): number | undefined {
    this.plugin.tick();
    return this.proxy.metrics.value(`tidegate_trace_join_${noun}_total`);
  }

  private send(headers: HeaderList): { counts: CallCounts; sent: HeaderList } {
    const stream = this.plugin.openStream();
    const { counts } = stream.requestHeaders([[":method", "GET"], [":path", "/"], ...headers], true); // prettier-ignore
    const sent = [...stream.request.headers];
    stream.close();
    return { counts, sent };
  }
}

/** A workload's two filters, each in a worker of its own. */
export async function joinSides(
  module: PluginModule,
  options: { proxy?: Proxy; in?: object; out?: object } = {},
): Promise<{ proxy: Proxy; inbound: JoinFilter; outbound: JoinFilter }> {
  const { proxy = new Proxy() } = options;
  const inbound = await JoinFilter.start(proxy, module, { mode: "inbound", group: "shop", ...options.in });
  const outbound = await JoinFilter.start(proxy, module, { mode: "outbound", group: "shop", ...options.out });
  return { proxy, inbound, outbound };
}
