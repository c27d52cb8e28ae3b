import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, type PropertyMap, Status } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { Rig, type RuleConfig } from "../support/ratelimit.js";

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

const TWO_AN_HOUR = { requests: 2, per: "hour" } as const;

/** A plugin with rules of two requests an hour. */
function start(...rules: Partial<RuleConfig>[]): Promise<Rig> {
  return Rig.start(module, { rules: rules.map((rule, i) => ({ name: `r${i}`, quota: TWO_AN_HOUR, ...rule })) });
}

const path = (value: string): HeaderList => [[":path", value]];
const peer = (address: string): PropertyMap => ({ "source.address": address });

describe("a client that writes the same thing in other ways", () => {
  const cases: [what: string, rule: Partial<RuleConfig>, ways: HeaderList[]][] = [
    [
      "a path",
      { match: { path: { prefix: "/api/" } } },
      ["/api/x", "//api/x", "/%61pi/y", "/./api/z", "/v1/../api/x", "/api//x?a", "/v1/%2e%2E/api/"].map(path),
    ],
    [
      "a path as a key",
      { key: { path: true } },
      ["/users/1", "/users//1", "/%75sers/1?a=1", "/users/./1#x", "/x/../users/1"].map(path),
    ],
    [
      "a query parameter",
      { key: { query: "user" } },
      ["/?user=al+ice", "/x?user=al%20ice", "/?%75ser=%61l+ice&user=bob", "/?a&us%65r=al+ice#b"].map(path),
    ],
    [
      "a cookie",
      { key: { cookie: "sid" } },
      ["sid=a1", 'x=2; sid="a1"', "sid=%611; x=3", " sid=a1 ;sid=b"].map((value) => [["cookie", value]]),
    ],
    [
      "a host",
      { key: { authority: true } },
      ["shop.example", "SHOP.example", "shop.example:8080", "Shop.Example.:1"].map((value) => [[":authority", value]]),
    ],
  ];
  for (const [what, rule, ways] of cases) {
    test(`shares one quota: ${what}`, async () => {
      const rig = await start(rule);
      const admitted = ways.filter((headers) => rig.send(headers).admitted);
      assert.equal(admitted.length, 2, JSON.stringify(admitted));
    });
  }
});

describe("a client address", () => {
  test("behind trusted hops is what they wrote, joined over repeated headers", async () => {
    const rig = await start({ key: { client_address: { trusted_hops: 1 } } });
    const lists: HeaderList[] = [
      [["x-forwarded-for", "203.0.113.7, 10.0.0.1"]],
      [["x-forwarded-for", "1.2.3.4,203.0.113.7,10.0.0.1"]],
      [
        ["x-forwarded-for", "8.8.8.8"],
        ["x-forwarded-for", "203.0.113.7"],
        ["x-forwarded-for", "10.0.0.1"],
      ],
    ];
    const admitted = lists.map((headers, i) => rig.send(headers, peer(`10.0.0.${i}:1`)).admitted);
    assert.deepEqual(admitted, [true, true, false]);
  });

  test("that is missing there, or none, is Envoy's: 60 KB of spoofed entries are one client", async () => {
    const rig = await start({ key: { client_address: { trusted_hops: 2 } } });
    const spoofed = ["9.9.9.9", "8.8.8.8, 10.0.0.1", "7.7.7.7, x, 10.0.0.1, 10.0.0.2", "", "x".repeat(60_000)];
    const lists = [...spoofed, `${"6.6.6.6,".repeat(7000)}unknown,10.0.0.1,10.0.0.2`];
    const admitted = lists.map((list) => rig.send([["x-forwarded-for", list]], peer("192.0.2.1:99")).admitted);
    assert.deepEqual(admitted, [true, true, false, false, false, false]);
    assert.equal(rig.vm.trapped, undefined);
  });

  test("of IPv6 is a /64 unless configured, so that a host does not choose among 2^64 quotas", async () => {
    const rig = await start({ key: { client_address: true } });
    const hosts = [":1", ":2", ":ffff:1", "1:2:3:4"].map((host) => peer(`[2001:db8:0:1:${host}]:1`));
    assert.equal(hosts.filter((properties) => rig.send([], properties).admitted).length, 2);
    assert.equal(rig.send([], peer("[2001:db8:0:2::1]:1")).admitted, true);
  });
});

