import { isObject } from "../is-object.js";
import type { Path } from "./fault.js";
import { Node } from "./node.js";

type Config = Record<string, unknown>;

/** Keys of every plugin's configuration that are read before the plugin reads its own. */
const COMMON_KEYS = ["disabled", "settings", "rollout"];

/** One configuration of a plugin: what is for all requests, for those of a setting, or for proxies that stay stable. */
export interface Configuration {
  /** The plugin's own keys. */
  config: Config;
  path: Path;
  /** Whether it is for the requests that no setting matches. */
  isGeneral: boolean;
}

/** Every configuration within a plugin's, but those that are disabled. Any shape can be read. @param path of `config`. */
export function configurationsWithin(config: unknown, path: Path): Configuration[] {
  const node = new Node(config ?? {}, path);
  if (!isObject(node.value)) return [];
  const own = isDisabled(node.value) ? [] : [{ config: ownKeys(node.value), path, isGeneral: true }];
  const settings = node.at("settings")?.items() ?? [];
  const ofSettings = settings.flatMap((setting): Configuration[] => {
    const inner = setting.at("config");
    return isObject(inner?.value) ? [{ config: ownKeys(inner.value), path: inner.path, isGeneral: false }] : [];
  });
  const stable = node.at("rollout")?.at("stable");
  return [...own, ...ofSettings, ...(stable ? configurationsWithin(stable.value, stable.path) : [])];
}

/** The same with every configuration changed. Any shape can be read; what is none stays as it is. */
export function withEachConfiguration(config: Config, change: (own: Config) => Config): Config {
  const { settings, rollout } = config;
  const own = isDisabled(config) ? ownKeys(config, ["disabled"]) : change(ownKeys(config));
  return {
    ...own,
    ...("settings" in config ? { settings: Array.isArray(settings) ? settings.map(ofSetting) : settings } : {}),
    ...("rollout" in config ? { rollout: ofRollout(rollout) } : {}),
  };

  function ofSetting(setting: unknown): unknown {
    if (!isObject(setting) || !isObject(setting["config"])) return setting;
    return { ...setting, config: change(setting["config"]) };
  }

  function ofRollout(part: unknown): unknown {
    if (!isObject(part) || !isObject(part["stable"])) return part;
    return { ...part, stable: withEachConfiguration(part["stable"], change) };
  }
}

/** Whether requests that no setting matches pass the plugin untouched. */
function isDisabled(config: Config): boolean {
  return config["disabled"] === true;
}

function ownKeys(config: Config, kept: readonly string[] = []): Config {
  const members = Object.entries(config);
  return Object.fromEntries(members.filter(([key]) => kept.includes(key) || !COMMON_KEYS.includes(key)));
}
