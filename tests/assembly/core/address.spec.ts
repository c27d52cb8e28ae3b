import { ADDRESS_BYTES, dropPort, maskAddress, parseAddress } from "../../../assembly/core/address";
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

/** The address with all but `prefix` bits cleared, in hexadecimal, after its family; "none" for what is no address. */
function parsed(text: string, ipv4Prefix: i32 = 32, ipv6Prefix: i32 = 128): string {
  const to = new Utf8("-".repeat(ADDRESS_BYTES));
  const family = parseAddress(new Utf8(text), to.ptr);
  if (family == 0) return "none";
  maskAddress(to.ptr, family, family == 4 ? ipv4Prefix : ipv6Prefix);
  let hex = family.toString() + " ";
  for (let i = family == 4 ? 12 : 0; i < ADDRESS_BYTES; i++) hex += (0x100 + <i32>to.at(i)).toString(16).slice(1);
  return hex;
}

describe("parseAddress", () => {
  it("reads IPv4", () => {
    expect(parsed("10.1.2.255")).toBe("4 0a0102ff");
    expect(parsed("0.0.0.0")).toBe("4 00000000");
  });

  it("reads IPv6 in all its notations as one", () => {
    const loopback = "6 00000000000000000000000000000001";
    const notations = ["::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "[::1]", "::0:1", "0::1"];
    for (let i = 0; i < notations.length; i++) expect(parsed(notations[i])).toBe(loopback, notations[i]);
    expect(parsed("2001:db8::a:B")).toBe("6 20010db80000000000000000000a000b");
    expect(parsed("2001:db8:1:2:3:4:5:6")).toBe("6 20010db8000100020003000400050006");
    expect(parsed("::")).toBe("6 00000000000000000000000000000000");
    expect(parsed("1::")).toBe("6 00010000000000000000000000000000");
    expect(parsed("1:2:3:4:5:6:7::")).toBe("6 00010002000300040005000600070000");
    expect(parsed("fe80::1%eth0")).toBe("6 fe800000000000000000000000000001");
    expect(parsed("64:ff9b::10.0.0.1")).toBe("6 0064ff9b00000000000000000a000001");
  });

  it("takes IPv4 in IPv6 notation for IPv4", () => {
    expect(parsed("::ffff:10.0.0.1")).toBe("4 0a000001");
    expect(parsed("::FFFF:a00:1")).toBe("4 0a000001");
    expect(parsed("[0:0:0:0:0:ffff:10.0.0.1]")).toBe("4 0a000001");
    expect(parsed("::ffff:10.0.0.1%eth0")).toBe("4 0a000001");
  });

  it("refuses what is none", () => {
    const wrong = [
      "",
      "unknown",
      "_hidden",
      "10.0.0",
      "10.0.0.1.2",
      "10.0.0.256",
      "010.0.0.1",
      "10.0.0.1:80",
      "1.2.3.",
      ".1.2.3",
    ];
    const more = [
      "1.2.3.4 ",
      "[::1",
      "::1]",
      "[]",
      ":",
      ":::",
      "1:",
      ":1",
      "1::2::3",
      "1:2:3:4:5:6:7:8:9",
      "12345::",
      "g::",
    ];
    const last = [
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8",
      "1:2:3:4:5:6:7:1.2.3.4",
      "::1.2.3",
      "::1.2.3.4:5",
      "[1.2.3.4",
      "1234567890",
      "/run/app.sock",
      "1:" + "0".repeat(80),
    ];
    const all = wrong.concat(more).concat(last);
    for (let i = 0; i < all.length; i++) expect(parsed(all[i])).toBe("none", all[i]);
  });
});

describe("maskAddress", () => {
  it("keeps the first bits", () => {
    expect(parsed("10.1.2.255", 24)).toBe("4 0a010200");
    expect(parsed("10.1.2.255", 25)).toBe("4 0a010280");
    expect(parsed("255.255.255.255", 9)).toBe("4 ff800000");
    expect(parsed("2001:db8:1:2:3:4:5:6", 32, 64)).toBe("6 20010db8000100020000000000000000");
    expect(parsed("2001:db8:1:ffff::", 32, 57)).toBe("6 20010db80001ff800000000000000000");
    expect(parsed("::ffff:10.1.2.3", 16, 64)).toBe("4 0a010000");
  });
});
