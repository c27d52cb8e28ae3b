import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { parseRfc3339 } from "../../../../assembly/core/rfc3339";
import { readPercentOrRamp, readSplit } from "../../../../plugins/canary/share/config";
import { Ramp } from "../../../../plugins/canary/share/ramp";
import { Split } from "../../../../plugins/canary/share/split";

let problems: string = "";
let arms: string[] = [];

function readRamp(json: string): Ramp {
  const told = new Problems();
  const ramp = readPercentOrRamp(ConfigNode.root(parseJsonText(`{"percent":${json}}`), told)!, "percent");
  problems = told.list.join("\n");
  return ramp;
}

function readParts(json: string): Split {
  const told = new Problems();
  arms = ["v1"];
  const split = readSplit(ConfigNode.root(parseJsonText(`{"split":[${json}]}`), told)!, "split", arms);
  problems = told.list.join("\n");
  return split;
}

function expectRampProblem(json: string, problem: string): void {
  readRamp(json);
  expect<string>(problems).toBe("$.percent" + problem);
}

function expectProblem(json: string, problem: string): void {
  readParts(json);
  expect<string>(problems).toBe("$.split" + problem);
}

function part(arm: string, percent: string, room: string = ""): string {
  return `{"arm":"${arm}","percent":${percent}${room.length ? `,"room":${room}` : ""}}`;
}

const RAMP: string = '"start":"2026-11-21T09:00:00+01:00","from":1,"step":10,"every":"10m"';

describe("readPercentOrRamp", () => {
  it("reads a number", () => {
    const good = ["0", "100", "33.33", "0.01", "1e1", "-0"];
    const shares = [0, 10000, 3333, 1, 1000, 0];
    for (let i = 0; i < good.length; i++) {
      expect<i32>(readRamp(good[i]).at(0)).toBe(shares[i]);
      expect<string>(problems).toBe("", good[i]);
    }
  });

  it("reads a ramp", () => {
    const start = parseRfc3339("2026-11-21T08:00:00Z");
    const ramp = readRamp(`{${RAMP},"hold":50}`);
    expect<string>(problems).toBe("");
    expect<i32>(ramp.at(start - 1)).toBe(0);
    expect<i32>(ramp.at(start)).toBe(100);
    expect<i32>(ramp.at(start + 600_000)).toBe(1100);
    expect<i32>(ramp.at(start + 86_400_000)).toBe(5000);
    expect<i32>(readRamp(`{${RAMP}}`).most).toBe(10000);
  });

  it("refuses numbers that are no percentage", () => {
    const wrong = ["-1", "100.01", "12.345", '"5"', "null", "[]", "true"];
    for (let i = 0; i < wrong.length; i++) {
      readRamp(wrong[i]);
      expect<bool>(problems.startsWith("$.percent: expected a ")).toBe(true, problems);
      expect<bool>(problems.includes("\n")).toBe(false);
    }
    expectRampProblem("100.01", ": expected a number from 0 to 100 with at most two decimals, not 100.01");
    expectRampProblem('"5"', ": expected a number or an object, not a string");
  });

  it("refuses ramps that are none", () => {
    expectRampProblem(
      "{}",
      [
        ': expected the key "start", which is missing',
        ': expected the key "from", which is missing',
        ': expected the key "step", which is missing',
        ': expected the key "every", which is missing',
      ].join("\n$.percent"),
    );
    expectRampProblem(`{${RAMP},"until":50}`, '.until: unknown key; expected "start", "from", "step", "every", "hold"');
    expectRampProblem(
      `{${RAMP},"hold":0.99}`,
      ".hold: expected at least the percentage at the start, since a ramp only adds users",
    );
    expectRampProblem(
      `{${RAMP.replace('"10m"', '"500ms"')}}`,
      '.every: expected a duration from 1s to 365d, a whole number and s, m, h or d, not "500ms"',
    );
    expectRampProblem(
      `{${RAMP.replace('"10m"', '"366d"')}}`,
      '.every: expected a duration from 1s to 365d, a whole number and s, m, h or d, not "366d"',
    );
    expectRampProblem(
      `{${RAMP.replace("10,", "0,")}}`,
      ".step: expected a number from 0.01 to 100 with at most two decimals, not 0",
    );
    expectRampProblem(
      `{${RAMP.replace("+01:00", "")}}`,
      '.start: expected a time with its distance from UTC, such as 2026-11-21T09:00:00+01:00, not "2026-11-21T09:00:00"',
    );
  });
});

describe("readSplit", () => {
  it("reads parts and adds their arms", () => {
    const split = readParts(
      [part("v2", "10", "30"), part("v1", `{${RAMP},"hold":50}`, "50.5"), part("v3", "12.5", "19.5")].join(),
    );
    expect<string>(problems).toBe("");
    expect<string>(arms.join()).toBe("v1,v2,v3");
    expect<i32>(split.pick(999)).toBe(1);
    expect<i32>(split.pick(1000)).toBe(-1);
    split.follow(parseRfc3339("2027-01-01T00:00:00Z"));
    expect<i32>(split.pick(3000)).toBe(0);
    expect<i32>(split.pick(7999)).toBe(0);
    expect<i32>(split.pick(8000)).toBe(-1);
    expect<i32>(split.pick(8750)).toBe(2);
  });

  it("needs no rooms for two", () => {
    const split = readParts(part("v2", "40") + "," + part("v3", "60"));
    expect<string>(problems).toBe("");
    expect<i32>(split.pick(3999)).toBe(1);
    expect<i32>(split.pick(4000)).toBe(2);
  });

  it("refuses parts that are none", () => {
    expectProblem("", ": expected 1 to 16 elements, not 0");
    expectProblem("7", "[0]: expected an object, not a number");
    expectProblem('{"arm":"v2"}', '[0]: expected the key "percent", which is missing');
    expectProblem('{"percent":5}', '[0]: expected the key "arm", which is missing');
    expectProblem(
      '{"arm":"v 2","percent":5}',
      "[0].arm: expected a letter or digit, then up to 62 of a-z, A-Z, 0-9, ., _ and -",
    );
    expectProblem('{"arm":"v2","percent":5,"weight":1}', '[0].weight: unknown key; expected "arm", "percent", "room"');
    expectProblem(part("v2", "101"), "[0].percent: expected a number from 0 to 100 with at most two decimals, not 101");
    expectProblem(part("v2", "5", "-1"), "[0].room: expected a number from 0 to 100 with at most two decimals, not -1");
  });

  it("refuses an arm that is there twice", () => {
    expectProblem(
      part("v2", "5") + "," + part("v2", "5"),
      "[1].arm: expected another arm than that of an earlier part",
    );
  });

  it("refuses more than there is", () => {
    const most =
      ": expected parts that together, by their rooms or else the most they come to, are at most 100 percent, not ";
    expectProblem(part("v2", "60") + "," + part("v3", "40.01"), most + "100.01");
    expectProblem(part("v2", "1", "60") + "," + part("v3", "50.5"), most + "110.5");
    expectProblem(part("v2", "1") + "," + part("v3", `{${RAMP}}`), most + "101");
  });

  it("refuses three parts without rooms, and rooms that are too small", () => {
    const three = part("v2", "10", "30") + "," + part("v3", "10") + "," + part("v4", "10", "30");
    expectProblem(
      three,
      '[1]: expected the key "room", which says how far each of three and more parts may grow without moving users',
    );
    expectProblem(part("v2", "10.05", "10"), "[0].room: expected at least 10.05, to which the part grows");
    expectProblem(part("v2", `{${RAMP},"hold":20}`, "10"), "[0].room: expected at least 20, to which the part grows");
  });
});
