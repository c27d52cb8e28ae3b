import { Shedder } from "../../../../plugins/ratelimit/priority/shedder";
import { ClassConfig, PriorityConfig } from "../../../../plugins/ratelimit/priority/config";

describe("Shedder", () => {
  it("admits what the allowance has room for", () => {
    const config = new PriorityConfig();
    config.classes.push(new ClassConfig());
    const shedder = new Shedder(config, 1);
    expect(shedder.admits(0, 0, 1)).toBe(true);
    expect(shedder.admits(0, 1, 1)).toBe(false);
  });
});
