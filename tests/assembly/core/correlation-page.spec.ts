import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import {
  CorrelationPage,
  Join,
  MAX_NOTE_VALUE,
  NOTE_BYTES,
  notePageOf,
  PAGE_NOTES,
} from "../../../assembly/core/correlation-page";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";

const SECOND: u64 = 1_000_000_000;
const TTL: u64 = 60 * SECOND;
const START: u64 = 1000 * SECOND;

function seeded(seed: u64): Xoshiro256 {
  const random = new Xoshiro256();
  random.seedPoor(seed, 0, 0, 0);
  return random;
}

/** A page as shared data keeps it. */
class Sheet {
  readonly page: CorrelationPage;
  bytes: StaticArray<u8> = new StaticArray<u8>(0);
  nowNs: u64 = START;

  constructor(stem: i32 = MAX_NOTE_VALUE) {
    this.page = new CorrelationPage(TTL, stem);
  }

  get view(): ByteView {
    const view = new ByteView();
    view.set(changetype<usize>(this.bytes), this.bytes.length);
    return view;
  }

  /** Whether anything was written. */
  note(id: u64, value: string): bool {
    if (!this.page.note(this.view, id, new Utf8(value), this.nowNs)) return false;
    const written = new StaticArray<u8>(this.page.page.length);
    memory.copy(changetype<usize>(written), this.page.page.ptr, written.length);
    this.bytes = written;
    return true;
  }

  /** "" for nothing, "?" for ambiguous. */
  find(id: u64): string {
    const note = this.page.find(this.view, id);
    const join = note == 0 ? Join.None : this.page.read(note, this.nowNs);
    return join == Join.One ? this.page.value.toString() : join == Join.None ? "" : "?";
  }

  get notes(): i32 {
    return this.bytes.length / NOTE_BYTES;
  }
}

