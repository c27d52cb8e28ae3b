import type { PluginInfo } from "../../plugins.js";
import type { PackageFacts } from "./facts.js";
import { readmeOf } from "./readme.js";
import { specOf } from "./spec.js";
import { CHINESE, ENGLISH } from "./words.js";

/** The files of a package beside the module, byte for byte the same for the same input. */
export interface PluginDocuments {
  /** `spec.yaml` of Higress's marketplace. */
  spec: string;
  /** `README.md`: the English one. */
  readme: string;
  /** `README_EN.md` */
  readmeEn: string;
  /** `README_ZH.md` */
  readmeZh: string;
  /** `icon.png` */
  icon: Uint8Array;
}

/** What a package says of a plugin to people and marketplaces. */
export function pluginDocuments(plugin: PluginInfo, facts: PackageFacts): PluginDocuments {
  const readmeEn = facts.readme ?? readmeOf(plugin, facts, ENGLISH);
  const readmeZh = readmeOf(plugin, facts, CHINESE);
  return { spec: specOf(plugin, facts), readme: readmeEn, readmeEn, readmeZh, icon: facts.icon };
}
