import { ByteView, Utf8 } from "../../../../assembly/core/bytes";
import { IdTable } from "../../../../assembly/core/id-table";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { HeaderNames } from "../../../../assembly/request/facts";
import { HeaderSource } from "../../../../assembly/request/source";
import { isLabel, Lane, LaneChoice, Lanes, NO_LANE } from "../../../../plugins/canary/lanes/lanes";
import { MemoryRequest } from "../../../assembly/request/memory-request";

/** Lanes whose arms are their places in the list. */
function lanesOf(names: string[], separator: string = "."): Lanes {
  const lanes: Lane[] = [];
  for (let i = 0; i < names.length; i++) lanes.push(new Lane(names[i], i));
  return new Lanes(lanes, <u8>separator.charCodeAt(0));
}

function find(lanes: Lanes, label: string): i32 {
  return lanes.find(new Utf8(label));
}

describe("Lanes", () => {
  it("finds the lane of a label's name", () => {
    const lanes = lanesOf(["team.feature.alice", "team", "b", "team.feature.bob"]);
    expect(find(lanes, "team.feature.alice")).toBe(0);
    expect(find(lanes, "team")).toBe(1);
    expect(find(lanes, "b")).toBe(2);
    expect(find(lanes, "team.feature.bob")).toBe(3);
  });

  it("drops the last component until a lane has the name", () => {
    const lanes = lanesOf(["team.feature.alice", "team"]);
    expect(find(lanes, "team.feature.alice.x.y.z")).toBe(0);
    expect(find(lanes, "team.feature.carol")).toBe(1);
    expect(find(lanes, "team.feature")).toBe(1);
    expect(find(lanes, "team.")).toBe(1);
    expect(find(lanes, "team..alice")).toBe(1);
  });

  it("finds nothing else", () => {
    const lanes = lanesOf(["team.feature.alice", "team"]);
    const labels = ["", "tea", "teams", "teamster.x", "feature", "alice", "TEAM", "Team.feature.alice", "other.team"];
    for (let i = 0; i < labels.length; i++) expect(find(lanes, labels[i])).toBe(NO_LANE, labels[i]);
    expect(find(lanesOf([]), "team")).toBe(NO_LANE);
  });

  it("takes components apart at the separator alone", () => {
    const lanes = lanesOf(["team-a", "x.y"], "-");
    expect(find(lanes, "team-a-bob")).toBe(0);
    expect(find(lanes, "team-a.bob")).toBe(NO_LANE);
    expect(find(lanes, "x.y-z")).toBe(1);
    expect(find(lanes, "x.y.z")).toBe(NO_LANE);
  });

  it("follows no label that is none, though a part of it names a lane", () => {
    const lanes = lanesOf(["team"]);
    const labels = [
      "team.<script>",
      "team.a b",
      "team,team",
      "team.\r\nx: y",
      "team.caf\u00e9",
      "team.\0",
      ".team",
      "-team",
    ];
    for (let i = 0; i < labels.length; i++) expect(find(lanes, labels[i])).toBe(NO_LANE, labels[i]);
    expect(find(lanes, "team." + "x".repeat(58))).toBe(0);
    expect(find(lanes, "team." + "x".repeat(59))).toBe(NO_LANE, "64 characters");
    expect(find(lanes, "team." + "x".repeat(60_000))).toBe(NO_LANE);
  });

  it("finds what dropping components from the text finds, among 1000 lanes", () => {
    const random = new Xoshiro256();
    random.seedPoor(5, 0, 0, 0);
    const names: string[] = [];
    while (names.length < 1000) {
      const name = randomName(random);
      if (name < "g" && !names.includes(name)) names.push(name); // labels may begin with g to j
    }
    const lanes = lanesOf(names);
    let found = 0;
    for (let i = 0; i < 5000; i++) {
      const label = randomName(random);
      const expected = naive(names, label);
      const arm = find(lanes, label);
      if (arm != expected) expect(arm).toBe(expected, label);
      found += i32(arm != NO_LANE);
    }
    expect(found).toBeGreaterThan(1000);
    expect(found).toBeLessThan(4900);
  });
});

/** Up to 5 components of a few letters: short ones are met often. */
function randomName(random: Xoshiro256): string {
  let name = randomComponent(random);
  for (let more = random.next() % 5; more > 0; more--) name += "." + randomComponent(random);
  return name;
}

function randomComponent(random: Xoshiro256): string {
  return "abcdefghij".charAt(<i32>(random.next() % 10)) + (random.next() % 3 == 0 ? "x" : "");
}

function naive(names: string[], label: string): i32 {
  while (label.length > 0) {
    const index = names.indexOf(label);
    if (index >= 0) return index;
    label = label.slice(0, max(0, label.lastIndexOf(".")));
  }
  return NO_LANE;
}

describe("isLabel", () => {
  it("takes bytes of names only", () => {
    const byte = new ByteView();
    const text = new StaticArray<u8>(2);
    text[0] = 0x61;
    byte.set(changetype<usize>(text), 2);
    const marks = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (let code = 0; code < 256; code++) {
      text[1] = <u8>code;
      expect(isLabel(byte)).toBe(marks.includes(String.fromCharCode(code)), code.toString());
    }
  });
});

/** A choice by the header x-in. */
function choiceOf(lanes: Lanes, names: HeaderNames, users: IdTable | null = null, labels: Utf8[] = []): LaneChoice {
  return new LaneChoice(new HeaderSource("x-in", names.add("x-in")), lanes, users, labels);
}

function pick(choice: LaneChoice, request: MemoryRequest): i32 {
  request.begin();
  return choice.pick(request);
}

describe("LaneChoice", () => {
  it("takes the label from the request, and keeps all of it", () => {
    const names = new HeaderNames();
    const choice = choiceOf(lanesOf(["base", "team"]), names);
    const request = new MemoryRequest(names);
    expect(pick(choice, request)).toBe(NO_LANE);
    expect(choice.label.length).toBe(0);
    expect(pick(choice, request.with("x-in", "team.bob"))).toBe(1);
    expect(choice.label.toString()).toBe("team.bob");
    expect(pick(choice, request.with("x-in", "other"))).toBe(NO_LANE);
    expect(choice.label.length).toBe(0);
  });

  it("takes the label of the user, and none from the request, when there are users", () => {
    const names = new HeaderNames();
    const users = new IdTable(2, 1, 2);
    const ids = [new Utf8("42"), new Utf8("43")];
    for (let i = 0; i < 2; i++) users.add(ids[i].ptr, ids[i].length, i);
    const choice = choiceOf(lanesOf(["team"]), names, users, [new Utf8("team.alice"), new Utf8("team.bob")]);
    const request = new MemoryRequest(names);
    expect(pick(choice, request.with("x-in", "42"))).toBe(0);
    expect(choice.label.toString()).toBe("team.alice");
    pick(choice, request.with("x-in", "43"));
    expect(choice.label.toString()).toBe("team.bob");
    expect(pick(choice, request.with("x-in", "44"))).toBe(NO_LANE);
    expect(pick(choice, request.with("x-in", "team"))).toBe(NO_LANE);
  });
});
