import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { parseRfc3339 } from "../../../../assembly/core/rfc3339";
import { readSchedule } from "../../../../plugins/canary/schedule/config";
import { Schedule } from "../../../../plugins/canary/schedule/schedule";

let problems: string = "";

function read(json: string): Schedule | null {
  const told = new Problems();
  const schedule = readSchedule(ConfigNode.root(parseJsonText(`{"schedule":${json}}`), told)!, "schedule");
  problems = told.list.join("\n");
  return schedule;
}

function readGood(json: string): Schedule {
  const schedule = read(json);
  expect<string>(problems).toBe("");
  return schedule!;
}

function expectProblem(json: string, problem: string): void {
  read(json);
  expect<string>(problems).toBe("$.schedule" + problem);
}

function expectWindowProblem(window: string, problem: string): void {
  expectProblem(`{"windows":[${window}]}`, ".windows[0]" + problem);
}

function at(time: string): i64 {
  return parseRfc3339(time);
}

describe("readSchedule", () => {
  it("reads all that it may have", () => {
    const schedule = readGood(`{"start": "2026-11-21T09:00:00+01:00", "end": "2026-12-21T09:00:00+01:00",
      "windows": [{"days": ["mon", "tue"], "from": "09:00", "to": "17:30", "utc_offset": "+01:00"}]}`);
    expect<i64>(schedule.start).toBe(at("2026-11-21T08:00:00Z"));
    expect<i64>(schedule.end).toBe(at("2026-12-21T08:00:00Z"));
    expect<bool>(schedule.isActive(at("2026-11-23T08:00:00Z"))).toBe(true);
    expect<bool>(schedule.isActive(at("2026-11-23T16:30:00Z"))).toBe(false);
    expect<bool>(schedule.isActive(at("2026-11-25T08:00:00Z"))).toBe(false);
  });

  it("has windows of whole days, in UTC, when nothing else is said", () => {
    const days = readGood('{"windows": [{"days": ["sun", "sat"]}]}');
    expect<bool>(days.isActive(at("2026-11-21T00:00:00Z"))).toBe(true);
    expect<bool>(days.isActive(at("2026-11-22T23:59:59Z"))).toBe(true);
    expect<bool>(days.isActive(at("2026-11-23T00:00:00Z"))).toBe(false);
    const morning = readGood('{"windows": [{"to": "06:00"}]}');
    expect<bool>(morning.isActive(at("2026-11-23T05:59:59Z"))).toBe(true);
    expect<bool>(morning.isActive(at("2026-11-23T06:00:00Z"))).toBe(false);
    const evenings: string[] = [
      '{"from": "18:00"}',
      '{"from": "18:00", "to": "24:00"}',
      '{"from": "18:00", "to": "00:00"}',
    ];
    for (let i = 0; i < evenings.length; i++) {
      const evening = readGood(`{"windows": [${evenings[i]}]}`);
      expect<bool>(evening.isActive(at("2026-11-23T23:59:59Z"))).toBe(true, evenings[i]);
      expect<bool>(evening.isActive(at("2026-11-24T00:00:00Z"))).toBe(false, evenings[i]);
    }
  });

  it("is none without its key", () => {
    const told = new Problems();
    const root = ConfigNode.root(parseJsonText("{}"), told)!;
    expect<bool>(readSchedule(root, "schedule") == null && told.ok).toBe(true);
  });

  it("refuses what says nothing", () => {
    expectProblem("[]", ": expected an object, not an array");
    expectProblem("{}", ': expected at least one of the keys "start", "end", "windows"');
    expectProblem('{"windows": []}', ".windows: expected 1 to 16 elements, not 0");
    expectProblem('{"begin": "2026-11-21T09:00:00Z"}', '.begin: unknown key; expected "start", "end", "windows"');
    expectWindowProblem("{}", ': expected at least one of the keys "days", "from", "to"');
    expectWindowProblem('{"days": []}', ".days: expected 1 to 7 elements, not 0");
    expectWindowProblem(
      '{"from": "09:00", "zone": "+01:00"}',
      '.zone: unknown key; expected "days", "from", "to", "utc_offset"',
    );
  });

  it("refuses times that are none, or have no distance from UTC", () => {
    const wrong = ['"2026-11-21T09:00:00"', '"2026-11-21"', '"tomorrow"', "1795248000", "null"];
    for (let i = 0; i < wrong.length; i++) {
      read(`{"end": ${wrong[i]}}`);
      expect<bool>(problems.startsWith("$.schedule.end: expected a time with its distance from UTC, such as ")).toBe(
        true,
        problems,
      );
    }
    expectWindowProblem('{"from": "9:00"}', '.from: expected a time of day from 00:00 to 23:59, not "9:00"');
    expectWindowProblem('{"from": "24:00"}', '.from: expected a time of day from 00:00 to 23:59, not "24:00"');
    expectWindowProblem('{"from": "09:00:00"}', '.from: expected a time of day from 00:00 to 23:59, not "09:00:00"');
    expectWindowProblem('{"to": "24:01"}', '.to: expected a time of day from 00:00 to 24:00, not "24:01"');
    expectWindowProblem('{"to": 17}', ".to: expected a time of day from 00:00 to 24:00, not 17");
    expectWindowProblem(
      '{"from": "09:00", "to": "09:00"}',
      ".to: expected another time than from; leave both out for whole days",
    );
    expectWindowProblem(
      '{"to": "09:00", "utc_offset": "CET"}',
      '.utc_offset: expected a distance from UTC such as +01:00, -05:30 or Z, not "CET"',
    );
  });

  it("refuses days that are none, or twice there", () => {
    expectWindowProblem(
      '{"days": ["Mon"]}',
      '.days[0]: expected one of "mon", "tue", "wed", "thu", "fri", "sat", "sun", not "Mon"; did you mean "mon"?',
    );
    expectWindowProblem('{"days": ["mon", "tue", "mon"]}', '.days[2]: "mon" is in the list already');
    expectWindowProblem('{"days": [1]}', ".days[0]: expected a string, not a number");
  });

  it("refuses what is never active", () => {
    const end = ".end: expected a time after the start: this rule would never be active";
    expectProblem('{"start": "2026-11-21T09:00:00Z", "end": "2026-11-21T09:00:00Z"}', end);
    expectProblem('{"start": "2026-11-21T09:00:00Z", "end": "2026-11-21T09:30:00+01:00"}', end);
    expectProblem(
      '{"start": "2026-11-21T09:00:00Z", "end": "2026-11-22T09:00:00Z", "windows": [{"days": ["mon"]}]}',
      ".windows: expected a window that opens between start and end",
    );
  });
});
