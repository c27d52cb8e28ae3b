/** Header names and values in the order of the wire; repeats allowed. */
export type HeaderList = [name: string, value: string][];

/** One request of a scenario; `headers` without pseudo-headers. */
export interface Ask {
  path: string;
  headers?: HeaderList;
}

/** What came of it. */
export interface Answer {
  status: number;
  headers: HeaderList;
  /** The upstream that answered and the headers it received; absent when a plugin answered instead. */
  upstream?: { name: string; received: HeaderList };
}

/** Sends one request through the plugins: in a real Envoy, or in the Node host. */
export type Send = (ask: Ask) => Promise<Answer>;

/** All values of a header, in order; names are compared in lower case. */
export function valuesOf(headers: HeaderList, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** Outcomes in words with how often each was seen, in the order of their first: "5 x 200, 2 x 429". */
export function counted(outcomes: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} x ${outcome}`).join(", ");
}
