import { collectSoon } from "../host/garbage";
import { Property } from "../host/properties";
import { Presence } from "../host/presence";
import { takeRequestedPeriod } from "../host/tick";
import { RootContext } from "./context";

// The root contexts of a VM, few: one for each plugin configuration that this VM serves now. Envoy keeps the VM of a
// plugin over changes of its configuration (and Istio shares it between plugins of the same code), so old ones must go.
// With `proxy_on_delete` Envoy says when. A module without it, to save a crossing per request, is told only by silence:
// Envoy ticks a root context until no stream needs it any more.

/** A root context that misses this many of its ticks has been deleted. */
// @ts-ignore: decorator
@inline
const SILENT_PERIODS: u64 = 100;

type Factory = (contextId: u32) => RootContext;

const rootIds: string[] = [];
const factories: Factory[] = [];
const rootIdProperty = new Property(["plugin_root_id"]);

/** All root contexts of this VM. */
export const rootContexts: RootContext[] = [];

/**
 * Names the class that plays the root context `rootId` (`root_id` in Envoy, `pluginName` in Istio). A module that
 * registers only one uses it for every id. Call at the top level of the plugin's index.
 */
export function registerRootContext(factory: Factory, rootId: string): void {
  rootIds.push(rootId);
  factories.push(factory);
}

/** The root context `contextId`, or null if there is none. */
export function findRoot(contextId: u32): RootContext | null {
  for (let i = 0, count = rootContexts.length; i < count; i++) {
    const root = unchecked(rootContexts[i]);
    if (root.contextId == contextId) return root;
  }
  return null;
}

/** The root context `contextId`, made if need be; null when the plugin's root id is not registered. */
export function ensureRoot(contextId: u32): RootContext | null {
  const existing = findRoot(contextId);
  if (existing != null) return existing;
  const factory = factoryOf();
  if (factory == null) return null;
  const root = factory(contextId);
  rootContexts.push(root);
  return root;
}

function factoryOf(): Factory | null {
  if (factories.length == 1) return factories[0];
  const rootId = rootIdProperty.read() == Presence.Found ? rootIdProperty.value.toString() : "";
  const index = rootIds.indexOf(rootId);
  return index >= 0 ? factories[index] : null;
}

/** Forgets the root context `contextId`, and with it all contexts that it made. */
export function removeRoot(contextId: u32): void {
  for (let i = 0; i < rootContexts.length; i++) {
    if (unchecked(rootContexts[i]).contextId != contextId) continue;
    rootContexts.splice(i, 1);
    return;
  }
}

/** Notes the tick period that `root` asked for in the callback that ends. */
export function notePeriod(root: RootContext): void {
  const periodMs = takeRequestedPeriod();
  if (periodMs >= 0) root.tickPeriodMs = <u32>periodMs;
}

/**
 * Notes that `root` ticks. For modules that are not told of deletion: forgets those that ceased to tick. Only ticks of
 * the newest root context measure the silence of others, so that neither many of them nor a pause of the whole Envoy
 * makes one that lives look silent.
 */
export function forgetSilentRoots(root: RootContext): void {
  root.silentMs = 0;
  const newest = rootContexts.length - 1;
  if (root != unchecked(rootContexts[newest])) return;
  for (let i = newest - 1; i >= 0; i--) {
    const other = unchecked(rootContexts[i]);
    other.silentMs += root.tickPeriodMs;
    if (other.tickPeriodMs == 0 || other.silentMs <= SILENT_PERIODS * other.tickPeriodMs) continue;
    rootContexts.splice(i, 1);
    // It may have had megabytes, in which the next one finds room only if they are free by then.
    collectSoon();
  }
}
