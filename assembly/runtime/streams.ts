import { Context, RootContext } from "./context";
import { findRoot, rootContexts } from "./root-contexts";
import { StreamOwners } from "./stream-owners";
import { StreamTable } from "./stream-table";

// Which context serves which stream. Decided by what the module exports, since each export is a crossing per request:
// with proxy_on_delete, each live stream has a context of its own (StreamTable);
// with proxy_on_context_create alone, the root context's one shared context serves all its streams (StreamOwners finds
// the root context); with neither, the newest root context serves all streams of the VM.

const table = new StreamTable();
const owners = new StreamOwners();

/** Whether this module hears of the end of streams and root contexts: the export of proxy_on_delete sets it. */
export let tracking: bool = false;
/** Whether this module hears under which root context a stream begins: the export of proxy_on_context_create sets it. */
let attributing: bool = false;

export function trackStreams(): void {
  tracking = true;
}

export function attributeStreams(): void {
  attributing = true;
}

/** Streams that got no context because MAX_LIVE_STREAMS had one; they pass untouched. */
export function refusedStreams(): u64 {
  return table.refused;
}

/** A stream begins under a root context. */
export function openStream(contextId: u32, rootContextId: u32): void {
  const root = findRoot(rootContextId);
  if (root == null) return;
  if (tracking) table.insert(contextId, root);
  else owners.insert(contextId, rootContextId);
}

/** The context of a stream; null for one that is not known, which then passes untouched. Allocates: nothing. */
export function streamOf(contextId: u32): Context | null {
  if (tracking) return table.find(contextId);
  const root = sharedRootOf(contextId);
  return root != null ? root.shared(contextId) : null;
}

// @ts-ignore: decorator
@inline
function sharedRootOf(contextId: u32): RootContext | null {
  const count = rootContexts.length;
  if (count > 1 && attributing) return findRoot(owners.find(contextId));
  return count > 0 ? unchecked(rootContexts[count - 1]) : null;
}

/** A stream has ended; its context goes back to its root context. Allocates: nothing. */
export function closeStream(contextId: u32): void {
  const context = table.remove(contextId);
  if (context == null) return;
  context.onDelete();
  const owner = context.owner;
  if (owner != null) owner.recycle(context);
}
