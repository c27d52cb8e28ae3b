import { HashSecret, NO_KEY } from "../../../../assembly/request/key";
import { Reading } from "./rules";

function keyed(key: string): Reading {
  return new Reading(`"key": ${key}`);
}

/** Paths with one key, and others of which each has a key of its own. */
function expectPaths(rule: Reading, same: string[], others: string[]): void {
  const key = rule.key(rule.get(same[0]));
  expect(key).not.toBe(NO_KEY);
  for (let i = 0; i < same.length; i++) expect(rule.key(rule.get(same[i]))).toBe(key, same[i]);
  const seen = [key];
  for (let i = 0; i < others.length; i++) {
    const other = rule.key(rule.get(others[i]));
    expect(seen.includes(other)).toBe(false, others[i]);
    seen.push(other);
  }
}

function expectNone(rule: Reading, paths: string[]): void {
  for (let i = 0; i < paths.length; i++) expect(rule.key(rule.get(paths[i]))).toBe(NO_KEY, paths[i]);
}

describe("a key", () => {
  it("by header, missing or empty: no key", () => {
    const rule = keyed('{"header": "x-user"}');
    const alice = rule.key(rule.request().with("x-user", "alice"));
    expect(alice).not.toBe(rule.key(rule.request().with("x-user", "Alice")));
    expect(alice).not.toBe(rule.key(rule.request().with("x-user", "alice"), 3), "of another secret");
    expect(rule.key(rule.request().with("x-user", ""))).toBe(NO_KEY);
    expect(rule.key(rule.request())).toBe(NO_KEY);
    expect(rule.rule.key.isKeyed).toBe(true);
  });

  it("by cookie, however it is written", () => {
    const rule = keyed('{"cookie": "sid"}');
    const key = rule.key(rule.request().with("cookie", "sid=a+b/c=="));
    const ways = ['x=1; sid="a+b/c=="', "sid=%61+b%2Fc%3d=", "sid=a+b/c==; sid=other", " sid=a+b/c== ; y"];
    for (let i = 0; i < ways.length; i++) expect(rule.key(rule.request().with("cookie", ways[i]))).toBe(key, ways[i]);
    expect(rule.key(rule.request().with("cookie", "sid=a b/c=="))).not.toBe(key);
    expect(rule.key(rule.request().with("cookie", "sid=; x=1"))).toBe(NO_KEY);
    expect(rule.key(rule.request().with("cookie", "asid=1"))).toBe(NO_KEY);
    expect(rule.key(rule.request())).toBe(NO_KEY);
  });

  it("by query parameter, however it is encoded", () => {
    const rule = keyed('{"query": "user"}');
    expectPaths(
      rule,
      ["/?user=al+ice", "/x?a=1&us%65r=al%20ice&user=b", "/?user=%61l%20ic%65#f"],
      ["/?user=alice", "/?user=al%2520ice"],
    );
    expectNone(rule, ["/", "/?", "/?user", "/?user=", "/?user=&user=a", "/?User=a", "/user=a", "/#?user=a"]);
  });

  it("by path, in its normal form", () => {
    const rule = keyed('{"path": true}');
    expectPaths(rule, ["/a/b", "/a//b?x", "/%61/./b", "/c/../a/b#x"], ["/a/b/", "/a", "/a%2Fb", "/"]);
    expect(rule.key(rule.request().without(":path"))).toBe(NO_KEY);
  });

  it("by path segment", () => {
    const rule = keyed('{"path_segment": 2}');
    expectPaths(
      rule,
      ["/users/42", "/users/42/", "/other/42/x?y", "/users/%34%32", "//users//42"],
      ["/users/43", "/42/x"],
    );
    expectNone(rule, ["/users", "/users/", "/", "/users/?42"]);
  });

  it("by path parameter: its segment", () => {
    const rule = new Reading(
      '"match": {"path": {"template": "/users/{id}/orders/{order}"}}, "key": {"path_parameter": "order"}',
    );
    expectPaths(rule, ["/users/1/orders/7", "/users/2/orders/7/"], ["/users/7/orders/8"]);
  });

  it("by method and authority", () => {
    const method = keyed('{"method": true}');
    expect(method.key(method.request())).not.toBe(method.key(method.request().with(":method", "PUT")));
    const authority = keyed('{"authority": true}');
    const key = authority.key(authority.request().with(":authority", "shop.example"));
    expect(authority.key(authority.request().with(":authority", "SHOP.example.:80"))).toBe(key);
    expect(authority.key(authority.request().with(":authority", "shop.examples"))).not.toBe(key);
    expect(authority.key(authority.request())).toBe(NO_KEY);
  });

  it("by source identity", () => {
    const rule = keyed('{"source_identity": true}');
    const a = rule.key(rule.request().identifiedBy("spiffe://mesh/ns/a/sa/b"));
    expect(a).not.toBe(NO_KEY);
    expect(a).not.toBe(rule.key(rule.request().identifiedBy("spiffe://mesh/ns/a/sa/c")));
    expect(rule.key(rule.request())).toBe(NO_KEY);
  });

  it("by gRPC method, of requests that are gRPC", () => {
    const rule = keyed('{"grpc_method": true}');
    const call = rule.get("/shop.Cart/Add");
    expect(rule.key(call)).toBe(NO_KEY);
    expect(rule.key(call.with("content-type", "application/json"))).toBe(NO_KEY);
    const key = rule.key(call.with("content-type", "application/grpc"));
    expect(key).not.toBe(NO_KEY);
    expect(rule.key(call.with("content-type", "application/grpc+proto"))).toBe(key);
    expect(rule.key(call.with("content-type", "application/grpc-web-text"))).toBe(key);
    expect(rule.key(call.with(":path", "/shop.Cart/Take"))).not.toBe(key);
  });

  it("of constants alone is none: one quota for all", () => {
    const rule = keyed('[{"constant": "a"}, {"constant": "b"}]');
    expect(rule.key(rule.request())).toBe(NO_KEY);
    expect(rule.rule.key.isKeyed).toBe(false);
  });
});

