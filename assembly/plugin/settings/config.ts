import { ConfigNode } from "../../core/config-reader";
import { readName } from "../../core/plain-name";
import { readSettingMatch, SettingMatch } from "./match-config";
import { ANY_PORT, Place } from "./place";
import { SettingTable } from "./table";

const MAX_SETTINGS: i32 = 256;
/** Of all settings together. */
const MAX_PLACES: i32 = 4096;

/** A setting as written. */
@final
export class Setting {
  /** Of the requests that it is for. Null after a problem. */
  match: SettingMatch | null = null;

  constructor(
    readonly name: string,
    /** Where its configuration is; null: its requests pass untouched. */
    readonly config: ConfigNode | null,
    /** Where its match is. */
    readonly where: ConfigNode,
  ) {}
}

/** Reads the key `settings`. Only at configure: allocates. */
export function readSettings(node: ConfigNode): Setting[] {
  const settings: Setting[] = [];
  const names: string[] = [];
  const nodes = node.objects("settings", 1, MAX_SETTINGS);
  for (let i = 0; i < nodes.length; i++) settings.push(readSetting(nodes[i], names));
  return settings;
}

/**
 * Makes the table by which settings are found. Places that are another setting's are refused: the first written counts, so
 * that the later would never serve.
 */
export function tableOf(settings: Setting[]): SettingTable {
  let size = 0;
  for (let i = 0; i < settings.length; i++) {
    const match = settings[i].match;
    if (match == null || size > MAX_PLACES) continue;
    size += match.size;
    if (size <= MAX_PLACES) continue;
    const all = `${MAX_PLACES} combinations of routes, hosts, paths and ports in all settings`;
    settings[i].where.refuse(`expected at most ${all}`);
  }
  const table = new SettingTable(min(size, MAX_PLACES));
  for (let i = 0; i < settings.length && size <= MAX_PLACES; i++) addPlaces(table, settings, i + 1);
  return table;
}

/** @param number of the setting, from 1 on. */
function addPlaces(table: SettingTable, settings: Setting[], number: i32): void {
  const setting = settings[number - 1];
  const match = setting.match;
  if (match == null) return;
  const places = match.places(number);
  for (let i = 0; i < places.length; i++) {
    const other = table.add(places[i]);
    if (other == 0) continue;
    const shown = other == number ? "" : `: those at${shownPlace(places[i])} go to "${settings[other - 1].name}"`;
    return setting.where.refuse(`expected each request once${shown}`);
  }
}

function shownPlace(place: Place): string {
  let text = "";
  if (place.route != "") text += ` route ${place.route}`;
  if (place.host != "") text += ` host ${place.host}`;
  if (place.path.text != "") text += ` path ${place.path.text}`;
  if (place.port != ANY_PORT) text += ` port ${place.port}`;
  return text != "" ? text : " this direction";
}

function readSetting(node: ConfigNode, names: string[]): Setting {
  node.refuseUnknown(["name", "match", "config", "disabled"]);
  const name = readName(node, names, "setting");
  const match = node.requiredObject("match");
  const kind = node.exactlyOne(["config", "disabled"]);
  if (kind == "disabled" && !node.bool("disabled", true)) {
    node.refuseAt("disabled", 'expected true; give a setting that is not disabled a "config"');
  }
  const setting = new Setting(name, kind == "config" ? node.object("config") : null, match != null ? match : node);
  if (match == null) return setting;
  const before = node.problems.count;
  const read = readSettingMatch(match);
  if (node.problems.count == before) setting.match = read;
  return setting;
}