describe("a source identity", () => {
  const SAN = { "connection.uri_san_peer_certificate": "spiffe://mesh/ns/a/sa/b" };
  const SUBJECT = { "connection.subject_peer_certificate": "CN=b" };

  test("is the certificate's first URI, else its subject, else there is none", async () => {
    const rig = await start({ key: { source_identity: true } });
    assert.equal(rig.admitted(5, [], SAN), 2);
    assert.equal(rig.admitted(5, [], { ...SAN, ...SUBJECT }), 0, "the URI goes before");
    assert.equal(rig.admitted(5, [], SUBJECT), 2);
    assert.equal(rig.admitted(5, [], {}), 2, "the bucket for no key");
    assert.equal(rig.hostErrors(), 0);
  });
});

describe("a key that is missing", () => {
  const keys: [what: string, key: object][] = [
    ["header", { header: "x-user" }],
    ["cookie", { cookie: "sid" }],
    ["query parameter", { query: "user" }],
    ["path segment", { path_segment: 3 }],
    ["address", { client_address: { trusted_hops: 1 } }],
    ["identity", { source_identity: true }],
    ["gRPC method", { grpc_method: true }],
    ["part of each kind", [{ header: "x-user" }, { cookie: "sid" }, { query: "user" }, { constant: "c" }]],
  ];
  for (const [what, key] of keys) {
    test(`is no way around the quota: ${what}`, async () => {
      const rig = await start({ key });
      const ways: HeaderList[] = [
        [],
        path("/a"),
        path("/b?users=1"),
        [["cookie", "x"]],
        [["x-user", ""]],
        path("/?user"),
      ];
      assert.equal(ways.filter((headers) => rig.send(headers).admitted).length, 2);
    });
  }
});

describe("exemptions, overrides and the rule for the rest", () => {
  test("take requests out of a rule, and out of the rest too", async () => {
    const rig = await start(
      { match: { path: { prefix: "/api" } }, exempt: [{ headers: [{ name: "x-probe", exact: "1" }] }] },
      { match: { otherwise: true } },
    );
    assert.equal(rig.admitted(9, [...path("/api"), ["x-probe", "1"]]), 9);
    assert.equal(rig.admitted(9, path("/api")), 2);
    assert.equal(rig.admitted(9, path("/else")), 2);
    assert.equal(rig.count("r1", "admitted"), 2, "none of /api");
  });

  test("give a key another quota, or none", async () => {
    const rig = await start({
      key: [{ header: "x-user" }, { header: "x-plan" }],
      overrides: [
        { key: ["alice", "gold"], quota: { requests: 5, per: "hour" } },
        { key: ["probe", ""], exempt: true },
      ],
    });
    const as = (user: string, plan: string): HeaderList => [
      ["x-user", user],
      ["x-plan", plan],
    ];
    assert.equal(rig.admitted(9, as("alice", "gold")), 5);
    assert.equal(rig.admitted(9, as("alice", "free")), 2);
    assert.equal(rig.admitted(9, as("alicegold", "")), 2);
    assert.equal(rig.admitted(9, [["x-user", "probe"]]), 9);
    assert.equal(rig.admitted(9, as("probe", "x")), 2);
  });

  test("by address hold for the whole group", async () => {
    const rig = await start({
      key: { client_address: { ipv4_prefix: 24 } },
      overrides: [{ key: "10.0.0.9", exempt: true }],
    });
    assert.equal(rig.admitted(9, [], peer("10.0.0.77:1")), 9);
    assert.equal(rig.admitted(9, [], peer("10.0.1.77:1")), 2);
  });
});

describe("a cost", () => {
  test("is bounded whatever a header says", async () => {
    const costs = ["3", "4", "-1", "0", "junk", "99999999999999999999", ""];
    const spent = [];
    for (const cost of costs) {
      const rig = await start({
        ...{ quota: { requests: 100, per: "hour" }, cost: { header: "x-cost", default: 2, max: 4 }, lease: 1 },
      });
      rig.send([["x-cost", cost]]);
      spent.push(100 - rig.admitted(200, [["x-cost", "1"]]));
    }
    assert.deepEqual(spent, [3, 4, 2, 2, 2, 4, 2]);
  });
});

