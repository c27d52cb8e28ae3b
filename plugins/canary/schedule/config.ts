import { ConfigNode } from "../../../assembly/core/config-reader";
import { didYouMean } from "../../../assembly/core/did-you-mean";
import { JsonKind } from "../../../assembly/core/json";
import { quoteAll } from "../../../assembly/core/quote";
import { NO_OFFSET, NO_TIME, parseClock, parseOffset, parseRfc3339 } from "../../../assembly/core/rfc3339";
import { ALL_DAYS, Schedule, TimeWindow } from "./schedule";

const MAX_WINDOWS: i32 = 16;
const DAYS: string[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/** The end of a day as `to` may say it. */
const MIDNIGHT: string = "24:00";

/** Reads the schedule under `key`; null when there is none. Only at configure: allocates. */
export function readSchedule(node: ConfigNode, key: string): Schedule | null {
  const member = node.object(key);
  if (member == null) return null;
  member.refuseUnknown(["start", "end", "windows"]);
  if (member.value.size == 0) member.refuse('expected at least one of the keys "start", "end", "windows"');
  const start = readTime(member, "start", i64.MIN_VALUE);
  const end = readTime(member, "end", i64.MAX_VALUE);
  const schedule = new Schedule(start, end, readWindows(member));
  if (end <= start) member.refuseAt("end", "expected a time after the start: this rule would never be active");
  else if (schedule.neverStarts()) member.refuseAt("windows", "expected a window that opens between start and end");
  return schedule;
}

/** Reads a time of RFC 3339 in ms since the Unix epoch; `otherwise` when there is none. */
export function readTime(node: ConfigNode, key: string, otherwise: i64): i64 {
  const member = node.member(key);
  if (member == null) return otherwise;
  const time = member.value.kind == JsonKind.String ? parseRfc3339(member.value.text) : NO_TIME;
  if (time != NO_TIME) return time;
  member.refuse(`expected a time with its distance from UTC, such as 2026-11-21T09:00:00+01:00, not ${member.shown()}`);
  return otherwise;
}

function readWindows(node: ConfigNode): StaticArray<TimeWindow> {
  const windows: TimeWindow[] = [];
  const nodes = node.objects("windows", 1, MAX_WINDOWS);
  for (let i = 0; i < nodes.length; i++) windows.push(readWindow(nodes[i]));
  return StaticArray.fromArray(windows);
}

function readWindow(node: ConfigNode): TimeWindow {
  node.refuseUnknown(["days", "from", "to", "utc_offset"]);
  if (!node.has("days") && !node.has("from") && !node.has("to")) {
    node.refuse('expected at least one of the keys "days", "from", "to"');
  }
  const days = node.has("days") ? readDays(node) : ALL_DAYS;
  const from = readMinute(node, "from", 0);
  const to = readMinute(node, "to", 1440);
  if (from == to) node.refuseAt("to", "expected another time than from; leave both out for whole days");
  return new TimeWindow(days, from, to, readOffset(node));
}

/** A bit for each day. */
function readDays(node: ConfigNode): i32 {
  let days = 0;
  const nodes = node.array("days", 1, DAYS.length);
  for (let i = 0; i < nodes.length; i++) {
    if (!nodes[i].is(JsonKind.String)) continue;
    const text = nodes[i].value.text;
    const day = DAYS.indexOf(text);
    if (day < 0) {
      const meant = didYouMean(text, DAYS);
      const hint = meant.length ? `; did you mean "${meant}"?` : "";
      nodes[i].refuse(`expected one of ${quoteAll(DAYS)}, not ${nodes[i].shown()}${hint}`);
    } else if ((days >> day) & 1) {
      nodes[i].refuse(`"${text}" is in the list already`);
    } else {
      days |= 1 << day;
    }
  }
  return days == 0 ? ALL_DAYS : days;
}

/** A minute of the day, from 1 to 1440 for `to`. */
function readMinute(node: ConfigNode, key: string, otherwise: i32): i32 {
  const member = node.member(key);
  if (member == null) return otherwise;
  const text = member.value.kind == JsonKind.String ? member.value.text : "";
  const minute = text.length == 5 ? parseClock(text, 0) : -1;
  if (key == "to" && (minute == 0 || text == MIDNIGHT)) return 1440;
  if (minute >= 0) return minute;
  const most = key == "to" ? MIDNIGHT : "23:59";
  member.refuse(`expected a time of day from 00:00 to ${most}, not ${member.shown()}`);
  return otherwise;
}

/** Minutes east of UTC. */
function readOffset(node: ConfigNode): i32 {
  const member = node.member("utc_offset");
  if (member == null) return 0;
  const offset = member.value.kind == JsonKind.String ? parseOffset(member.value.text) : NO_OFFSET;
  if (offset != NO_OFFSET) return offset;
  member.refuse(`expected a distance from UTC such as +01:00, -05:30 or Z, not ${member.shown()}`);
  return 0;
}
