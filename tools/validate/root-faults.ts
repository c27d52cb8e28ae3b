import { registeredRootIds } from "../build/sdks/root-ids.js";
import type { Fault, Path } from "../policy/fault.js";
import { type PluginUse, rootIdOf } from "../policy/model.js";
import { pluginFolders } from "../plugin-folders.js";
import type { Refusal } from "./module-trial.js";
import { quote } from "./words.js";

/** How the host begins its line about a module that traps when its root context is made. */
const NOT_CREATED = "Function: proxy_on_context_create failed";

/**
 * What to say of a plugin that traps before it gets its configuration, as those of an SDK do which know no root context
 * of the name; undefined when it is something else. @param path of the plugin.
 */
export function rootFaults(plugin: PluginUse, path: Path, { logs }: Refusal): Fault[] | undefined {
  const failed = logs.findIndex(({ message }) => message.startsWith(NOT_CREATED));
  if (failed < 0) return undefined;
  const rootId = rootIdOf(plugin);
  const known = registeredBy(plugin.name);
  if (known.includes(rootId)) return undefined;
  const said = logs.slice(0, failed).findLast(({ level }) => level === "critical" || level === "error");
  const reason = said ? `: ${Buffer.from(said.message, "latin1").toString("utf8")}` : "";
  const message = `the plugin ${plugin.name} traps when it is started as ${quote(rootId)}${reason}`;
  const names = known.length > 0 ? known.map(quote).join(" or ") : "the name that the plugin registers";
  const at = plugin.rootId === undefined ? "name" : "rootId";
  return [{ code: "TG9504", path: [...path, at], message, remedy: `Write rootId: ${names}` }];
}

/** What a plugin's sources register; nothing for a module that was built elsewhere. */
function registeredBy(plugin: string): string[] {
  const entry = pluginFolders().get(plugin)?.entry;
  return entry === undefined ? [] : registeredRootIds(entry);
}
