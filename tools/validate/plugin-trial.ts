import { readFileSync } from "node:fs";
import { messageOf } from "../errors.js";
import { builtModule } from "../generate/envoy-bootstrap.js";
import { PluginModule } from "../host/index.js";
import { type Fault, isPrefix, isSame, type Path } from "../policy/fault.js";
import { type PluginUse, type PolicyDocument, rootIdOf } from "../policy/model.js";
import { stage } from "../rollout/stage.js";
import { readPathMessage } from "./json-path.js";
import { ModuleTrial, type Refusal } from "./module-trial.js";
import { rootFaults } from "./root-faults.js";

/** A module, or why there is none. */
type Loaded = { trial: ModuleTrial } | { code: "TG4003" | "TG4004"; message: string; remedy: string };

/** Asks the built plugins themselves what they say of their configuration, in the Node host. Loads each module once. */
export class PluginTrial {
  private readonly modules = new Map<string, Promise<Loaded>>();

  /** @param moduleFile where a plugin's module lies. */
  constructor(private readonly moduleFile: (plugin: string) => string = builtModule) {}

  /**
   * The faults that are `known`, in the plugin's words where it can say more, and those that only the plugins find. Never
   * throws for a policy of the right shape whose plugins exist.
   */
  async faults(policy: PolicyDocument, known: readonly Fault[]): Promise<Fault[]> {
    const found: Fault[] = [];
    const staged = stage(policy);
    for (const [i, plugin] of staged.policy.spec.plugins.entries()) {
      const path: Path = ["spec", "plugins", i];
      const source = staged.origin(path);
      if (known.some((fault) => fault.code === "TG3002" && isPrefix(source, fault.path))) continue;
      const said = await this.ask(plugin, path);
      found.push(...said.map((fault) => ({ ...fault, path: staged.origin(fault.path) })));
    }
    const news = found.filter((fault) => !known.some((other) => saysTheSame(fault, other)));
    return [...known.map((fault) => inPluginsWords(fault, found)), ...news];
  }

  private async ask(plugin: PluginUse, path: Path): Promise<Fault[]> {
    const loaded = await this.load(plugin.name);
    if ("code" in loaded) return [{ path: [...path, "name"], ...loaded }];
    try {
      const { config = {} } = plugin;
      const refusal = await loaded.trial.ask(
        typeof config === "string" ? config : JSON.stringify(config),
        rootIdOf(plugin),
      );
      if (!refusal) return [];
      return rootFaults(plugin, path, refusal) ?? refusals(plugin, [...path, "config"], refusal);
    } catch (error) {
      return [
        {
          code: "TG4004",
          path: [...path, "name"],
          message: `the module of ${plugin.name} does not start: ${messageOf(error)}`,
        },
      ];
    }
  }

  private load(plugin: string): Promise<Loaded> {
    const loaded = this.modules.get(plugin) ?? loadModule(plugin, this.moduleFile(plugin));
    this.modules.set(plugin, loaded);
    return loaded;
  }
}

async function loadModule(plugin: string, file: string): Promise<Loaded> {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing ? `the plugin ${plugin} is not built` : `its module cannot be read: ${messageOf(error)}`;
    return { code: "TG4003", message, remedy: "Run `tidegate build`" };
  }
  try {
    return { trial: new ModuleTrial(plugin, await PluginModule.compile(bytes)) };
  } catch (error) {
    const message = `the module of ${plugin} cannot be loaded: ${messageOf(error)}`;
    return { code: "TG4004", message, remedy: "Run `tidegate build`" };
  }
}

/** Plugins log each problem with its JSON path at critical before on_configure returns false. */
function refusals(plugin: PluginUse, path: Path, { started, logs }: Refusal): Fault[] {
  const lines = logs.filter(({ level }) => level === "critical" || level === "error");
  const texts = [...new Set(lines.map(({ message }) => Buffer.from(message, "latin1").toString("utf8")))];
  const said = texts.map(readPathMessage).filter((line) => line !== undefined);
  if (said.length > 0 && started.failure !== "trap") {
    return said.map((line) => ({
      code: "TG4001",
      path: [...path, ...line.path],
      message: `${plugin.name}: ${line.message}`,
    }));
  }
  const how = started.failure === "trap" ? "traps on this configuration" : "refuses this configuration";
  const last = texts.at(-1) ?? "it logs no reason";
  return [{ code: "TG4002", path, message: `the plugin ${plugin.name} ${how}: ${last}` }];
}

/** A fault whose remedy is what the plugin expects at that place, if a better one is wanted; it quotes the value itself. */
function inPluginsWords(fault: Fault, found: readonly Fault[]): Fault {
  const said = fault.isVague && found.find(({ code, path }) => code === "TG4001" && isSame(path, fault.path));
  const [, first, rest] = /^\w+: (e)(xpected .*)$/.exec(said ? said.message : "") ?? [];
  return first === undefined ? fault : { ...fault, remedy: first.toUpperCase() + rest!.replace(/, not "[^"]*"$/, "") };
}

/** The plugin's finding at or below a place that has one, or at the parent of a key that is missing or unknown. */
function saysTheSame(fault: Fault, known: Fault): boolean {
  if (known.severity === "warning" || fault.code !== "TG4001") return false;
  return isPrefix(known.path, fault.path) || isSame(known.path.slice(0, -1), fault.path);
}
