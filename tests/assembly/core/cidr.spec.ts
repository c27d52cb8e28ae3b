import { Cidr } from "../../../assembly/core/cidr";

/** `family bits high low`, or the problem. */
function read(text: string): string {
  const cidr = new Cidr(text);
  return cidr.problem != ""
    ? cidr.problem
    : `${cidr.family} ${cidr.bits} ${cidr.high.toString(16)} ${cidr.low.toString(16)}`;
}

const NO_ADDRESS = "expected an IP address, or a range of them such as 10.0.0.0/8 or 2001:db8::/32";

describe("a range of addresses", () => {
  it("is read in both families", () => {
    expect(read("10.0.0.0/8")).toBe("4 104 0 ffff0a000000");
    expect(read("0.0.0.0/0")).toBe("4 96 0 ffff00000000");
    expect(read("192.0.2.128/25")).toBe("4 121 0 ffffc0000280");
    expect(read("2001:db8::/32")).toBe("6 32 20010db800000000 0");
    expect(read("::/0")).toBe("6 0 0 0");
    expect(read("2001:db8::1/128")).toBe("6 128 20010db800000000 1");
  });

  it("can be one address", () => {
    expect(read("192.0.2.7")).toBe("4 128 0 ffffc0000207");
    expect(read("192.0.2.7/32")).toBe("4 128 0 ffffc0000207");
    expect(read("2001:db8::7")).toBe("6 128 20010db800000000 7");
  });

  it("of IPv4 addresses can be written as IPv6", () => {
    expect(read("::ffff:10.0.0.0/104")).toBe(read("10.0.0.0/8"));
    expect(read("::ffff:0:0/96")).toBe(read("0.0.0.0/0"));
    expect(read("::ffff:192.0.2.7")).toBe(read("192.0.2.7"));
  });

  it("must begin with its first address", () => {
    expect(read("10.0.0.1/8")).toBe('expected no bits set after the first 8; "10.0.0.1/8" has some');
    expect(read("10.0.0.128/24")).toBe('expected no bits set after the first 24; "10.0.0.128/24" has some');
    expect(read("1.0.0.0/0")).toBe('expected no bits set after the first 0; "1.0.0.0/0" has some');
    expect(read("2001:db8::1/64")).toBe('expected no bits set after the first 64; "2001:db8::1/64" has some');
    expect(read("::ffff:10.0.0.0/95")).toBe('expected no bits set after the first 95; "::ffff:10.0.0.0/95" has some');
  });

  it("has a number of bits that the family has", () => {
    const wrong = [
      "10.0.0.0/33",
      "10.0.0.0/",
      "10.0.0.0/08",
      "10.0.0.0/-1",
      "10.0.0.0/8/8",
      "10.0.0.0/ 8",
      "10.0.0.0/0008",
    ];
    for (let i = 0; i < wrong.length; i++) {
      expect(read(wrong[i])).toBe("expected a whole number from 0 to 32 after the /", wrong[i]);
    }
    expect(read("2001:db8::/129")).toBe("expected a whole number from 0 to 128 after the /");
    expect(read("2001:db8::/1280")).toBe("expected a whole number from 0 to 128 after the /");
  });

  it("has an address without port, brackets and zone", () => {
    const wrong = [
      "",
      "/8",
      "10.0.0/8",
      "10.0.0.0.0/8",
      "localhost",
      "10.0.0.1:80",
      "[::1]/128",
      "fe80::%eth0/64",
      " 10.0.0.1",
      "/run/a",
    ];
    for (let i = 0; i < wrong.length; i++) expect(read(wrong[i])).toBe(NO_ADDRESS, wrong[i]);
  });
});
