import { ConfigNode } from "../../core/config-reader";
import { Setting } from "./config";
import { readHosts, readRoutes, SettingMatch } from "./match-config";

// Higress hands the matchRules of its WasmPlugin to the plugin within the configuration: each rule is a configuration with
// the keys that say which requests it is for. https://higress.cn/en/docs/latest/user/wasm-go/

export const RULES_KEY: string = "_rules_";
const ROUTE_KEY: string = "_match_route_";
const DOMAIN_KEY: string = "_match_domain_";
const MATCH_KEYS: string[] = [ROUTE_KEY, DOMAIN_KEY, "disabled"];
const FOREIGN_KEYS: string[] = ["_match_service_", "_match_route_prefix_"];
const MAX_RULES: i32 = 256;

/** Reads Higress's rules as settings, named `rule-0` and so on. Only at configure: allocates. */
export function readRules(node: ConfigNode): Setting[] {
  const settings: Setting[] = [];
  const nodes = node.objects(RULES_KEY, 1, MAX_RULES);
  for (let i = 0; i < nodes.length; i++) settings.push(readRule(nodes[i], `rule-${i}`));
  return settings;
}

function readRule(node: ConfigNode, name: string): Setting {
  const isDisabled = node.bool("disabled", false);
  const known = MATCH_KEYS.concat(FOREIGN_KEYS);
  if (isDisabled) node.refuseUnknown(known);
  const setting = new Setting(name, isDisabled ? null : node.beside(known), node);
  let isForeign = false;
  for (let i = 0; i < FOREIGN_KEYS.length; i++) {
    if (!node.has(FOREIGN_KEYS[i])) continue;
    isForeign = true;
    node.refuseAt(
      FOREIGN_KEYS[i],
      `expected "${ROUTE_KEY}" or "${DOMAIN_KEY}": this plugin knows routes and hosts only`,
    );
  }
  if (isForeign) return setting;
  const before = node.problems.count;
  const match = readMatch(node);
  if (node.problems.count == before) setting.match = match;
  return setting;
}

function readMatch(node: ConfigNode): SettingMatch {
  const match = new SettingMatch();
  const key = node.exactlyOne([ROUTE_KEY, DOMAIN_KEY]);
  if (key == ROUTE_KEY) match.routes = readRoutes(node, key);
  if (key == DOMAIN_KEY) match.hosts = readHosts(node, key, true);
  return match;
}
