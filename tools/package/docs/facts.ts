import type { Phase } from "../../policy/model.js";

/** Higress's categories of plugins. */
export type Category = "auth" | "security" | "protocol" | "flow-control" | "flow-monitor" | "custom";

/** What plugin.json says of a plugin, beside its configuration. */
export interface About {
  /** Name for people, such as `Rate limiting`. */
  title: string;
  /** In one sentence. */
  description: string;
  category: Category;
  /** As in a policy's `attach.phase`. */
  phase: Phase;
  /** Within its phase the plugin of the higher priority runs first. */
  priority: number;
  /** By which name the module starts it; absent: that of the plugin. */
  rootId?: string;
  contact?: Contact;
  /** Oldest Higress that it runs in, such as `2.2.0`. */
  minHigressVersion?: string;
  examples: readonly Example[];
}

/** Whom to ask about a plugin. */
export interface Contact {
  name?: string;
  url?: string;
  email?: string;
}

/** A configuration to begin with. */
export interface Example {
  /** What it does, in English; empty for one without a name. */
  title: string;
  config: Record<string, unknown>;
}

/** All that the documents of a package are made from beside the plugin's schemas. */
export interface PackageFacts {
  /** Of the package, such as `1.2.0`. */
  version: string;
  about: About;
  /** From an English text to the Chinese one; those that are missing stay English. */
  chinese: ReadonlyMap<string, string>;
  /** A PNG. */
  icon: Uint8Array;
  /** The plugin's own README, for one whose configuration nothing is known of. */
  readme?: string;
}
