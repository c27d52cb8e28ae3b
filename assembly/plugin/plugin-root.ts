import { ConfigNode, Problems } from "../core/config-reader";
import { Context, RootContext } from "../runtime/context";

/**
 * What serves streams under one root context of Envoy's: one configuration of a plugin, or several of which one is chosen
 * for each stream. Each has contexts, ticks and answers to calls of its own.
 */
export abstract class ServingRoot extends RootContext {
  /** For who ticks it: time since its last tick. */
  waitedMs: u32 = 0;

  /**
   * The configuration is accepted: allocates what it needs to serve, defines metrics and asks for ticks. In onConfigure,
   * or in a tick once a rollout gets there.
   * @param scope how the keys begin of what all workers share of this configuration and no other.
   */
  abstract begin(scope: string): void;
}

/** What a plugin derives from: one configuration in one VM. The constructor reads and defines nothing. */
export abstract class PluginRoot extends ServingRoot {
  /**
   * Reads one configuration and keeps it for `begin`, which is called only if nothing had a problem. Without effects on
   * the host: others beside it may be refused.
   * @param node an object of the plugin's own keys; null when the whole text is nothing but white space.
   */
  abstract parse(node: ConfigNode | null, problems: Problems): void;
}

/** How a plugin makes its root: `(contextId: u32) => new MyRoot(contextId)`. */
export type PluginFactory = (contextId: u32) => PluginRoot;

/** Lets streams pass untouched. */
@final
export class DisabledRoot extends ServingRoot {
  begin(scope: string): void {}

  createContext(): Context {
    return new UntouchedContext();
  }
}


@final
class UntouchedContext extends Context {}