describe("CorrelationPage", () => {
  it("keeps a value under an id", () => {
    const sheet = new Sheet();
    expect(sheet.find(7)).toBe("");
    expect(sheet.note(7, "alice")).toBe(true);
    expect(sheet.find(7)).toBe("alice");
    expect(sheet.find(8)).toBe("");
    sheet.note(8, "bob");
    expect(sheet.find(7) + sheet.find(8)).toBe("alicebob");
  });

  it("takes values of 1 to 63 bytes", () => {
    const sheet = new Sheet();
    expect(sheet.note(1, "")).toBe(false);
    expect(sheet.note(1, "x".repeat(MAX_NOTE_VALUE + 1))).toBe(false);
    expect(sheet.notes).toBe(0);
    expect(sheet.note(1, "x".repeat(MAX_NOTE_VALUE))).toBe(true);
    expect(sheet.find(1)).toBe("x".repeat(MAX_NOTE_VALUE));
  });

  it("forgets with the time", () => {
    const sheet = new Sheet();
    sheet.note(1, "alice");
    sheet.nowNs += TTL;
    expect(sheet.find(1)).toBe("alice");
    sheet.nowNs++;
    expect(sheet.find(1)).toBe("");
    sheet.note(2, "bob");
    expect(sheet.notes).toBe(1, "what is too old makes room");
  });

  it("is ambiguous under an id that came with two values, until it ages", () => {
    const sheet = new Sheet();
    sheet.note(1, "alice");
    sheet.note(1, "bob");
    expect(sheet.find(1)).toBe("?");
    sheet.note(1, "alice");
    expect(sheet.find(1)).toBe("?", "neither is right again");
    expect(sheet.notes).toBe(1);
    sheet.nowNs += TTL + 1;
    expect(sheet.find(1)).toBe("");
    sheet.note(1, "bob");
    expect(sheet.find(1)).toBe("bob");
  });

  it("tells a value from one that begins with it", () => {
    const sheet = new Sheet();
    sheet.note(1, "team");
    sheet.note(1, "team.alice");
    expect(sheet.find(1)).toBe("?");
  });

  it("keeps what different values begin with, when that is long enough to mean something", () => {
    const sheet = new Sheet(4);
    sheet.note(1, "team.alice");
    expect(sheet.find(1)).toBe("team.alice");
    sheet.note(1, "team.bob");
    expect(sheet.find(1)).toBe("team");
    expect(sheet.note(1, "team.carol")).toBe(false, "the note says so");
    sheet.note(1, "tear");
    expect(sheet.find(1)).toBe("?");
    sheet.note(1, "team.alice");
    expect(sheet.find(1)).toBe("?");
    sheet.note(2, "tea");
    sheet.note(2, "team");
    expect(sheet.find(2)).toBe("?", "too short to have a stem");
    sheet.note(3, "team");
    sheet.note(3, "team.bob");
    expect(sheet.find(3)).toBe("team");
    sheet.nowNs += TTL + 1;
    sheet.note(3, "team.bob");
    expect(sheet.find(3)).toBe("team.bob", "after its time");
  });

  it("writes the same again only when half its time is over", () => {
    const sheet = new Sheet();
    sheet.note(1, "alice");
    sheet.nowNs += TTL / 2;
    expect(sheet.note(1, "alice")).toBe(false);
    sheet.nowNs++;
    expect(sheet.note(1, "alice")).toBe(true);
    sheet.nowNs += TTL;
    expect(sheet.find(1)).toBe("alice", "its time began anew");
    sheet.note(1, "bob");
    expect(sheet.note(1, "carol")).toBe(false, "ambiguous already");
  });

  it("gives up the oldest note when it is full", () => {
    const sheet = new Sheet();
    for (let id = 1; id <= PAGE_NOTES; id++) {
      sheet.nowNs++;
      sheet.note(id, `v${id}`);
      expect(sheet.page.evicts).toBe(false);
    }
    sheet.nowNs += TTL / 2;
    sheet.note(1, "v1");
    expect(sheet.page.evicts).toBe(false, "an id takes its own place");
    sheet.note(100, "new");
    expect(sheet.page.evicts).toBe(true);
    expect(sheet.notes).toBe(PAGE_NOTES);
    expect(sheet.find(1)).toBe("v1", "noted again a moment ago");
    expect(sheet.find(2)).toBe("");
    expect(sheet.find(3)).toBe("v3");
    expect(sheet.find(100)).toBe("new");
  });

  it("takes a time before a note's own for the note's", () => {
    const sheet = new Sheet();
    sheet.note(1, "alice");
    sheet.nowNs = 5;
    expect(sheet.find(1)).toBe("alice");
    sheet.note(2, "bob");
    expect(sheet.find(1)).toBe("alice");
  });

  it("takes bytes that are no page for an empty one", () => {
    const sheet = new Sheet();
    const lengths = [1, NOTE_BYTES - 1, NOTE_BYTES + 1, NOTE_BYTES * (PAGE_NOTES + 1), 100_000];
    for (let i = 0; i < lengths.length; i++) {
      sheet.bytes = new StaticArray<u8>(lengths[i]);
      expect(sheet.find(0)).toBe("");
      expect(sheet.note(0, "v")).toBe(true);
      expect(sheet.notes).toBe(1);
      expect(sheet.find(0)).toBe("v");
    }
  });

  it("never gives a value of more than 63 bytes, whatever stands in the page", () => {
    const sheet = new Sheet();
    const random = seeded(7);
    for (let round = 0; round < 100; round++) {
      sheet.bytes = new StaticArray<u8>(NOTE_BYTES * <i32>(1 + (random.next() % PAGE_NOTES)));
      for (let i = 0; i < sheet.bytes.length; i++) sheet.bytes[i] = <u8>random.next();
      const note = changetype<usize>(sheet.bytes);
      store<u64>(note, START - (random.next() % (2 * TTL)), 8);
      const join = sheet.page.read(sheet.page.find(sheet.view, load<u64>(note)), START);
      const isInside = sheet.page.value.ptr + sheet.page.value.length <= note + sheet.bytes.length;
      expect(isInside && (join == Join.One) == sheet.page.value.length > 0).toBe(true);
      sheet.note(5, "five");
      expect(sheet.find(5)).toBe("five");
    }
  });

  it("answers as a model does that keeps everything, but for what it gave up", () => {
    const random = seeded(11);
    for (let round = 0; round < 10; round++) {
      const sheet = new Sheet();
      const times = new Map<u64, u64>();
      const values = new Map<u64, string>();
      for (let step = 0; step < 200; step++) {
        sheet.nowNs += random.next() % (4 * SECOND);
        const id = random.next() % 12;
        const value = `v${random.next() % 8 == 0 ? 1 : 0}`;
        const isYoung = times.has(id) && sheet.nowNs - times.get(id) <= TTL;
        const isOther = isYoung && values.get(id) != value;
        if (sheet.note(id, value)) times.set(id, sheet.nowNs);
        values.set(id, isOther ? "?" : value);
        expect(sheet.page.evicts).toBe(false);
        const asked = random.next() % 12;
        const isKnown = times.has(asked) && sheet.nowNs - times.get(asked) <= TTL;
        expect(sheet.find(asked)).toBe(isKnown ? values.get(asked) : "");
      }
    }
  });
});

describe("notePageOf", () => {
  it("is below the number of pages, and each page is some id's", () => {
    const seen = new StaticArray<i32>(256);
    const random = seeded(3);
    for (let i = 0; i < 25_600; i++) seen[notePageOf(random.next(), 256)]++;
    expect(notePageOf(u64.MAX_VALUE, 256)).toBe(255);
    let least = seen[0];
    for (let i = 1; i < 256; i++) least = min(least, seen[i]);
    expect(least).toBeGreaterThan(50);
  });
});
