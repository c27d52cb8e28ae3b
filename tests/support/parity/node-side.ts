import { Buffer } from "node:buffer";
import { parsePairs, type Plugin, type PluginModule, Proxy, type Stream, type Vm } from "../../../tools/host/index.js";
import type { ListenerSpec } from "./envoy-side.js";
import { fullScript, type ParityCase, type ParityResult, valuesOf } from "./case.js";
import { CALL_BODY_INDEX } from "./cases/callouts.js";
import { encodeScript, type Pairs, Phase } from "./script.js";
import type { ResponseSpec } from "./upstream.js";

/** The Node host with the probe behind each of several listeners: one VM for each vm_id, as in an Envoy with one worker. */
export class NodeSide {
  readonly proxy = new Proxy({ properties: NODE_PROPERTIES, clusters: ["upstream"] });
  readonly #plugins = new Map<string, Plugin>();

  static async start(module: PluginModule, listeners: readonly ListenerSpec[]): Promise<NodeSide> {
    const side = new NodeSide();
    for (const listener of listeners) {
      const vm = await side.#createVm(module, listener);
      const configuration = listener.rootScript && encodeScript(listener.rootScript);
      const failurePolicy = listener.failurePolicy === "FAIL_OPEN" ? "open" : "closed";
      for (let index = 0; index < (listener.filters ?? 1); index++) {
        const rootId = index === 0 ? "probe-root" : `probe-root-${index}`;
        side.#plugins.set(listener.name, vm.startPlugin({ name: "probe", rootId, configuration, failurePolicy }));
      }
    }
    return side;
  }

  plugin(listener: string): Plugin {
    return this.#plugins.get(listener)!;
  }

  /** The upstream's part in the HTTP calls that the module has made: what Envoy's module was given. */
  #answerCalls({ callout }: ParityCase, observed: ParityResult): void {
    for (const call of [...this.proxy.httpCalls]) {
      if (callout?.hangs) return this.proxy.clock.advanceMs(call.timeoutMs);
      const seen = (index: number): string | undefined => valuesOf(observed.lines, Phase.httpCallResponse, index)?.[1];
      const body = Buffer.from((seen(CALL_BODY_INDEX) ?? "x").slice(1), "hex");
      call.respond({ headers: decodePairs(seen(0)), trailers: callout?.trailers, body });
    }
  }

  async #createVm(module: PluginModule, listener: ListenerSpec): Promise<Vm> {
    const { vmId = listener.name, vmConfiguration: configuration, environment, capabilities } = listener;
    return await this.proxy.createVm(module, { vmId, configuration, environment, capabilities });
  }

  /** Lines of the probe since the beginning. */
  get lines(): string[] {
    return this.proxy.logs.map(({ message }) => message).filter((message) => message.startsWith("probe "));
  }

  /** Runs a case with the headers that Envoy gave its module, as `observed` tells. */
  run(parityCase: ParityCase, observed: ParityResult): ParityResult {
    const begin = this.lines.length;
    const stream = this.plugin(parityCase.listener ?? "main").openStream({ properties: CONNECTION_PROPERTIES });
    const reached = drive(stream, parityCase, observed, () => this.#answerCalls(parityCase, observed));
    stream.close();
    return { lines: this.lines.slice(begin), ...summarize(stream, reached) };
  }
}

const NODE_PROPERTIES = {
  xds: {
    node: { id: "parity-node", cluster: "parity-cluster", metadata: { ROLE: "probe" } },
  },
};
const CONNECTION_PROPERTIES = {
  "xds.cluster_name": "upstream",
  "xds.route_name": "parity-route",
  "xds.virtual_host_name": "all",
};

/** @returns whether the request reached the upstream. */
function drive(stream: Stream, parityCase: ParityCase, observed: ParityResult, answerCalls: () => void): boolean {
  const { request = {}, response = {} } = parityCase;
  const over = (): boolean => stream.localResponse !== undefined || stream.reset !== undefined;
  stream.requestHeaders(observedPairs(observed, parityCase, Phase.requestHeaders), !request.body);
  sendBody(request, over, {
    body: (piece, end) => stream.requestBody(piece, end),
    trailers: (trailers) => stream.requestTrailers(trailers),
  });
  answerCalls();
  if (over() || stream.requestPaused) return false;
  answer(stream, response, observedPairs(observed, parityCase, Phase.responseHeaders), over);
  return true;
}

function answer(stream: Stream, response: ResponseSpec, headers: Pairs, over: () => boolean): void {
  stream.responseHeaders(headers, !response.body);
  sendBody(response, over, {
    body: (piece, end) => stream.responseBody(piece, end),
    trailers: (trailers) => stream.responseTrailers(trailers),
  });
}

/** Each piece comes alone; the end comes as an empty piece or with the trailers. */
function sendBody(
  message: { body?: readonly string[]; trailers?: Pairs },
  over: () => boolean,
  to: { body: (piece: Uint8Array, end: boolean) => void; trailers: (trailers: Pairs) => void },
): void {
  if (!message.body) return;
  for (const piece of message.body) {
    if (over()) return;
    to.body(Buffer.from(piece, "latin1"), false);
  }
  if (over()) return;
  if (message.trailers?.length) to.trailers(message.trailers);
  else to.body(Buffer.alloc(0), true);
}

function observedPairs(observed: ParityResult, parityCase: ParityCase, phase: number): Pairs {
  const indexOfPairs = phase === Phase.requestHeaders ? 0 : (fullScript(parityCase).requestHeaders?.length ?? 0);
  const hex = valuesOf(observed.lines, phase, indexOfPairs)?.[1];
  if (hex === undefined && !parityCase.silent && !parityCase.traps && phase === Phase.requestHeaders)
    throw new Error(`Envoy did not come to phase ${phase} of "${parityCase.name}"`);
  return hex === undefined ? UNSEEN[phase]! : decodePairs(hex);
}

/** What is sent on when the module did not see it, too: enough to come to an end. */
const UNSEEN: Record<number, Pairs> = {
  [Phase.requestHeaders]: [
    [":authority", "parity.test"],
    [":path", "/"],
    [":method", "GET"],
  ],
  [Phase.responseHeaders]: [[":status", "200"]],
};

function decodePairs(hex: string | undefined): Pairs {
  return parsePairs(Buffer.from((hex ?? "x").slice(1), "hex"));
}

function summarize(stream: Stream, reached: boolean): Omit<ParityResult, "lines"> {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
  const { headers, body, trailers } = stream.response;
  const status =
    stream.reset && !stream.responseHeadersSent ? 0 : Number(headers.find(([name]) => name === ":status")?.[1] ?? 0);
  const pseudo = (name: string): string => stream.request.headers.find(([other]) => other === name)?.[1] ?? "";
  const request = { body: text(stream.request.body), trailers: stream.request.trailers };
  return {
    response: { status, headers: headers.filter(isField), body: text(body), trailers },
    upstream: reached
      ? {
          method: pseudo(":method"),
          path: pseudo(":path"),
          headers: stream.request.headers.filter(isField),
          ...request,
        }
      : undefined,
  };
}

const isField = ([name]: [string, string]): boolean => !name.startsWith(":");
