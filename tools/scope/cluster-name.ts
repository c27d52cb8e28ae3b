/** Where Istio's outbound clusters lead to. */
export interface Outbound {
  port: number;
  /** A host name of a service or a ServiceEntry, which may begin with `*.`. */
  host: string;
}

/** Traffic to hosts that no service or ServiceEntry has: passed on to where it wanted to go, or refused. */
export const UNKNOWN = { PassthroughCluster: "passed on", BlackHoleCluster: "refused" } as const;

const OUTBOUND = /^outbound\|(\d{1,5})\|[^|]*\|((?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?)$/;

/** Reads `outbound|PORT|SUBSET|HOST`; undefined for inbound clusters, those of the proxy itself, and any other text. */
export function outboundOf(cluster: string): Outbound | undefined {
  const [, port, host] = OUTBOUND.exec(plainName(cluster)) ?? [];
  if (port === undefined || host === undefined || Number(port) > 65_535) return undefined;
  return { port: Number(port), host: host.toLowerCase() };
}

/** Istio ends names of clusters with a semicolon where they become names of statistics. */
export function plainName(cluster: string): string {
  return cluster.replace(/;$/, "");
}

/** The namespace in the name of a Kubernetes service, `NAME.NAMESPACE.svc.DOMAIN`; undefined for others. */
export function namespaceIn(host: string): string | undefined {
  return /^[a-z0-9-]+\.([a-z0-9-]+)\.svc\./.exec(host)?.[1];
}

/** Of clusters whose port is not known: Istio's own metrics have none. */
export const ANY_PORT = 0;

/** What can be shown as a host that a client named: whatever it is, it is short and on one line. */
export function isHost(text: string | undefined): text is string {
  return text !== undefined && text !== "unknown" && /^[\w*.:-]{2,260}$/.test(text);
}