describe("a composite key", () => {
  const PAIR = '[{"header": "x-a"}, {"header": "x-b"}]';

  it("tells apart what is split in another way, and the order", () => {
    const rule = keyed(PAIR);
    const pairs = ["a,bc", "ab,c", "abc,", ",abc", "bc,a", "a,", ",a", "a\0b,c", "a,\0bc", "a,b"];
    const seen: u64[] = [];
    for (let i = 0; i < pairs.length; i++) {
      const parts = pairs[i].split(",");
      const key = rule.key(rule.request().with("x-a", parts[0]).with("x-b", parts[1]));
      expect(seen.includes(key)).toBe(false, pairs[i]);
      expect(key).not.toBe(NO_KEY);
      seen.push(key);
    }
  });

  it("takes a missing part for an empty one, and has none when all are missing", () => {
    const rule = keyed(PAIR);
    const key = rule.key(rule.request().with("x-a", "a"));
    expect(key).toBe(rule.key(rule.request().with("x-a", "a").with("x-b", "")));
    expect(key).not.toBe(rule.key(rule.request().with("x-b", "a")));
    expect(rule.key(rule.request())).toBe(NO_KEY);
    expect(rule.key(rule.request().with("x-a", "").with("x-b", ""))).toBe(NO_KEY);
    const constant = keyed('[{"constant": "c"}, {"header": "x-a"}]');
    expect(constant.key(constant.request())).toBe(NO_KEY, "a constant is no value of the request");
  });

  it("asks for what it needs, and derives each thing once", () => {
    const rule = keyed(
      '[{"query": "a"}, {"query": "b"}, {"path": true}, {"cookie": "a"}, {"cookie": "b"}, {"client_address": true}]',
    );
    const request = rule.get("/%61?a=%31&b=2").with("cookie", "a=%33; b=4").from("10.0.0.1:1");
    expect(rule.key(request)).not.toBe(NO_KEY);
    expect(request.reads.join()).toBe(":path,cookie,cookie,address", "the host's facts keep a header");
  });

  it("is the same whether parts are written plainly or encoded", () => {
    const rule = keyed('[{"query": "a"}, {"query": "b"}, {"path": true}, {"cookie": "a"}, {"authority": true}]');
    const plain = rule.get("/x?a=1&b=2").with("cookie", "a=3").with(":authority", "h");
    const coded = rule.get("/%78?b=%32&a=%31").with("cookie", 'a="%33"').with(":authority", "H:1");
    expect(rule.key(coded)).toBe(rule.key(plain));
  });
});

describe("the key of an override", () => {
  it("is the key of the requests that it is for", () => {
    const secret = new HashSecret(1, 2);
    const single = keyed('{"header": "x-user"}');
    const alice = single.key(single.request().with("x-user", "alice"));
    expect(single.rule.key.fingerprintOf(["alice"], secret)).toBe(alice);
    expect(single.rule.key.fingerprintOf(["bob"], secret)).not.toBe(alice);
    const rule = keyed('[{"query": "u"}, {"client_address": {"ipv4_prefix": 24}}, {"authority": true}]');
    const request = rule.get("/?u=%61+b").from("10.0.0.7:80").with(":authority", "Shop.example:80");
    expect(rule.rule.key.fingerprintOf(["a b", "10.0.0.99", "SHOP.example"], secret)).toBe(rule.key(request));
    const part = rule.get("/?u=a");
    expect(rule.rule.key.fingerprintOf(["a", "", ""], secret)).toBe(rule.key(part));
  });

  it("is none where no request has it", () => {
    const secret = new HashSecret(1, 2);
    const rule = keyed('[{"client_address": true}, {"header": "x"}]');
    expect(rule.rule.key.fingerprintOf(["no address", "x"], secret)).toBe(NO_KEY);
    expect(rule.rule.key.fingerprintOf(["", ""], secret)).toBe(NO_KEY);
  });
});
