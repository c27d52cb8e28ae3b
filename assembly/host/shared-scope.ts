import { Property } from "./properties";

/**
 * The beginning of the keys of all that workers share of one configured `plugin`: two in one vm_id, or two without any, do
 * not mix as long as they differ in name or root id. Callable in onConfigure. Allocates.
 */
export function sharedScope(plugin: string): string {
  return `tidegate.${plugin}.${textOf("plugin_root_id")}.${textOf("plugin_name")}`;
}

function textOf(property: string): string {
  const read = new Property([property]);
  read.read();
  return read.value.toString();
}
