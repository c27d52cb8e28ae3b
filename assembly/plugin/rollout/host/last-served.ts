/** Which of the root contexts that show their state as one metric a stream came to last. */
@final
export class LastServed {
  /** 0: none since this was looked at. */
  rootContextId: u32 = 0;

  constructor(readonly metric: string) {}
}

/** Of this VM, few: one for each rollout that it has seen. */
const all: LastServed[] = [];

/** The one for a metric. Only in onConfigure: allocates. */
export function lastServed(metric: string): LastServed {
  for (let i = 0; i < all.length; i++) if (all[i].metric == metric) return all[i];
  const made = new LastServed(metric);
  all.push(made);
  return made;
}
