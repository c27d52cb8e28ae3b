import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { headerBytesProblem } from "../../../assembly/core/header-name";
import { IdTable } from "../../../assembly/core/id-table";
import { MAX_ID_BYTES } from "../../../assembly/core/id-text";
import { JsonKind } from "../../../assembly/core/json";
import { plainNameProblem } from "../../../assembly/core/plain-name";
import { HeaderNames } from "../../../assembly/request/facts";
import { readSource } from "../conditions/source-config";
import { armIndex } from "../share/config";
import { Lane, LaneChoice, Lanes, NO_LANE } from "./lanes";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_LANES: i32 = 1000;
const MAX_USERS: i32 = 10_000;
const SEPARATORS: string[] = [".", "-", "_"];

/**
 * Reads a rule's outcome by lane; null with a problem. Only at configure: allocates.
 * @param arms names of the arms, to which the lanes are added. @param key0 @param key1 secret, of the hash of user ids.
 */
export function readLane(
  node: ConfigNode,
  names: HeaderNames,
  arms: string[],
  key0: u64,
  key1: u64,
): LaneChoice | null {
  node.refuseUnknown(["from", "lanes", "separator", "users"]);
  const from = node.requiredObject("from");
  const source = from != null ? readSource(from, names) : null;
  const separator = node.oneOf("separator", SEPARATORS, ".");
  const lanes = new Lanes(readLanes(node, separator, arms), <u8>separator.charCodeAt(0));
  const labels: Utf8[] = [];
  const users = node.has("users") ? new UserReader(node, lanes, labels, key0, key1).table : null;
  return source != null ? new LaneChoice(source, lanes, users, labels) : null;
}

function readLanes(node: ConfigNode, separator: string, arms: string[]): Lane[] {
  const lanes: Lane[] = [];
  const known = new Set<string>();
  if (node.required("lanes") == null) return lanes;
  const nodes = node.array("lanes", 1, MAX_LANES);
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asString("", 1);
    if (name.length == 0) continue;
    const problem = laneProblem(name, separator);
    if (problem.length > 0) nodes[i].refuse(problem);
    else if (known.has(name)) nodes[i].refuse(`"${name}" is an earlier lane too`);
    else lanes.push(new Lane(name, armIndex(arms, name)));
    known.add(name);
  }
  return lanes;
}

function laneProblem(name: string, separator: string): string {
  const problem = plainNameProblem(name, "._-", true);
  if (problem.length > 0) return problem;
  const isWhole = !name.endsWith(separator) && !name.includes(separator + separator);
  return isWhole ? "" : `expected a component on both sides of each "${separator}"`;
}

/** Reads which users have which label. Messages tell the place of an id, never the id. */
class UserReader {
  readonly table: IdTable;

  constructor(node: ConfigNode, lanes: Lanes, labels: Utf8[], key0: u64, key1: u64) {
    const nodes = node.objects("users", 1, MAX_LANES);
    this.table = new IdTable(countIds(nodes), key0, key1);
    let room = MAX_USERS;
    for (let i = 0; i < nodes.length; i++) {
      nodes[i].refuseUnknown(["ids", "lane"]);
      const label = new Utf8(nodes[i].requiredString("lane"));
      if (label.length > 0 && lanes.find(label) == NO_LANE) {
        nodes[i].refuseAt(
          "lane",
          "expected a lane of lanes, or a name that leads to one by dropping its last components",
        );
      }
      labels.push(label);
      room -= this.readIds(nodes[i], i, room);
    }
  }

  private readIds(node: ConfigNode, label: i32, room: i32): i32 {
    if (node.required("ids") == null) return 0;
    const nodes = node.array("ids", 1, MAX_USERS);
    if (nodes.length > room) {
      node.refuseAt("ids", `expected at most ${MAX_USERS} ids in all`);
      return 0;
    }
    for (let i = 0; i < nodes.length; i++) {
      const value = nodes[i].value;
      const isId = value.kind == JsonKind.String || (value.kind == JsonKind.Number && isDigits(value.text));
      const problem = isId ? idProblem(value.start, value.byteLength) : "expected an id, a text or a whole number";
      if (problem.length > 0) nodes[i].refuse(problem);
      else if (!this.table.add(value.start, value.byteLength, label))
        nodes[i].refuse("expected another id than the earlier ones, which have their lanes");
    }
    return nodes.length;
  }
}

/** At most MAX_USERS. */
function countIds(nodes: ConfigNode[]): i32 {
  let count = 0;
  for (let i = 0; i < nodes.length; i++) {
    const ids = nodes[i].member("ids");
    if (ids != null && ids.value.kind == JsonKind.Array) count = min(MAX_USERS, count + ids.value.size);
  }
  return count;
}

function idProblem(ptr: usize, length: i32): string {
  if (length == 0 || length > MAX_ID_BYTES) return `expected an id of 1 to ${MAX_ID_BYTES} bytes`;
  return headerBytesProblem(ptr, length);
}

function isDigits(text: string): bool {
  for (let i = 0; i < text.length; i++) if (<u32>(text.charCodeAt(i) - 0x30) >= 10) return false;
  return true;
}
