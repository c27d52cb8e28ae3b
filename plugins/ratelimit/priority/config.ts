import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { readName } from "../../../assembly/core/plain-name";
import { readMatch } from "../../../assembly/request/config";
import { HeaderNames } from "../../../assembly/request/facts";
import { KeyRule } from "../../../assembly/request/key";
import { readKey } from "../../../assembly/request/key-config";
import { RequestMatch } from "../../../assembly/request/match";

// Ranges and defaults are those of schema.json; a test compares the two.

/** Most classes of priority. */
export const MAX_CLASSES: i32 = 8;
const DEFAULT_FLOOR: f64 = 1;
const DEFAULT_ROTATION_NS: i64 = 300_000_000_000;

/** A class of priority as configured. */
@final
export class ClassConfig {
  name: string = "";
  /** Which requests it takes of those that no earlier class took; null: those that no class takes. */
  match: RequestMatch | null = null;
  /** Share of the capacity, 0 to 1, that the class keeps under any pressure, as far as it asks for it. */
  floor: f64 = DEFAULT_FLOOR / 100;
}

/** Classes of priority, the first one the highest. */
@final
export class PriorityConfig {
  readonly classes: ClassConfig[] = [];
  /** Whose requests are served or shed together; null: each request for itself. */
  cohortKey: KeyRule | null = null;
  /** How long a user keeps a place in the class. */
  rotationNs: u64 = DEFAULT_ROTATION_NS;
}

/** Reads the object `priorities`. Only at configure: allocates. */
export function readPriorities(node: ConfigNode, headers: HeaderNames): PriorityConfig {
  const config = new PriorityConfig();
  node.refuseUnknown(["classes", "cohort_key", "rotation"]);
  if (node.has("cohort_key")) config.cohortKey = readKey(node, "cohort_key", headers, null);
  config.rotationNs = <u64>readDuration(node, "rotation", DEFAULT_ROTATION_NS, "1s", "24h");
  if (node.required("classes") == null) return config;
  const classes = node.objects("classes", 1, MAX_CLASSES);
  const names: string[] = [];
  let floors: f64 = 0;
  let rest = "";
  for (let i = 0; i < classes.length; i++) {
    const read = readClass(classes[i], headers, names);
    if (!classes[i].has("match")) {
      if (rest != "") classes[i].refuse(`expected the key "match": "${rest}" already takes what no class matches`);
      rest = read.name;
    }
    floors += read.floor;
    config.classes.push(read);
  }
  // Sums of decimal fractions, such as 33.3 three times.
  if (floors > 1 + 1e-9) node.refuseAt("classes", "expected floors that add up to at most 100 percent");
  return config;
}

function readClass(node: ConfigNode, headers: HeaderNames, names: string[]): ClassConfig {
  const config = new ClassConfig();
  node.refuseUnknown(["name", "match", "floor_percent"]);
  config.name = readName(node, names, "class");
  config.floor = node.number("floor_percent", DEFAULT_FLOOR, 0, 100) / 100;
  const match = node.object("match");
  if (match == null) return config;
  if (match.value.size == 0)
    match.refuse("expected at least one condition; without the key a class takes what no other does");
  config.match = readMatch(match, headers);
  return config;
}
