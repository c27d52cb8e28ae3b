import { Utf8 } from "../../../assembly/core/bytes";
import { SharedStore } from "../../../assembly/core/shared-store";
import { SharedWrite } from "../../../assembly/core/shared-write";
import { CLASSES, classOf, NO_CLASS, Tally } from "../../../plugins/my-plugin/policy";

describe("classOf", () => {
  it("goes by the first digit", () => {
    expect<string>(CLASSES[classOf(new Utf8("100"))]).toBe("1xx");
    expect<string>(CLASSES[classOf(new Utf8("204"))]).toBe("2xx");
    expect<string>(CLASSES[classOf(new Utf8("599"))]).toBe("5xx");
  });

  it("is none for what is no status", () => {
    const others = ["", "2", "20", "2000", "000", "600", "abc"];
    for (let i = 0; i < others.length; i++) expect<i32>(classOf(new Utf8(others[i]))).toBe(NO_CLASS, others[i]);
  });
});

/** What all workers share, with somebody who writes in between. */
class Shelf extends SharedStore {
  private readonly record: StaticArray<u8> = new StaticArray<u8>(8);
  isBroken: bool = false;
  /** How many times somebody else adds 100 between a read and a write. */
  rivals: i32 = 0;

  read(): bool {
    this.ptr = changetype<usize>(this.record);
    return !this.isBroken;
  }

  compareAndSet(ptr: usize, length: i32): SharedWrite {
    if (this.rivals > 0) {
      this.rivals--;
      this.set(load<u64>(this.ptr) + 100);
      return SharedWrite.Late;
    }
    expect<i32>(length).toBe(8);
    this.set(load<u64>(ptr));
    return SharedWrite.Done;
  }

  private set(total: u64): void {
    store<u64>(changetype<usize>(this.record), total);
    this.length = 8;
  }
}

function merged(tally: Tally, shelf: Shelf, count: u64): string {
  tally.add(count);
  expect<bool>(tally.merge(shelf)).toBe(true);
  return tally.text.toString();
}

describe("Tally", () => {
  it("knows of nothing at first", () => {
    expect<string>(new Tally().text.toString()).toBe("0");
  });

  it("adds what two workers counted", () => {
    const shelf = new Shelf();
    const one = new Tally();
    const other = new Tally();
    expect<string>(merged(one, shelf, 3)).toBe("3");
    expect<string>(merged(other, shelf, 4)).toBe("7");
    expect<string>(merged(one, shelf, 0)).toBe("7");
  });

  it("adds once, however often another worker comes first", () => {
    const shelf = new Shelf();
    shelf.rivals = 5;
    expect<string>(merged(new Tally(), shelf, 3)).toBe("503");
  });

  it("keeps what it counted when others always come first", () => {
    const shelf = new Shelf();
    const tally = new Tally();
    shelf.rivals = 1000;
    expect<string>(merged(tally, shelf, 3)).toBe("0");
    expect<u64>(tally.pending).toBe(3);
  });

  it("keeps what it counted when the store does not work", () => {
    const shelf = new Shelf();
    const tally = new Tally();
    tally.add(3);
    shelf.isBroken = true;
    expect<bool>(tally.merge(shelf)).toBe(false);
    shelf.isBroken = false;
    expect<string>(merged(tally, shelf, 0)).toBe("3");
  });
});
