import { type Plugin, PluginModule, Proxy, type Stream } from "../../../tools/host/index.js";
import type { RequestSpec } from "../parity/exchange.js";
import type { Pairs } from "../parity/script.js";
import { ownHeaders, type Seen, type Subject, type Visit } from "./subject.js";

/** The Node host with one subject, which is given what Envoy gives its module. */
export class NodeHost {
  private constructor(
    readonly proxy: Proxy,
    readonly plugin: Plugin,
  ) {}

  /** @param others started after it in the same VM. */
  static async start({ name, wasm, rootId, configuration, environment }: Subject, ...others: Subject[]) {
    const proxy = new Proxy({ clusters: ["upstream"] });
    const vm = await proxy.createVm(await PluginModule.compile(wasm), { vmId: name, environment });
    const plugin = vm.startPlugin({ name, rootId, configuration });
    for (const other of others) vm.startPlugin(other);
    return new NodeHost(proxy, plugin);
  }

  /** What it has logged so far; a line that the host itself logs, on a trap, is none of it. */
  get logs(): string[] {
    return this.proxy.logs.map(({ message }) => message).filter((message) => !message.startsWith("Function: "));
  }

  visit({ request, response = {}, callout = {} }: Visit): Seen {
    const begin = this.logs.length;
    const stream = this.plugin.openStream();
    stream.requestHeaders(headersOf(request), !request.body);
    for (const piece of request.body ?? []) if (!isOver(stream)) stream.requestBody(piece, false);
    if (request.body && !isOver(stream)) stream.requestBody("", true);
    for (const call of [...this.proxy.httpCalls]) {
      call.respond({ headers: [[":status", String(callout.status ?? 200)]], body: callout.body?.join("") });
    }
    const reached = !isOver(stream) && !stream.requestPaused;
    if (reached)
      stream.responseHeaders([[":status", String(response.status ?? 200)], ...(response.headers ?? [])], true);
    const upstream = reached ? messageOf(stream.request) : undefined;
    stream.close();
    const status = Number(stream.response.headers.find(([name]) => name === ":status")?.[1] ?? 0);
    return { status, ...messageOf(stream.response), upstream, logs: this.logs.slice(begin) };
  }
}

function isOver(stream: Stream): boolean {
  return stream.localResponse !== undefined || stream.reset !== undefined;
}

function messageOf({ headers, body }: Stream["request"]): { headers: string[]; body: string } {
  return { headers: ownHeaders(headers), body: Buffer.from(body).toString("latin1") };
}

/** A request's headers as the connection manager hands them on. */
function headersOf({ method = "GET", path = "/", headers = [] }: RequestSpec): Pairs {
  return [
    [":authority", "parity.test"],
    [":path", path],
    [":method", method],
    [":scheme", "http"],
    ...headers,
    ["x-forwarded-proto", "http"],
  ];
}
