import { type HeaderList, PluginModule, Proxy, type Stream, VirtualClock } from "../host/index.js";
import type { Request } from "./request.js";

/** A header's values as they came and as they go on. */
export interface HeaderChange {
  header: string;
  before: string[];
  after: string[];
}

/** What becomes of a request and of its response. */
export interface Sent {
  request: HeaderChange[];
  response: HeaderChange[];
  /** Attributes that the plugin sets, by name. */
  attributes: Record<string, string>;
}

/** What is to be explained: a plugin with its configuration, at a time in ms since the Unix epoch. */
export interface Asked {
  module: PluginModule;
  plugin: string;
  configuration: string;
  atMs: number;
}

/** What the module logs of how it would decide the request. Fails when the module traps. */
export async function askWhy(asked: Asked, request: Request): Promise<string[]> {
  const stream = await openStream(asked, request);
  return stream.explain(request.headers).map(({ message }) => text(message));
}

/**
 * Runs the request through the module, and a response after it. As in `askWhy` the proxy is a new one of the same chance,
 * so that what is drawn is drawn the same.
 */
export async function askWhat(asked: Asked, request: Request): Promise<Sent> {
  const stream = await openStream(asked, request);
  const { failed } = stream.requestHeaders(request.headers, true);
  if (failed) throw new Error(`the plugin ${asked.plugin} fails on this request: ${failed}`);
  const response: HeaderList = [[":status", "200"]];
  stream.responseHeaders(response, true);
  return {
    request: changes(request.headers, stream.request.headers),
    response: changes(response, stream.response.headers),
    attributes: Object.fromEntries(
      [...stream.filterState].map(([name, value]) => [name.replace(/^wasm\./, ""), text(value)]),
    ),
  };
}

async function openStream({ module, plugin, configuration, atMs }: Asked, request: Request): Promise<Stream> {
  const proxy = new Proxy({ clock: new VirtualClock({ wallNs: BigInt(atMs) * 1_000_000n }) });
  const vm = await proxy.createVm(module, { vmId: plugin });
  const started = vm.startPlugin({ name: plugin, rootId: plugin, configuration });
  return started.openStream({ properties: request.properties });
}

/** Every header of either, in the order in which they come. */
function changes(before: Readonly<HeaderList>, after: Readonly<HeaderList>): HeaderChange[] {
  const names = new Set([...before, ...after].map(([name]) => name));
  const valuesOf = (headers: Readonly<HeaderList>, header: string): string[] =>
    headers.filter(([name]) => name === header).map(([, value]) => text(value));
  return [...names].map((header) => ({ header, before: valuesOf(before, header), after: valuesOf(after, header) }));
}

function text(byteString: string): string {
  return Buffer.from(byteString, "latin1").toString("utf8");
}
