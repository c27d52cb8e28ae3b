import { LogLevelValues } from "../../../abi/types";
import { Utf8 } from "../../../core/bytes";
import { ALL, NO_PLACE, Places } from "../../../core/percent";
import { log } from "../../../host/log";
import { Presence } from "../../../host/presence";
import { Property } from "../../../host/properties";
import { SharedEntry } from "../../../host/shared-data";
import { RolloutConfig } from "../config";

/**
 * Whether this proxy is in the share, by the id of its node: the same in all of its workers, and in all versions of the
 * policy with the same salt. One without an id is in no share but the whole, and says so once. Only in onConfigure:
 * allocates.
 */
export function isInShare(config: RolloutConfig, plugin: string, scope: string): bool {
  // As Envoy 1.36 to 1.40 have it; `node.id` is none of their properties any more.
  const node = new Property(["xds", "node", "id"]);
  const presence = node.read();
  const place = new Places(config.salt).placeOf(presence == Presence.Found ? node.value : null);
  if (place != NO_PLACE) return place < config.percent;
  if (config.percent > 0 && config.percent < ALL) warnOnce(config, plugin, scope);
  return config.percent == ALL;
}

/** The first worker does. */
function warnOnce(config: RolloutConfig, plugin: string, scope: string): void {
  const entry = new SharedEntry(`${scope}.rollout.nameless`);
  const salt = new Utf8(config.salt);
  if (entry.read() == Presence.Found && entry.value.equals(salt)) return;
  entry.overwrite(salt.ptr, salt.length);
  log(
    LogLevelValues.warn,
    `${plugin}: rollout ${config.salt}: Envoy has no node id (--service-node), so that it keeps the stable configuration`,
  );
}
