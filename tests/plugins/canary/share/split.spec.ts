import { ALL, NO_PLACE } from "../../../../assembly/core/percent";
import { Xoshiro256 } from "../../../../assembly/core/xoshiro256";
import { Ramp } from "../../../../plugins/canary/share/ramp";
import { NO_PART, Part, Split } from "../../../../plugins/canary/share/split";

const START: i64 = 1_795_248_000_000;

function fixed(arm: i32, share: i32, room: i32): Part {
  return new Part(arm, Ramp.fixed(share), room);
}

/** The arm of every place. */
function dealt(split: Split): StaticArray<i32> {
  const arms = new StaticArray<i32>(ALL);
  for (let place = 0; place < ALL; place++) arms[place] = split.pick(place);
  return arms;
}

function count(arms: StaticArray<i32>, arm: i32): i32 {
  let places = 0;
  for (let i = 0; i < ALL; i++) places += i32(arms[i] == arm);
  return places;
}

/** How many places changed that had an arm. */
function moved(before: StaticArray<i32>, after: StaticArray<i32>): i32 {
  let places = 0;
  for (let i = 0; i < ALL; i++) places += i32(before[i] != NO_PART && before[i] != after[i]);
  return places;
}

const chance = new Xoshiro256();
chance.seedPoor(5, 0, 0, 0);

function draw(limit: i32): i32 {
  return <i32>(chance.next() % <u64>limit);
}

/** Rooms of 1 to 16 parts that together are at most ALL. */
function drawRooms(): i32[] {
  const rooms: i32[] = [];
  let left = ALL;
  for (let i = 1 + draw(16); i > 0; i--) {
    const room = draw(left + 1);
    rooms.push(room);
    left -= room;
  }
  return rooms;
}

describe("Split", () => {
  it("gives one arm the places from the bottom, as a sticky share has them", () => {
    const split = Split.of(7, Ramp.fixed(1250));
    expect<i32>(split.pick(0)).toBe(7);
    expect<i32>(split.pick(1249)).toBe(7);
    expect<i32>(split.pick(1250)).toBe(NO_PART);
    expect<i32>(split.pick(9999)).toBe(NO_PART);
  });

  it("lets the second of two grow from the top", () => {
    const split = new Split([fixed(1, 1000, 1000), fixed(2, 3000, 3000)]);
    expect<i32>(split.pick(999)).toBe(1);
    expect<i32>(split.pick(1000)).toBe(NO_PART);
    expect<i32>(split.pick(6999)).toBe(NO_PART);
    expect<i32>(split.pick(7000)).toBe(2);
    expect<i32>(split.pick(9999)).toBe(2);
  });

  it("lets those between grow in their own rooms", () => {
    const split = new Split([fixed(1, 1000, 3000), fixed(2, 500, 2000), fixed(3, 10, 5000)]);
    expect<i32>(split.pick(2999)).toBe(NO_PART);
    expect<i32>(split.pick(3000)).toBe(2);
    expect<i32>(split.pick(3499)).toBe(2);
    expect<i32>(split.pick(3500)).toBe(NO_PART);
    expect<i32>(split.pick(9989)).toBe(NO_PART);
    expect<i32>(split.pick(9990)).toBe(3);
  });

  it("gives a request without a key the arm that has all, and no other", () => {
    expect<i32>(Split.of(4, Ramp.fixed(ALL)).pick(NO_PLACE)).toBe(4);
    expect<i32>(Split.of(4, Ramp.fixed(ALL - 1)).pick(NO_PLACE)).toBe(NO_PART);
    expect<i32>(new Split([fixed(1, 5000, 5000), fixed(2, 5000, 5000)]).pick(NO_PLACE)).toBe(NO_PART);
    expect<i32>(new Split([fixed(1, 0, 0), fixed(2, ALL, ALL)]).pick(NO_PLACE)).toBe(2);
  });

  it("gives every arm as many places as it asks for", () => {
    for (let round = 0; round < 40; round++) {
      const rooms = drawRooms();
      const parts: Part[] = [];
      for (let i = 0; i < rooms.length; i++) parts.push(fixed(i, draw(rooms[i] + 1), rooms[i]));
      const arms = dealt(new Split(StaticArray.fromArray(parts)));
      for (let i = 0; i < rooms.length; i++) expect<i32>(count(arms, i)).toBe(parts[i].ramp.most);
    }
  });

  it("moves nobody who has an arm when percentages grow", () => {
    for (let round = 0; round < 40; round++) {
      const rooms = drawRooms();
      const less: Part[] = [];
      const more: Part[] = [];
      for (let i = 0; i < rooms.length; i++) {
        const share = draw(rooms[i] + 1);
        less.push(fixed(i, share, rooms[i]));
        more.push(fixed(i, share + draw(rooms[i] - share + 1), rooms[i]));
      }
      const before = dealt(new Split(StaticArray.fromArray(less)));
      const after = dealt(new Split(StaticArray.fromArray(more)));
      expect<i32>(moved(before, after)).toBe(0);
      let added = 0;
      for (let i = 0; i < rooms.length; i++) added += more[i].size - less[i].size;
      expect<i32>(moved(after, before)).toBe(added, "lowering takes out just those");
    }
  });

  it("moves nobody of two arms without rooms", () => {
    for (let round = 0; round < 40; round++) {
      const first = draw(ALL + 1);
      const second = draw(ALL - first + 1);
      const more = first + draw(ALL - first - second + 1);
      const before = dealt(new Split([fixed(0, first, first), fixed(1, second, second)]));
      const after = dealt(new Split([fixed(0, more, more), fixed(1, second, second)]));
      const both = dealt(new Split([fixed(0, more, more), fixed(1, ALL - more, ALL - more)]));
      expect<i32>(moved(before, after) + moved(after, both)).toBe(0);
    }
  });

  it("moves nobody when a second arm comes, or a third between two", () => {
    const one = dealt(Split.of(0, Ramp.fixed(2000)));
    const two = dealt(new Split([fixed(0, 2000, 2000), fixed(1, 3000, 3000)]));
    const three = dealt(new Split([fixed(0, 2000, 4000), fixed(2, 1000, 1000), fixed(1, 3000, 3000)]));
    expect<i32>(moved(one, two)).toBe(0);
    expect<i32>(moved(two, three)).toBe(0);
    expect<i32>(count(three, 2)).toBe(1000);
  });
});

