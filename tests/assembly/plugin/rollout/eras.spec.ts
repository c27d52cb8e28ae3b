import { Eras } from "../../../../assembly/plugin/rollout/eras";

describe("streams", () => {
  it("belong to the configuration under which they began, however late their callbacks", () => {
    const eras = new Eras(false);
    for (let id = 10; id < 20; id++) expect<bool>(eras.isNew(id)).toBe(false);
    eras.turn();
    expect<bool>(eras.isNew(20)).toBe(true);
    expect<bool>(eras.isNew(19)).toBe(false);
    expect<bool>(eras.isNew(31)).toBe(true);
    expect<bool>(eras.isNew(25)).toBe(true);
    eras.turn();
    expect<bool>(eras.isNew(32)).toBe(false);
    expect<bool>(eras.isNew(31)).toBe(true);
    expect<bool>(eras.isNew(15)).toBe(false);
  });

  it("belong to it though their numbers begin anew", () => {
    const eras = new Eras(true);
    expect<bool>(eras.isNew(u32.MAX_VALUE - 1)).toBe(true);
    eras.turn();
    expect<bool>(eras.isNew(3)).toBe(false);
    expect<bool>(eras.isNew(u32.MAX_VALUE - 1)).toBe(true);
    expect<bool>(eras.isNew(4)).toBe(false);
  });
});
