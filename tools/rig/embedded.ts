import { readFile } from "node:fs/promises";
import { UserError } from "../errors.js";
import { type Plugin, PluginModule, Proxy, type Stream } from "../host/index.js";
import { modulePath } from "../plugin-folders.js";
import { type PluginUse, type PolicyDocument, rootIdOf } from "../policy/model.js";
import { configText } from "../trace/plugin.js";
import { chosenUpstream } from "../routes/chosen-upstream.js";
import { type Answer, type Ask, type HeaderList, type Send, valuesOf } from "./exchange.js";

/**
 * The policy's plugins in the Node host, as one chain before the policy's routes, with upstreams that answer within
 * this process. Time stands still between requests.
 * Fails with a `UserError` when a plugin is not built or refuses its configuration.
 */
export async function embeddedSend(policy: PolicyDocument): Promise<Send> {
  const proxy = new Proxy();
  const plugins: Plugin[] = [];
  for (const use of policy.spec.plugins) plugins.push(await start(proxy, use, configText(policy, use)));
  return (ask) => Promise.resolve(exchange(plugins, policy, ask));
}

async function start(proxy: Proxy, use: PluginUse, configuration: string): Promise<Plugin> {
  const { name } = use;
  const vm = await proxy.createVm(await PluginModule.compile(await readFile(modulePath(name))), { vmId: name });
  const plugin = vm.startPlugin({ name, rootId: rootIdOf(use), configuration });
  if (plugin.ok) return plugin;
  const said = proxy.logs.find(({ level }) => level === "critical" || level === "error")?.message;
  throw new UserError(`plugin ${name} did not start: ${said ?? plugin.failure}`, 3);
}

/** One request through the chain and back; a plugin that answers itself ends the way there, as in Envoy. */
function exchange(plugins: readonly Plugin[], policy: PolicyDocument, ask: Ask): Answer {
  const passed: Stream[] = [];
  try {
    let headers = requestHeaders(ask);
    for (const plugin of plugins) {
      const stream = plugin.openStream();
      passed.push(stream);
      const { failed, paused } = stream.requestHeaders(headers, true);
      if (failed) return { status: 503, headers: [] };
      if (stream.localResponse) return ownAnswer(stream.localResponse, passed.slice(0, -1));
      if (paused) throw new Error("a plugin holds the request back");
      headers = stream.request.headers;
    }
    const name = chosenUpstream(policy, (header) => valuesOf(headers, header));
    if (name === undefined) return { status: 404, headers: [] };
    const answer = respond(passed, 200, [["x-upstream", name]]);
    return { ...answer, upstream: { name, received: headers } };
  } finally {
    for (const stream of passed) stream.close();
  }
}

function requestHeaders({ path, headers = [] }: Ask): HeaderList {
  const pseudo: HeaderList = [
    [":authority", "quickstart"],
    [":path", path],
    [":method", "GET"],
    [":scheme", "http"],
  ];
  return [...pseudo, ...headers];
}

/** A response passes the plugins from the last to the first. */
function respond(streams: readonly Stream[], status: number, headers: HeaderList): Answer {
  let sent: HeaderList = [[":status", String(status)], ...headers];
  for (const stream of [...streams].reverse()) {
    const { failed } = stream.responseHeaders(sent, true);
    if (failed) return { status: 503, headers: [] };
    sent = stream.response.headers;
  }
  return { status: Number(valuesOf(sent, ":status")[0]), headers: sent };
}

/** A plugin's own answer passes the plugins before it too. */
function ownAnswer({ status, headers }: { status: number; headers: HeaderList }, before: readonly Stream[]): Answer {
  return respond(before, status, headers);
}
