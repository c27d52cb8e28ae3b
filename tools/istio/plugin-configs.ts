import type { PluginCatalog } from "../plugins.js";
import type { Fault, Path } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";
import type { PluginTrial } from "../validate/plugin-trial.js";
import { SchemaChecker } from "../validate/schema-checker.js";
import { quote } from "../validate/words.js";
import { type Loaded, loadedPlugins } from "./own-plugins.js";
import type { Resource } from "./resource.js";
import type { FaultWithin } from "./within-text.js";

/** Checks the configurations of our plugins wherever resources have them: by the plugin's schema, then by the plugin. */
export class PluginConfigs {
  /** @param trial asks the built plugins. */
  constructor(
    private readonly catalog: PluginCatalog,
    private readonly trial: PluginTrial,
  ) {}

  async faults(resource: Resource): Promise<FaultWithin[]> {
    const loaded = loadedPlugins(resource, this.catalog);
    const faults = await Promise.all(loaded.map((one) => this.ofOne(one)));
    return faults.flat();
  }

  private async ofOne(loaded: Loaded): Promise<FaultWithin[]> {
    const { plugin, config, place, isText } = loaded;
    if (config === undefined) return [noObject(loaded)];
    const known = SchemaChecker.of(this.catalog.get(plugin)!.schema).check(config).map(inConfig);
    const found = await this.trial.faults(pretended(plugin, config), known);
    return found.map(({ path, ...fault }) => {
      const inner = path.slice(CONFIG.length);
      if (!isText) return { ...fault, path: [...place.path, ...inner] };
      return { ...fault, path: place.path, within: inner, message: `${jsonPath(inner)}: ${fault.message}` };
    });
  }
}

const CONFIG: Path = ["spec", "plugins", 0, "config"];

function inConfig(fault: Fault): Fault {
  return { ...fault, path: [...CONFIG, ...fault.path] };
}

/** A policy that has nothing but the plugin. */
function pretended(name: string, config: Record<string, unknown>): PolicyDocument {
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "resource" },
    spec: { plugins: [{ name, config }] },
  };
}

function noObject({ plugin, place, isText }: Loaded): Fault {
  const message = `the configuration of ${plugin} is no JSON object`;
  const given = isText && place.text !== undefined ? `, not ${quote(place.text)}` : "";
  return { code: "TG4001", path: place.path, message, remedy: `Write the plugin's keys in {}${given}` };
}

/** As plugins write it: $.rules[0].name. */
function jsonPath(path: Path): string {
  const step = (one: string | number): string =>
    typeof one === "number" || /^\d+$/.test(one)
      ? `[${one}]`
      : /^[A-Za-z_][\w-]*$/.test(one)
        ? `.${one}`
        : `[${JSON.stringify(one)}]`;
  return `$${path.map(step).join("")}`;
}
