import type { Proxy } from "./proxy.js";

interface ConfigDump {
  configs: { "@type": string; dynamic_listeners?: DynamicListener[]; ecds_filters?: { ecds_filter: NamedConfig }[] }[];
}

interface DynamicListener {
  name: string;
  active_state?: { listener: { address: Address; filter_chains: { filters: { typed_config: Manager }[] }[] } };
}

interface Address {
  socket_address: { port_value: number };
}

interface Manager {
  http_filters?: NamedConfig[];
}

/** A filter of a chain, with what it is configured with, or a name under which ECDS has that. */
interface NamedConfig {
  name: string;
  typed_config?: { "@type": string; config?: WasmConfig };
}

/** As much of a Wasm filter's configuration as tests look at. */
export interface WasmConfig {
  root_id?: string;
  failure_policy?: string;
  configuration?: { "@type": string; value: string };
}

/** The names of the HTTP filters of the listener on a port, in their order; none while there is no such listener. */
export async function filterChain(proxy: Proxy, port: number): Promise<string[]> {
  const { configs } = await configDump(proxy);
  const listeners = configs.flatMap(({ dynamic_listeners = [] }) => dynamic_listeners);
  const states = listeners.flatMap(({ active_state }) => (active_state ? [active_state.listener] : []));
  const ofPort = states.filter(({ address }) => address.socket_address.port_value === port);
  const filters = ofPort.flatMap(({ filter_chains }) => filter_chains[0]?.filters ?? []);
  return filters.flatMap(({ typed_config }) => typed_config.http_filters ?? []).map(({ name }) => name);
}

/** What ECDS has for the filters of an Envoy, by their names. */
export async function discoveredFilters(proxy: Proxy): Promise<Map<string, WasmConfig>> {
  const { configs } = await configDump(proxy);
  const found = configs.flatMap(({ ecds_filters = [] }) => ecds_filters.map(({ ecds_filter }) => ecds_filter));
  return new Map(found.map(({ name, typed_config }) => [name, typed_config?.config ?? {}]));
}

async function configDump(proxy: Proxy): Promise<ConfigDump> {
  return JSON.parse(await proxy.admin("/config_dump?include_eds=on")) as ConfigDump;
}
