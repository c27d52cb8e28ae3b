import { Context, RootContext } from "../../../assembly/runtime/context";
import { StreamOwners } from "../../../assembly/runtime/stream-owners";
import { MAX_LIVE_STREAMS, StreamTable } from "../../../assembly/runtime/stream-table";

let made = 0;

class TestContext extends Context {}

class TestRoot extends RootContext {
  createContext(): Context {
    made++;
    return new TestContext();
  }
}

function end(table: StreamTable, root: RootContext, id: u32): void {
  const context = table.remove(id);
  if (context != null) root.recycle(context);
}

describe("StreamTable", () => {
  beforeEach(() => {
    made = 0;
  });

  it("gives each live stream a context of its own", () => {
    const table = new StreamTable();
    const root = new TestRoot(1);
    for (let id: u32 = 2; id < 1002; id++) table.insert(id, root);
    for (let id: u32 = 2; id < 1002; id++) expect(table.find(id)!.contextId).toBe(id);
    expect(made).toBe(1000);
    expect(table.find(1002)).toBeNull();
  });

  it("uses contexts again: as many are made as streams were live at a time", () => {
    const table = new StreamTable();
    const root = new TestRoot(1);
    for (let id: u32 = 2; id < 100000; id++) {
      table.insert(id, root);
      if (id >= 12) end(table, root, id - 10);
    }
    expect(made).toBe(11);
  });

  it("agrees with a map under any order of beginnings and ends", () => {
    const table = new StreamTable();
    const root = new TestRoot(1);
    const model = new Set<u32>();
    let random: u32 = 12345;
    for (let step = 0; step < 20000; step++) {
      random = random * 1664525 + 1013904223;
      // Few distinct low bits, so that probing sequences are long and wrap around.
      const id = (((random >> 8) & 0xff) << 6) | ((random >> 20) & 7) | 0x38;
      if (random >> 30 == 0) {
        end(table, root, id);
        model.delete(id);
      } else if (model.size < 200) {
        table.insert(id, root);
        model.add(id);
      }
      const found = table.find(id);
      expect(found != null).toBe(model.has(id) ? true : false);
    }
    const ids = model.values();
    for (let i = 0; i < ids.length; i++) expect(table.find(ids[i])!.contextId).toBe(ids[i]);
  });

  it("refuses streams beyond its bound, and counts them", () => {
    const table = new StreamTable();
    const root = new TestRoot(1);
    for (let id: u32 = 1; id <= <u32>MAX_LIVE_STREAMS + 5; id++) table.insert(id, root);
    expect(table.refused).toBe(5);
    expect(table.find(MAX_LIVE_STREAMS)).not.toBeNull();
    expect(table.find(MAX_LIVE_STREAMS + 1)).toBeNull();
    end(table, root, 1);
    table.insert(MAX_LIVE_STREAMS + 1, root);
    expect(table.find(MAX_LIVE_STREAMS + 1)).not.toBeNull();
  });

  it("ignores the end of a stream that it does not know", () => {
    const table = new StreamTable();
    expect(table.remove(7)).toBeNull();
  });
});

describe("StreamOwners", () => {
  it("knows the root context of the latest 4096 streams", () => {
    const owners = new StreamOwners();
    expect(owners.find(3)).toBe(0);
    for (let id: u32 = 3; id < 10003; id++) owners.insert(id, id % 2 == 0 ? 2 : 1);
    for (let id: u32 = 10003 - 4096; id < 10003; id++) expect(owners.find(id)).toBe(id % 2 == 0 ? 2 : 1);
    expect(owners.find(10002 - 4096)).toBe(0);
  });
});
