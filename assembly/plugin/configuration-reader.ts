import { ByteView } from "../core/bytes";
import { ConfigNode, Problems } from "../core/config-reader";
import { isBlankJson, parseJson } from "../core/json";
import { PluginFactory, PluginRoot, ServingRoot } from "./plugin-root";

/** Makes of a configuration what will serve by it, if `problems` is empty afterwards. Only in onConfigure: allocates. */
@final
export class ConfigurationReader {
  constructor(
    private readonly make: PluginFactory,
    private readonly contextId: u32,
    readonly problems: Problems,
  ) {}

  /** Null, with a problem, for what is no JSON object. */
  read(text: ByteView): ServingRoot | null {
    if (isBlankJson(text)) return this.plugin(null);
    const node = ConfigNode.root(parseJson(text), this.problems);
    return node != null ? this.plugin(node) : null;
  }

  /** A configuration of the plugin's own keys. */
  plugin(node: ConfigNode | null): PluginRoot {
    const root = this.make(this.contextId);
    root.parse(node, this.problems);
    return root;
  }
}
