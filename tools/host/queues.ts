import { Status } from "./abi.js";

interface Queue {
  readonly vmId: string;
  readonly name: string;
  readonly items: string[];
  notify: (token: number) => void;
}

/** Shared queues. The plugin that registered a queue last is told of each new item by proxy_on_queue_ready. */
export class SharedQueues {
  readonly #queues = new Map<number, Queue>();
  #nextToken = 1;

  /** Registers a queue, or takes over an existing one with what is in it. @returns its token. */
  register(vmId: string, name: string, notify: (token: number) => void): number {
    const existing = this.resolve(vmId, name);
    if (existing) {
      this.#queues.get(existing)!.notify = notify;
      return existing;
    }
    const token = this.#nextToken++;
    this.#queues.set(token, { vmId, name, items: [], notify });
    return token;
  }

  /** The token of a queue, 0 when there is none. */
  resolve(vmId: string, name: string): number {
    for (const [token, queue] of this.#queues) if (queue.vmId === vmId && queue.name === name) return token;
    return 0;
  }

  enqueue(token: number, item: string): Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    queue.items.push(item);
    queue.notify(token);
    return Status.Ok;
  }

  /** The oldest item (a byte string), or the status that says why there is none. */
  dequeue(token: number): string | Status {
    const queue = this.#queues.get(token);
    if (!queue) return Status.NotFound;
    return queue.items.shift() ?? Status.Empty;
  }
}
