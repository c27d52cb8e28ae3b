import { stringify } from "yaml";
import type { PluginInfo } from "../../plugins.js";
import type { PackageFacts } from "./facts.js";

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
  const readme = `# ${facts.about.title}\n\n${facts.about.description}\n`;
  return { spec: specOf(plugin, facts), readme, readmeEn: readme, readmeZh: readme, icon: facts.icon };
}

function specOf(plugin: PluginInfo, { version, about }: PackageFacts): string {
  const { title, description, category, phase, priority } = about;
  const info = { category, name: plugin.name, title, description, version };
  const spec = { phase, priority, configSchema: { openAPIV3Schema: { type: "object" } } };
  return stringify({ apiVersion: "1.0.0", info, spec });
}
