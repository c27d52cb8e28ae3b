import { ByteView } from "../core/bytes";
import { ConfigNode, Problems } from "../core/config-reader";
import { isBlankJson, parseJson } from "../core/json";
import { DisabledRoot, PluginFactory, PluginRoot, ServingRoot } from "./plugin-root";
import { readRollout } from "./rollout/config";
import { rolloutFingerprint } from "./rollout/fingerprint";
import { RolloutRoot } from "./rollout/rollout-root";
import { readSettings, tableOf } from "./settings/config";
import { readRules, RULES_KEY } from "./settings/higress";
import { SettingsRoot } from "./settings/settings-root";

/** Keys that any configuration may have beside the plugin's own. */
const SHARED_KEYS: string[] = ["disabled", "settings"];

/** Makes of a configuration what will serve by it, if `problems` is empty afterwards. Only in onConfigure: allocates. */
@final
export class ConfigurationReader {
  /** @param plugin the plugin's name. */
  constructor(
    private readonly plugin: string,
    private readonly make: PluginFactory,
    private readonly contextId: u32,
    readonly problems: Problems,
  ) {}

  /** Null, with a problem, for what is no JSON object. */
  read(text: ByteView): ServingRoot | null {
    if (isBlankJson(text)) return this.own(null);
    const node = ConfigNode.root(parseJson(text), this.problems);
    return node != null ? this.rollout(node) : null;
  }

  /** A configuration, and beside it the stable one of the proxies that do not take it. */
  private rollout(node: ConfigNode): ServingRoot {
    const fresh = this.configuration(node, ["rollout"]);
    const rollout = node.object("rollout");
    if (rollout == null) return fresh;
    const config = readRollout(rollout);
    const stable = rollout.object("stable");
    if (stable == null) return fresh;
    const fingerprint = rolloutFingerprint(config.salt, node.value, stable.value);
    return new RolloutRoot(this.contextId, this.plugin, config, fingerprint, this.configuration(stable, []), fresh);
  }

  /**
   * A whole configuration, with settings if it has them.
   * @param others keys that the caller reads.
   */
  private configuration(node: ConfigNode, others: string[]): ServingRoot {
    const isHigress = node.has(RULES_KEY);
    const base = this.base(node, isHigress ? others.concat([RULES_KEY]) : others);
    if (isHigress && node.has("settings")) node.refuseAt("settings", `expected "settings" or "${RULES_KEY}", not both`);
    if (!isHigress && !node.has("settings")) return base;
    const settings = isHigress ? readRules(node) : readSettings(node);
    const roots: ServingRoot[] = [base];
    const names: string[] = [];
    for (let i = 0; i < settings.length; i++) {
      const config = settings[i].config;
      names.push(settings[i].name);
      roots.push(config != null ? this.own(config) : new DisabledRoot(this.contextId));
    }
    return new SettingsRoot(this.contextId, this.plugin, roots, names, tableOf(settings));
  }

  /** What serves the requests that no setting is for. */
  private base(node: ConfigNode, others: string[]): ServingRoot {
    const known = SHARED_KEYS.concat(others);
    // Higress without a configuration beside its rules has them alone.
    let ownKeys = node.value.size;
    for (let i = 0; i < known.length; i++) ownKeys -= i32(node.has(known[i]));
    const isBare = node.has(RULES_KEY) && ownKeys == 0;
    if (!isBare && !node.bool("disabled", false)) return this.own(node.beside(known));
    node.refuseUnknown(known);
    return new DisabledRoot(this.contextId);
  }

  /** A configuration of the plugin's own keys. */
  private own(node: ConfigNode | null): PluginRoot {
    const root = this.make(this.contextId);
    root.parse(node, this.problems);
    return root;
  }
}
