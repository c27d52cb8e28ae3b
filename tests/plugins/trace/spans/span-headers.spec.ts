import { TraceContext } from "../../../../plugins/trace/context/trace-context";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { SpanHeaders } from "../../../../plugins/trace/spans/span-headers";
import { SpanRecord, SpanText } from "../../../../plugins/trace/spans/span-record";
import { send } from "../sent";

const headers = new TraceHeaders();
const told = new SpanHeaders(headers);
const record = new SpanRecord();

function tell(pairs: string[]): string[] {
  record.begin(new TraceContext(), 0);
  send(headers, pairs);
  told.tell(record);
  const texts: string[] = [];
  for (let i = 0; i < 5; i++) texts.push(record.text(<SpanText>i).toString());
  return texts;
}

function pathOf(path: string): string {
  return tell([":path", path])[SpanText.Path];
}

describe("SpanHeaders", () => {
  it("notes what a span tells", () => {
    const all = [":method", "GET", ":path", "/a", ":authority", "b", ":scheme", "http", "user-agent", "c", "x", "y"];
    expect<string>(tell(all).join("|")).toBe("GET|/a|b|http|c");
    expect<string>(tell([]).join("|")).toBe("||||");
  });

  it("leaves out the query and the fragment", () => {
    expect<string>(pathOf("/a?token=secret")).toBe("/a");
    expect<string>(pathOf("/a#b?c")).toBe("/a");
    expect<string>(pathOf("?")).toBe("");
    expect<string>(pathOf("/")).toBe("/");
  });

  it("knows gRPC by its content type", () => {
    tell(["content-type", "application/grpc"]);
    expect<bool>(record.isGrpc).toBe(true);
    tell(["content-type", "application/grpc+proto"]);
    expect<bool>(record.isGrpc).toBe(true);
    tell(["content-type", "application/json"]);
    expect<bool>(record.isGrpc).toBe(false);
    tell([]);
    expect<bool>(record.isGrpc).toBe(false);
  });
});
