import { HeaderNames } from "../../../../assembly/request/facts";
import { TraceHeaders } from "../../../../plugins/trace/context/trace-headers";
import { MapFacts } from "../../../../plugins/trace/sampling/map-facts";
import { send } from "../sent";

const names = new HeaderNames();
const traced = names.add("x-trace");
const headers = new TraceHeaders();
const facts = new MapFacts(names, headers);

function ask(pairs: string[]): void {
  send(headers, pairs);
  facts.begin();
}

function header(index: i32): string {
  const view = facts.header(index);
  return view != null ? view.toString() : "none";
}

describe("MapFacts", () => {
  it("has the headers that are named, the first one if it is repeated", () => {
    ask([":path", "/a", "x-other", "0", "x-trace", "1", "x-trace", "2"]);
    expect(header(traced)).toBe("1");
    expect(header(0)).toBe("/a");
  });

  it("tells an empty header from none", () => {
    ask(["x-trace", ""]);
    expect(header(traced)).toBe("");
    ask(["x-tracer", "1"]);
    expect(header(traced)).toBe("none");
  });

  it("has the path in its normal form, anew for each request", () => {
    ask([":path", "/a/%2e%2e/b//c?d=/e"]);
    expect(facts.path().toString()).toBe("/b/c");
    expect(facts.query().toString()).toBe("d=/e");
    ask([":path", "/f"]);
    expect(facts.path().toString()).toBe("/f");
    ask([]);
    expect(facts.path().length).toBe(0);
  });

  it("lends values that stay while others are read", () => {
    ask([":path", "/a", "x-trace", "1"]);
    const path = facts.header(0);
    facts.header(traced);
    expect(path!.toString()).toBe("/a");
  });

  it("knows nothing of the client, which is not in the header map", () => {
    ask([":path", "/a"]);
    expect(facts.clientAddress() == null).toBe(true);
    expect(facts.sourceIdentity() == null).toBe(true);
  });
});
