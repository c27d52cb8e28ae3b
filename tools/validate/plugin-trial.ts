import { messageOf } from "../errors.js";
import { modulePath } from "../plugin-folders.js";
import { type Fault, isPrefix, isSame, type Path } from "../policy/fault.js";
import { type PluginUse, type PolicyDocument, rootIdOf } from "../policy/model.js";
import { stage } from "../rollout/stage.js";
import { readPathMessage } from "./json-path.js";
import { type LoadedModule, loadedModule } from "./loaded-module.js";
import type { ModuleTrial, Refusal } from "./module-trial.js";
import { rootFaults } from "./root-faults.js";

/** Asks the built plugins themselves what they say of their configuration, in the Node host. Loads each module once. */
export class PluginTrial {
  private readonly modules = new Map<string, Promise<LoadedModule>>();

  /** @param moduleFile where a plugin's module lies. @param envoyVersion the oldest that gets it, when that is known. */
  constructor(
    private readonly moduleFile: (plugin: string) => string = modulePath,
    private readonly envoyVersion?: string,
  ) {}

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
    const { trial, problems } = await this.load(plugin.name);
    const known = problems.map((problem): Fault => ({ ...problem, path: [...path, "name"] }));
    return trial ? [...known, ...(await this.asked(trial, plugin, path))] : known;
  }

  private async asked(trial: ModuleTrial, plugin: PluginUse, path: Path): Promise<Fault[]> {
    try {
      const { config = {} } = plugin;
      const refusal = await trial.ask(typeof config === "string" ? config : JSON.stringify(config), rootIdOf(plugin));
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

  private load(plugin: string): Promise<LoadedModule> {
    const loaded = this.modules.get(plugin) ?? loadedModule(plugin, this.moduleFile(plugin), this.envoyVersion);
    this.modules.set(plugin, loaded);
    return loaded;
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
