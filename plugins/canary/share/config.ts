import { ConfigNode } from "../../../assembly/core/config-reader";
import { readSeconds } from "../../../assembly/core/duration";
import { JsonKind } from "../../../assembly/core/json";
import { describeKind } from "../../../assembly/core/json-kind";
import { ALL } from "../../../assembly/core/percent";
import { inPercent, readPercent } from "../../../assembly/core/percent-config";
import { plainNameProblem } from "../../../assembly/core/plain-name";
import { readTime } from "../schedule/config";
import { Ramp } from "./ramp";
import { NO_PART, Part, Split } from "./split";

const MAX_PARTS: i32 = 16;
/** Parts up to this number need no rooms: one grows from the bottom, one from the top. */
const MAX_WITHOUT_ROOMS: i32 = 2;

/**
 * Reads the split under `key`: one part, with an arm, for each element of the array.
 * @param arms names of all arms, to which new ones are added. Only at configure: allocates.
 */
export function readSplit(node: ConfigNode, key: string, arms: string[]): Split {
  const nodes = node.objects(key, 1, MAX_PARTS);
  const parts: Part[] = [];
  let rooms = 0;
  for (let i = 0; i < nodes.length; i++) {
    const part = readPart(nodes[i], arms, nodes.length > MAX_WITHOUT_ROOMS);
    for (let j = 0; j < i; j++) {
      if (part.arm != NO_PART && parts[j].arm == part.arm)
        nodes[i].refuseAt("arm", "expected another arm than that of an earlier part");
    }
    rooms += part.room;
    parts.push(part);
  }
  if (rooms > ALL)
    node.refuseAt(
      key,
      `expected parts that together, by their rooms or else the most they come to, are at most 100 percent, not ${inPercent(rooms)}`,
    );
  return new Split(StaticArray.fromArray(parts));
}

function readPart(node: ConfigNode, arms: string[], needsRoom: bool): Part {
  node.refuseUnknown(["arm", "percent", "room"]);
  const arm = node.required("arm") != null ? readArm(node, "arm", arms) : NO_PART;
  const ramp = node.required("percent") != null ? readPercentOrRamp(node, "percent") : Ramp.fixed(0);
  if (needsRoom && !node.has("room")) {
    node.refuse(
      'expected the key "room", which says how far each of three and more parts may grow without moving users',
    );
  }
  const room = readPercent(node, "room", ramp.most);
  if (room < ramp.most) node.refuseAt("room", `expected at least ${inPercent(ramp.most)}, to which the part grows`);
  return new Part(arm, ramp, max(room, ramp.most));
}

/** Reads the percentage under `key`: a number, or an object for one that grows. */
export function readPercentOrRamp(node: ConfigNode, key: string): Ramp {
  const member = node.member(key);
  if (member == null) return Ramp.fixed(0);
  const kind = member.value.kind;
  if (kind == JsonKind.Object) return readRamp(member);
  if (kind == JsonKind.Number) return Ramp.fixed(readPercent(node, key, 0));
  member.refuse(`expected a number or an object, not ${describeKind(kind)}`);
  return Ramp.fixed(0);
}

function readRamp(node: ConfigNode): Ramp {
  node.refuseUnknown(["start", "from", "step", "every", "hold"]);
  const keys = ["start", "from", "step", "every"];
  for (let i = 0; i < keys.length; i++) node.required(keys[i]);
  const start = readTime(node, "start", 0);
  const from = readPercent(node, "from", 0);
  const step = readPercent(node, "step", 1, 1);
  const everyS = readSeconds(node, "every", 1, "1s", "365d");
  const hold = readPercent(node, "hold", ALL);
  if (hold < from) node.refuseAt("hold", "expected at least the percentage at the start, since a ramp only adds users");
  return new Ramp(start, from, step, everyS * 1000, max(from, hold));
}

/** The arm's index. Arms become header values and parts of metric names, hence the narrow alphabet. */
export function readArm(node: ConfigNode, key: string, arms: string[]): i32 {
  const arm = node.requiredString(key);
  if (arm.length == 0) return NO_PART;
  const problem = plainNameProblem(arm, "._-", true);
  if (problem.length > 0) node.refuseAt(key, problem);
  return armIndex(arms, arm);
}

/** The number of an arm, which becomes the last one if it has none yet. */
export function armIndex(arms: string[], arm: string): i32 {
  const index = arms.indexOf(arm);
  return index >= 0 ? index : arms.push(arm) - 1;
}
