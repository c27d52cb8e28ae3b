import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJson } from "../../../../assembly/core/json";
import { ConcurrencyConfig, readConcurrency } from "../../../../plugins/ratelimit/concurrency/config";

const problems = new Problems();

function read(text: string): ConcurrencyConfig {
  problems.list.length = 0;
  return readConcurrency(ConfigNode.root(parseJson(new Utf8(text)), problems)!);
}

describe("readConcurrency", () => {
  it("needs no capacity to be told", () => {
    const config = read("{}");
    expect(problems.ok).toBe(true);
    expect(config.minLimit).toBe(3);
    expect(config.maxLimit).toBe(100_000);
    expect(config.initialLimit).toBe(64);
    expect(config.status).toBe(503);
    expect(config.shadow).toBe(false);
  });

  it("reads every key", () => {
    const config = read('{"min_limit":10,"max_limit":500,"initial_limit":100,"status":529,"shadow":true}');
    expect(problems.ok).toBe(true);
    expect(config.minLimit).toBe(10);
    expect(config.maxLimit).toBe(500);
    expect(config.initialLimit).toBe(100);
    expect(config.status).toBe(529);
    expect(config.shadow).toBe(true);
  });

  it("brings the first limit between the two others", () => {
    expect(read('{"max_limit":20}').initialLimit).toBe(20);
    expect(read('{"min_limit":100}').initialLimit).toBe(100);
  });

  it("refuses what cannot be", () => {
    read('{"min_limit":0,"max_limit":1000001,"status":200,"shadow":1}');
    expect(problems.list.length).toBe(4);
    read('{"min_limit":20,"max_limit":10}');
    expect(problems.list.length).toBe(1);
    expect(problems.list[0]).toBe("$.min_limit: expected at most max_limit");
  });
});
