import { Utf8 } from "../../../../assembly/core/bytes";
import { ServerName } from "../../../../plugins/trace/spans/server-name";

const name = new ServerName();

function read(host: string): string {
  const bytes = new Utf8(host);
  name.read(bytes);
  return `${name.address.toString()} ${name.port}`;
}

describe("ServerName", () => {
  it("takes a host and a port apart", () => {
    expect<string>(read("reviews:9080")).toBe("reviews 9080");
    expect<string>(read("reviews")).toBe("reviews -1");
    expect<string>(read("10.1.2.3:65535")).toBe("10.1.2.3 65535");
    expect<string>(read("[2001:db8::1]:80")).toBe("2001:db8::1 80");
    expect<string>(read("[2001:db8::1]")).toBe("2001:db8::1 -1");
  });

  it("knows no port that is none", () => {
    expect<string>(read("a:")).toBe("a -1");
    expect<string>(read("a:65536")).toBe("a -1");
    expect<string>(read("a:123456")).toBe("a -1");
    expect<string>(read("a:8x")).toBe("a -1");
  });

  it("bears any text", () => {
    expect<string>(read("")).toBe(" -1");
    expect<string>(read(":")).toBe(" -1");
    expect<string>(read("[")).toBe("[ -1");
    expect<string>(read("]")).toBe("] -1");
    expect<string>(read("[]:1")).toBe(" 1");
  });
});
