/** A `match` of a setting as the schema describes it. */
export interface SettingMatch {
  hosts?: string[];
  paths?: { exact?: string; prefix?: string; template?: string }[];
  routes?: string[];
  ports?: number[];
  direction?: "inbound" | "outbound";
}

/** `settings` of a plugin's configuration. */
export type Settings = { name: string; match: SettingMatch; config?: object; disabled?: true }[];

/** So many settings with one configuration. */
export function settingsOf(count: number, match: (index: number) => SettingMatch, config: object): Settings {
  return Array.from({ length: count }, (_, index) => ({ name: `s${index}`, match: match(index), config }));
}
