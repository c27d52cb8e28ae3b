import { NO_KEY } from "../../../../assembly/request/key";
import { MemoryRequest } from "../request";
import { Reading } from "./rules";

function by(address: string): Reading {
  return new Reading(`"key": {"client_address": ${address}}`);
}

/** A request from a peer at 192.0.2.1 with this X-Forwarded-For. */
function forwarded(rule: Reading, list: string): MemoryRequest {
  return rule.request().from("192.0.2.1:1000").with("x-forwarded-for", list);
}

function keyFrom(rule: Reading, address: string): u64 {
  return rule.key(rule.request().from(address));
}

describe("a key by client address", () => {
  it("is the address as Envoy tells it, without port, in whatever notation", () => {
    const rule = by("true");
    expect(keyFrom(rule, "10.0.0.1:1000")).toBe(keyFrom(rule, "10.0.0.1:2000"));
    expect(keyFrom(rule, "10.0.0.1:1000")).not.toBe(keyFrom(rule, "10.0.0.2:1000"));
    expect(keyFrom(rule, "[::ffff:10.0.0.1]:1")).toBe(keyFrom(rule, "10.0.0.1:1"));
    expect(keyFrom(rule, "[2001:db8::1]:1")).toBe(keyFrom(rule, "[2001:DB8:0:0:0:0:0:1]:2"));
    expect(rule.key(rule.request())).toBe(NO_KEY);
    expect(rule.key(forwarded(rule, "10.9.9.9"))).toBe(keyFrom(rule, "192.0.2.1:1"), "whatever a header says");
  });

  it("may be no IP address, as that of a Unix socket", () => {
    const rule = by("true");
    expect(keyFrom(rule, "/run/a.sock")).not.toBe(NO_KEY);
    expect(keyFrom(rule, "/run/a.sock")).not.toBe(keyFrom(rule, "/run/b.sock"));
  });

  it("groups IPv6 by /64 unless told otherwise, and IPv4 not", () => {
    const rule = by("true");
    expect(keyFrom(rule, "[2001:db8:0:1::1]:1")).toBe(keyFrom(rule, "[2001:db8:0:1:ffff::9]:1"));
    expect(keyFrom(rule, "[2001:db8:0:1::1]:1")).not.toBe(keyFrom(rule, "[2001:db8:0:2::1]:1"));
    const single = by('{"ipv6_prefix": 128}');
    expect(keyFrom(single, "[2001:db8::1]:1")).not.toBe(keyFrom(single, "[2001:db8::2]:1"));
  });

  it("groups by the prefixes that it is told", () => {
    const rule = by('{"ipv4_prefix": 24, "ipv6_prefix": 48}');
    expect(keyFrom(rule, "10.0.0.1:1")).toBe(keyFrom(rule, "10.0.0.255:1"));
    expect(keyFrom(rule, "10.0.0.1:1")).not.toBe(keyFrom(rule, "10.0.1.1:1"));
    expect(keyFrom(rule, "[::ffff:10.0.0.9]:1")).toBe(keyFrom(rule, "10.0.0.1:1"), "IPv4 by the prefix of IPv4");
    expect(keyFrom(rule, "[2001:db8:1:2::]:1")).toBe(keyFrom(rule, "[2001:db8:1:3::]:1"));
    expect(keyFrom(rule, "[2001:db8:1::]:1")).not.toBe(keyFrom(rule, "[2001:db8:2::]:1"));
  });
});

describe("a key by the address before trusted hops", () => {
  it("is what the proxies in front wrote, whatever a client puts before it", () => {
    const rule = by('{"trusted_hops": 1}');
    const key = rule.key(forwarded(rule, "203.0.113.7, 192.0.2.1"));
    const spoofed = ["10.0.0.1, 203.0.113.7, 192.0.2.1", "x,,203.0.113.7,192.0.2.2", "a, b, c, 203.0.113.7 ,\tz"];
    for (let i = 0; i < spoofed.length; i++) expect(rule.key(forwarded(rule, spoofed[i]))).toBe(key, spoofed[i]);
    expect(rule.key(forwarded(rule, "203.0.113.7, 203.0.113.8, 192.0.2.1"))).not.toBe(key);
    const last = by('{"trusted_hops": 0}');
    expect(last.key(forwarded(last, "1.1.1.1, 203.0.113.7"))).toBe(last.key(forwarded(last, "203.0.113.7")));
  });

  it("is Envoy's where that is missing or no address, never what a client chose", () => {
    const rule = by('{"trusted_hops": 1}');
    const peer = keyFrom(rule, "192.0.2.1:9");
    expect(peer).not.toBe(NO_KEY);
    const lists = ["", "10.0.0.1", ",10.0.0.1", "unknown, 10.0.0.1", "10.0.0.2, _hidden, 10.0.0.1", "1.2.3, x"];
    for (let i = 0; i < lists.length; i++) expect(rule.key(forwarded(rule, lists[i]))).toBe(peer, lists[i]);
    expect(rule.key(rule.request().from("192.0.2.1:1"))).toBe(peer, "no header");
  });

  it("may come with a port and in any notation", () => {
    const rule = by('{"trusted_hops": 0}');
    const key = rule.key(forwarded(rule, "203.0.113.7"));
    const notations = ["203.0.113.7:4711", "::ffff:203.0.113.7", "[::ffff:203.0.113.7]:80", "::FFFF:CB00:7107"];
    for (let i = 0; i < notations.length; i++) expect(rule.key(forwarded(rule, notations[i]))).toBe(key, notations[i]);
  });

  it("counts entries whatever is in them", () => {
    const rule = by('{"trusted_hops": 16}');
    expect(rule.key(forwarded(rule, "10.0.0.1" + ",x".repeat(16)))).toBe(keyFrom(rule, "10.0.0.1:1"));
    expect(rule.key(forwarded(rule, "10.0.0.1" + ",".repeat(16)))).toBe(keyFrom(rule, "10.0.0.1:1"));
    expect(rule.key(forwarded(rule, "10.0.0.1" + ",x".repeat(5000)))).toBe(keyFrom(rule, "192.0.2.1:9"));
  });

  it("reads the header once for several keys", () => {
    const rule = new Reading(
      '"key": [{"client_address": {"trusted_hops": 1}}, {"client_address": {"trusted_hops": 1}}]',
    );
    const request = forwarded(rule, "203.0.113.7, 192.0.2.1");
    rule.key(request);
    expect(request.reads.join()).toBe("x-forwarded-for");
  });
});
