import { dropPort } from "../../../assembly/core/address";
import { Utf8 } from "../../../assembly/core/bytes";

function withoutPort(address: string): string {
  const bytes = new Utf8(address);
  dropPort(bytes);
  return bytes.toString();
}

describe("dropPort", () => {
  it("cuts the port off IPv4", () => {
    expect(withoutPort("10.1.2.3:54321")).toBe("10.1.2.3");
    expect(withoutPort("10.1.2.3:0")).toBe("10.1.2.3");
  });

  it("cuts the port off bracketed IPv6, and nothing else", () => {
    expect(withoutPort("[2001:db8::1]:443")).toBe("[2001:db8::1]");
    expect(withoutPort("[::1]:1")).toBe("[::1]");
    expect(withoutPort("[::ffff:10.0.0.1]:1")).toBe("[::ffff:10.0.0.1]");
  });

  it("leaves what has no port", () => {
    expect(withoutPort("10.1.2.3")).toBe("10.1.2.3");
    expect(withoutPort("2001:db8::1")).toBe("2001:db8::1");
    expect(withoutPort("[2001:db8::1]")).toBe("[2001:db8::1]");
    expect(withoutPort("/run/app:1.sock")).toBe("/run/app:1.sock");
    expect(withoutPort("")).toBe("");
  });
});
