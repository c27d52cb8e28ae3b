/** What a marketplace says of a plugin, beside its configuration. */
export interface About {
  /** Name for people, such as `Rate limiting`. */
  title: string;
  /** One sentence. */
  description: string;
  category: Category;
  phase: PluginPhase;
  /** Within its phase the plugin of the higher priority runs first. */
  priority: number;
  contact?: Contact;
}

/** Higress's categories of plugins. */
export const CATEGORIES = ["auth", "security", "protocol", "flow-control", "flow-monitor", "custom"] as const;
export type Category = (typeof CATEGORIES)[number];

/** Phases of Istio's and Higress's WasmPlugin, as these write them. */
export const PLUGIN_PHASES = ["UNSPECIFIED_PHASE", "AUTHN", "AUTHZ", "STATS"] as const;
export type PluginPhase = (typeof PLUGIN_PHASES)[number];

/** Who maintains a plugin. */
export interface Contact {
  name?: string;
  url?: string;
  email?: string;
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
}
