/** What the files of another project do not say, as given on the command line. */
export interface ImportOptions {
  /** What shares stick to, as the plugin canary writes keys. */
  key?: Record<string, unknown>;
  /** Pods that share a quota. */
  replicas?: number;
  /** Pods that run the plugins where a resource names none. */
  workload?: Record<string, string>;
  /** The gateway, likewise. */
  gateway?: { labels: Record<string, string> } | { name: string };
  /** Signals of the plugin ratelimit by the names of Slime's metrics. */
  metrics?: ReadonlyMap<string, string>;
}

/** Reads a key such as `header:x-user-id`; undefined when it is none. */
export function readKey(text: string): Record<string, unknown> | undefined {
  if (text === "client-address") return { client_address: true };
  const [, kind, name] = /^(header|cookie|query|assign-cookie):(.+)$/s.exec(text) ?? [];
  if (kind === undefined || name === undefined) return undefined;
  if (kind === "assign-cookie") return { assign_cookie: { name } };
  return { [kind]: kind === "header" ? name.toLowerCase() : name };
}

/** Reads labels such as `app=reviews,tier=web`; undefined when it is something else. */
export function readLabels(text: string): Record<string, string> | undefined {
  const pairs = text.split(",").map((pair) => /^([^=\s]+)=([^=\s]*)$/.exec(pair));
  if (pairs.some((pair) => pair === null)) return undefined;
  return Object.fromEntries(pairs.map((pair) => [pair![1]!, pair![2]!]));
}