describe("Split by time", () => {
  it("has nothing of a ramp before it knows the time, and keeps what it had when it does not", () => {
    const split = new Split([new Part(1, new Ramp(START, 1000, 1000, 1000, 5000)), fixed(2, 2000, 2000)]);
    expect<i32>(split.pick(0)).toBe(NO_PART);
    expect<i32>(split.pick(9999)).toBe(2);
    split.follow(0);
    expect<i32>(split.pick(0)).toBe(NO_PART);
    split.follow(START);
    expect<i32>(split.pick(0)).toBe(1);
    expect<i32>(split.pick(999)).toBe(1);
    expect<i32>(split.pick(1000)).toBe(NO_PART);
    split.follow(0);
    expect<i32>(split.pick(0)).toBe(1);
    split.follow(START + 60_000);
    expect<i32>(split.pick(4999)).toBe(1);
    expect<i32>(split.pick(5000)).toBe(NO_PART);
    expect<i32>(split.pick(9999)).toBe(2);
  });

  it("only adds, and gives whatever proxy comes when the same", () => {
    for (let round = 0; round < 20; round++) {
      const rooms = drawRooms();
      const split = drawRamps(rooms, round);
      let time = START - 5000;
      split.follow(time);
      let before = dealt(split);
      for (let i = 0; i < 20; i++) {
        time += draw(4000);
        split.follow(time);
        const now = dealt(split);
        expect<i32>(moved(before, now)).toBe(0);
        before = now;
      }
      const late = drawRamps(rooms, round);
      late.follow(time);
      const other = dealt(late);
      let different = 0;
      for (let i = 0; i < ALL; i++) different += i32(other[i] != before[i]);
      expect<i32>(different).toBe(0);
    }
  });
});

/** A ramp for each room, the same for the same round. */
function drawRamps(rooms: i32[], round: i32): Split {
  const own = new Xoshiro256();
  own.seedPoor(9, round, 0, 0);
  const parts: Part[] = [];
  for (let i = 0; i < rooms.length; i++) {
    const hold = <i32>(own.next() % <u64>(rooms[i] + 1));
    const from = <i32>(own.next() % <u64>(hold + 1));
    const start = START + <i64>(own.next() % 10_000);
    parts.push(new Part(i, new Ramp(start, from, 1 + <i32>(own.next() % 500), 1000, hold), rooms[i]));
  }
  return new Split(StaticArray.fromArray(parts));
}