describe("percentages", () => {
  test("of 0 switch a rule off, or its rejections", async () => {
    assert.equal((await start({ enabled_percent: 0 })).admitted(9), 9);
    const rig = await start({ enforced_percent: 0 });
    assert.equal(rig.admitted(9), 9);
    assert.equal(rig.count("r0", "would_reject"), 7);
  });

  test("between are a share by chance", async () => {
    const rig = await start({ enforced_percent: 25 });
    const admitted = rig.admitted(4002);
    assert.ok(admitted > 2850 && admitted < 3150, `${admitted} of 4002`);
    const enabled = await Rig.start(module, {
      enabled_percent: 75,
      rules: [{ name: "all", quota: { requests: 1, per: "day" } }],
    });
    const passed = enabled.admitted(4001);
    assert.ok(passed > 850 && passed < 1150, `${passed} of 4001`);
  });
});

describe("the budget", () => {
  const ALL_PARTS = [{ path_segment: 1 }, { query: "user" }, { query: "b" }, { cookie: "sid" }, { cookie: "c" }];
  const HEADERS: HeaderList = [
    [":path", "/%75sers//7?user=%61+b&b=1"],
    ["cookie", "sid=%61; c=d"],
    [":authority", "Shop.Example:80"],
    ["content-type", "application/grpc"],
    ["x-forwarded-for", "203.0.113.7, 10.0.0.1"],
    ["x-cost", "2"],
  ];
  /** Host calls beside the clock, for rules with a lease that is long enough for all requests. */
  const cases: [what: string, rules: Partial<RuleConfig>[], reads: number][] = [
    ["parts of the path and of cookies", [{ key: ALL_PARTS }], 2],
    [
      "the same parts in several rules",
      [{ key: ALL_PARTS }, { key: ALL_PARTS.slice(1), match: { query: [{ name: "b", present: true }] } }],
      2,
    ],
    ["an address behind hops", [{ key: { client_address: { trusted_hops: 1 } } }], 1],
    ["an address by two prefixes", [{ key: [{ client_address: { ipv4_prefix: 8 } }, { client_address: true }] }], 1],
    ["an identity", [{ key: { source_identity: true } }], 1],
    ["a gRPC method", [{ key: { grpc_method: true } }], 2],
    ["a cost", [{ cost: { header: "x-cost" } }], 1],
    [
      "a match that fails at its first condition",
      [{ match: { path: { exact: "/x" }, headers: [{ name: "x-a", present: true }] }, key: ALL_PARTS }],
      1,
    ],
    ["an exemption that holds", [{ exempt: [{ path: { template: "/users/{id}" } }], key: { cookie: "sid" } }], 1],
  ];
  for (const [what, rules, reads] of cases) {
    test(`${what}: ${reads} reads, and no allocation`, async () => {
      const quota = { requests: 1_000_000, per: "second" } as const;
      const named = rules.map((rule, i) => ({ name: `r${i}`, quota, ...rule }));
      const rig = await Rig.start(await pluginModule("ratelimit", "counting"), { rules: named });
      const properties = { "source.address": "10.0.0.1:1", "connection.uri_san_peer_certificate": "spiffe://a" };
      rig.admitted(20, HEADERS, properties);
      for (let i = 0; i < 20; i++) {
        const { counts } = rig.send(HEADERS, properties);
        const { proxy_get_header_map_value: headers = 0, proxy_get_property: asked = 0 } = counts.hostCalls;
        assert.equal(headers + asked, reads, JSON.stringify(counts.hostCalls));
        assert.equal(counts.heapAllocations, 0);
      }
    });
  }
});

describe("what the host does not answer", () => {
  test("counts as missing: no rule is skipped for it, and none traps", async () => {
    for (const call of ["proxy_get_header_map_value", "proxy_get_property"]) {
      const rig = await start({
        key: [{ path: true }, { cookie: "a" }, { client_address: { trusted_hops: 0 } }, { source_identity: true }],
        cost: { header: "x-cost" },
      });
      rig.proxy.faults.inject({ call, status: Status.InternalFailure });
      assert.equal(rig.admitted(9), 2, call);
      assert.equal(rig.vm.trapped, undefined);
      assert.ok(rig.hostErrors() > 0);
    }
  });

  test("is not needed for long values: 60 KB of escapes in a path, a query and cookies", async () => {
    const rig = await start({ key: [{ path: true }, { query: "q" }, { cookie: "c" }, { authority: true }] });
    const long = "%41".repeat(20_000);
    const headers: HeaderList = [
      [":path", `/${long}?q=${long}`],
      [":authority", "A".repeat(60_000)],
      ["cookie", `c=${long}`],
    ];
    assert.equal(rig.admitted(9, headers), 2, "what finds no room is cut, and a key all the same");
    assert.equal(rig.vm.trapped, undefined);
  });
});
