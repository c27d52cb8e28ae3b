import fc from "fast-check";
import type { HeaderList, Outcome, PluginModule, PropertyMap, Stream, Vm } from "../../tools/host/index.js";
import { Proxy } from "../../tools/host/index.js";

/** Random requests through a plugin under random configurations that it must accept. */
export interface RequestFuzz<Config> {
  module: PluginModule;
  configurations: fc.Arbitrary<Config>;
  /** Request headers that matter under a configuration; `ordinaryHeaders` come before them, but pseudo-headers in place of theirs. */
  requests(configuration: Config): fc.Arbitrary<HeaderList>;
  /** Of every stream. */
  properties?: PropertyMap;
  /** Throws when the request was not treated as it should. A trap or a refused configuration is reported without it. */
  check(configuration: Config, sent: HeaderList, stream: Stream, outcome: Outcome): void;
  /** Pairs of configuration and request, at least. */
  pairs: number;
  requestsPerConfiguration: number;
  seed: number;
}

/** Every request of HTTP has these. */
export const ordinaryHeaders: HeaderList = [
  [":authority", "shop.example"],
  [":path", "/cart"],
  [":method", "GET"],
  [":scheme", "http"],
];

/**
 * Runs all pairs; the same seed gives the same ones. A failure names the seed, the configuration and the one request.
 * @returns how many pairs ran.
 */
export async function fuzzRequests<Config>(fuzz: RequestFuzz<Config>): Promise<number> {
  const rounds = Math.ceil(fuzz.pairs / fuzz.requestsPerConfiguration);
  let pairs = 0;
  for (const [round, configuration] of sample(fuzz.configurations, rounds, fuzz.seed).entries()) {
    const requests = sample(fuzz.requests(configuration), fuzz.requestsPerConfiguration, fuzz.seed + round);
    const run = await start(fuzz.module, JSON.stringify(configuration));
    if (run.verdict !== "accepted") throw failure(fuzz.seed, configuration, [], run.lines.join("\n"));
    for (const headers of requests) {
      const problem = send(fuzz, run, configuration, headers);
      if (problem !== undefined) throw failure(fuzz.seed, configuration, headers, problem);
      pairs++;
    }
  }
  return pairs;
}

type Run = Awaited<ReturnType<typeof start>>;

/** @returns what is wrong. */
function send<Config>(fuzz: RequestFuzz<Config>, run: Run, configuration: Config, headers: HeaderList) {
  const isGiven = (name: string) => name.startsWith(":") && headers.some(([other]) => other === name);
  const sent = [...ordinaryHeaders.filter(([name]) => !isGiven(name)), ...headers];
  const stream = run.plugin.openStream(fuzz.properties ? { properties: fuzz.properties } : {});
  const outcome = stream.requestHeaders(sent, true);
  if (run.vm.trapped) return `trap: ${run.vm.trapped.stack ?? run.vm.trapped.message}`;
  try {
    fuzz.check(configuration, sent, stream, outcome);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (!stream.localResponse) stream.responseHeaders([[":status", "200"]], true);
  stream.close();
  return run.plugin.vm.trapped ? "trap in the response" : undefined;
}

/** A plugin in a VM of its own, and what came of its configuration. */
export async function start(module: PluginModule, configuration: string | Uint8Array) {
  const proxy = new Proxy();
  return configure(proxy, await proxy.createVm(module), configuration);
}

function configure(proxy: Proxy, vm: Vm, configuration: string | Uint8Array) {
  const before = proxy.logs.length;
  const plugin = vm.startPlugin({ configuration });
  const verdict = plugin.failure === "trap" ? "trap" : plugin.ok ? "accepted" : "refused";
  const said = proxy.logs.slice(before).filter(({ level }) => level === "critical");
  return { proxy, vm, plugin, verdict, lines: said.map(({ message }) => message) } as const;
}

/** `count` values, always the same for a seed. */
export function sample<Value>(values: fc.Arbitrary<Value>, count: number, seed: number): Value[] {
  return fc.sample(values, { numRuns: count, seed });
}

/** Random configurations, most of them bad. */
export interface ConfigurationFuzz {
  module: PluginModule;
  configurations: fc.Arbitrary<Uint8Array>;
  /** Whether the plugin's schema accepts the parsed text. */
  schema(value: unknown): boolean;
  count: number;
  seed: number;
}

/** A VM takes this many configurations, one after the other, as it does in an Envoy whose configuration changes. */
const CONFIGURATIONS_PER_VM = 50;

/**
 * Starts the plugin with every configuration. It must never trap, must refuse whatever is no JSON or not as the schema
 * says, and must say why it refuses, every line with a JSON path.
 * @returns how many it accepted and refused.
 */
export async function fuzzConfigurations(fuzz: ConfigurationFuzz): Promise<{ accepted: number; refused: number }> {
  const totals = { accepted: 0, refused: 0 };
  let proxy = new Proxy();
  let vm: Vm | undefined;
  for (const [index, configuration] of sample(fuzz.configurations, fuzz.count, fuzz.seed).entries()) {
    if (!vm || index % CONFIGURATIONS_PER_VM === 0) {
      proxy = new Proxy();
      vm = await proxy.createVm(fuzz.module);
    }
    const run = configure(proxy, vm, configuration);
    const text = Buffer.from(configuration).toString();
    if (run.verdict === "trap") throw failure(fuzz.seed, text, [], `trap: ${run.vm.trapped?.stack}`);
    if (run.verdict === "accepted" && !fuzz.schema(parsed(text))) {
      throw failure(fuzz.seed, text, [], "the plugin accepts what its schema refuses");
    }
    if (run.verdict === "refused" && !(run.lines.length > 0 && run.lines.every((line) => /^\w+: \$/.test(line)))) {
      throw failure(fuzz.seed, text, [], `refused without a reason at a JSON path: ${JSON.stringify(run.lines)}`);
    }
    totals[run.verdict]++;
    if (run.plugin.ok) run.plugin.done();
  }
  return totals;
}

/** The value of a JSON text; undefined, which no schema accepts, for another text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(seed: number, configuration: unknown, headers: HeaderList, problem: string): Error {
  const shown = JSON.stringify(configuration).slice(0, 4000);
  return new Error(`${problem}\nseed ${seed}\nconfiguration ${shown}\nheaders ${JSON.stringify(headers)}`);
}
