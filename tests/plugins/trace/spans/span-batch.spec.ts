import { Utf8 } from "../../../../assembly/core/bytes";
import { parseJson } from "../../../../assembly/core/json";
import { MAX_SPAN_BYTES } from "../../../../plugins/trace/spans/otlp-json";
import { SpanBatch } from "../../../../plugins/trace/spans/span-batch";
import { SpanQueue } from "../../../../plugins/trace/spans/span-queue";

describe("SpanBatch", () => {
  it("is a request of the export service", () => {
    const queue = new SpanQueue(4);
    queue.push(new Utf8('{"name":"a"}'));
    queue.push(new Utf8('{"name":"b"}'));
    const batch = new SpanBatch(4, ["service.name", 'a"'], ["reviews", "\n"]);
    batch.fill(queue);
    expect<string>(batch.body.toString()).toBe(
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"reviews"}},' +
        '{"key":"a\\"","value":{"stringValue":"\\u000a"}}]},' +
        '"scopeSpans":[{"scope":{"name":"tidegate.trace"},"spans":[{"name":"a"},{"name":"b"}]}]}]}',
    );
    expect<i32>(batch.count).toBe(2);
  });

  it("takes its share and leaves the rest", () => {
    const queue = new SpanQueue(8);
    const batch = new SpanBatch(3, [], []);
    for (let i = 0; i < 8; i++) queue.push(new Utf8("{}"));
    batch.fill(queue);
    expect<i32>(batch.count).toBe(3);
    batch.fill(queue);
    batch.fill(queue);
    expect<i32>(batch.count).toBe(2);
    batch.fill(queue);
    expect<i32>(batch.count).toBe(0);
    expect<string>(parseJson(new Utf8(batch.body.toString())).error).toBe("");
  });

  it("takes less when spans are large, and the largest alone", () => {
    const large = new Utf8('"' + "x".repeat(MAX_SPAN_BYTES - 2) + '"');
    for (let most = 1; most <= 40; most += 13) {
      const queue = new SpanQueue(64);
      for (let i = 0; i < 3; i++) expect<bool>(queue.push(large)).toBe(true);
      const batch = new SpanBatch(most, ["k".repeat(256)], ["\x01".repeat(1024)]);
      for (let left = 3; left > 0; left -= batch.count) {
        batch.fill(queue);
        expect<bool>(batch.count > 0).toBe(true);
        expect<string>(parseJson(new Utf8(batch.body.toString())).error).toBe("");
      }
    }
  });
});
