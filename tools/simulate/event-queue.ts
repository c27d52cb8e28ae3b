interface Entry<T> {
  atMs: number;
  /** Events of one moment leave in the order in which they came. */
  order: number;
  event: T;
}

/** Events by time: a binary heap, so that adding and taking cost the logarithm of how many wait. */
export class EventQueue<T> {
  readonly #heap: Entry<T>[] = [];
  #order = 0;

  /** When the next event is due; Infinity when none is. */
  get nextMs(): number {
    return this.#heap[0]?.atMs ?? Infinity;
  }

  add(atMs: number, event: T): void {
    const heap = this.#heap;
    const entry = { atMs, order: this.#order++, event };
    let place = heap.length;
    for (heap.push(entry); place > 0;) {
      const parent = (place - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[place] = heap[parent]!;
      place = parent;
    }
    heap[place] = entry;
  }

  /** The next event, which is taken out. Undefined when there is none. */
  take(): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || first === last) return first?.event;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[place] = heap[child]!;
      place = child;
    }
    heap[place] = last;
    return first.event;
  }
}

function before<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}
