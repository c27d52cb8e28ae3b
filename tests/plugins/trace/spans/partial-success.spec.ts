import { Utf8 } from "../../../../assembly/core/bytes";
import { rejectedSpans } from "../../../../plugins/trace/spans/partial-success";

function rejected(body: string): u64 {
  return rejectedSpans(new Utf8(body));
}

describe("rejectedSpans", () => {
  it("reads the count, as a text or a number", () => {
    expect<u64>(rejected('{"partialSuccess":{"rejectedSpans":"5","errorMessage":"too old"}}')).toBe(5);
    expect<u64>(rejected(' { "partialSuccess" : { "rejectedSpans" : 12 } } ')).toBe(12);
  });

  it("is 0 for full success, for a warning and for anything else", () => {
    const bodies = [
      "",
      "{}",
      '{"partialSuccess":{}}',
      '{"partialSuccess":{"errorMessage":"careful"}}',
      '{"partialSuccess":null}',
      '{"partialSuccess":[1]}',
      '{"partialSuccess":{"rejectedSpans":"-1"}}',
      '{"partialSuccess":{"rejectedSpans":1.5}}',
      '{"partialSuccess":{"rejectedSpans":""}}',
      '{"partialSuccess":{"rejectedSpans":true}}',
      '{"partialSuccess":{"rejectedSpans":"99999999999999999999"}}',
      "[]",
      '"partialSuccess"',
      '{"partialSuccess":{"rejectedSpans":"5"}',
      "<html>",
    ];
    for (let i = 0; i < bodies.length; i++) expect<u64>(rejected(bodies[i])).toBe(0, bodies[i]);
  });
});
