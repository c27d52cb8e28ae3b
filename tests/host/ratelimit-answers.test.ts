// What clients and upstreams are told, whatever was decided: tests/fixtures/ratelimit/answers.ts decides as it is asked.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type CallCounts, type HeaderList, type PluginModule, Status } from "../../tools/host/index.js";
import { AnswersRig, type AnswersConfig } from "../support/answers.js";
import { fixture } from "../support/fixture.js";

let module: PluginModule;
let counting: PluginModule;
before(async () => {
  [module, counting] = [await fixture("ratelimit/answers"), await fixture("ratelimit/answers", "counting")];
});

const start = (config?: AnswersConfig) => AnswersRig.start(module, config);
const GRPC: HeaderList = [["content-type", "application/grpc+proto"]];

describe("an answer beyond the quota", () => {
  test("is by default 429, text, Retry-After and RateLimit, and names the rule in its details", async () => {
    const { response, body, sent } = (await start()).quota();
    assert.equal(response?.details, "tidegate_ratelimit{per-user}");
    assert.equal(body, "rate limit exceeded");
    assert.deepEqual(sent, [
      [":status", "429"],
      ["retry-after", "2"],
      ["ratelimit-policy", '"per-user";q=10;w=1;tidegate-burst=20'],
      ["ratelimit", '"per-user";r=0;t=2'],
      ["content-length", "19"],
      ["content-type", "text/plain"],
    ]);
  });

  test("names the condition that had set the quota", async () => {
    const rig = await start();
    assert.equal(rig.quota({ condition: 0 }).response?.details, "tidegate_ratelimit{per-user/slow}");
    assert.equal(rig.quota({ condition: 1 }).response?.details, "tidegate_ratelimit{per-user/night}");
    assert.equal(rig.quota({ rule: 1 }).response?.details, "tidegate_ratelimit{everyone}");
  });

  test("is JSON when configured", async () => {
    const { headers, body } = (await start({ response: { format: "json" } })).quota();
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(body), {
      error: "quota-exceeded",
      message: "rate limit exceeded",
      policy: "per-user",
    });
  });

  test("is problem+json when configured, with any message", async () => {
    const message = 'no "more"\n\u0001 é 😀';
    const { headers, body } = (await start({ response: { format: "problem", message } })).quota({ rule: 1 });
    assert.equal(headers["content-type"], "application/problem+json");
    assert.deepEqual(JSON.parse(body), {
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      detail: message,
      "violated-policies": ["everyone"],
    });
  });

  test("to a gRPC client is RESOURCE_EXHAUSTED and the message, whatever the format", async () => {
    for (const format of ["text", "json", "problem"]) {
      const { sent } = (await start({ response: { format } })).quota({}, GRPC);
      assert.deepEqual(sent.slice(0, 5), [
        [":status", "200"],
        ["content-type", "application/grpc"],
        ["grpc-status", "8"],
        ["grpc-message", "rate limit exceeded"],
        ["retry-after", "2"],
      ]);
      assert.equal(sent.filter(([name]) => name === "content-type").length, 1);
    }
    const { sent } = (await start({ response: { grpc_status: "unavailable" } })).quota({}, GRPC);
    assert.deepEqual(sent[2], ["grpc-status", "14"]);
  });

  test("takes for gRPC what Envoy takes for it", async () => {
    const rig = await start({ response: { format: "json" } });
    for (const type of ["application/grpc", "application/grpc+json"])
      assert.equal(rig.quota({}, [["content-type", type]]).headers["content-type"], undefined, type);
    for (const type of ["application/grpc-web", "application/json", "application/grp", ""])
      assert.equal(rig.quota({}, [["content-type", type]]).headers["content-type"], "application/json", type);
  });

  test("carries the configured headers, and none of RateLimit or Retry-After when told so", async () => {
    const headers = [
      { name: "x-limited", value: "true" },
      { name: "cache-control", value: "no-store" },
    ];
    const rig = await start({ response: { headers, rate_limit_headers: "never", retry_after: false } });
    const expected = [
      ["x-limited", "true"],
      ["cache-control", "no-store"],
    ];
    assert.deepEqual(rig.quota().response?.headers, expected);
    assert.deepEqual(rig.capacity().response?.headers, expected);
  });

  test("carries the legacy fields when told so", async () => {
    const { headers } = (await start({ response: { legacy_headers: "rejected" } })).quota();
    assert.equal(headers["x-ratelimit-limit"], "20");
    assert.equal(headers["x-ratelimit-remaining"], "0");
    assert.equal(headers["x-ratelimit-reset"], "2");
  });

  test("jitters Retry-After upwards only, and leaves the reset as it is", async () => {
    // Of 52 bits: the upper 20 round, the lower 32 are the part of the jitter that is added.
    for (const [random, seconds] of [
      [0, "100"],
      [0xffff_ffff, "149"],
      [0x8000_0000, "125"],
      [99 * 2 ** 32, "100"],
      [99 * 2 ** 32 + 0xffff_ffff, "150"],
    ] as const) {
      const { headers } = (await start({ response: { retry_after_jitter_percent: 50 }, random })).quota({
        resetMs: 99_001,
      });
      assert.equal(headers["retry-after"], seconds);
      assert.match(headers["ratelimit"]!, /;t=100$/);
    }
  });

  test("goes on as a request when Envoy does not send it", async () => {
    const rig = await start();
    rig.proxy.faults.inject({ call: "proxy_send_local_response", status: Status.InternalFailure });
    assert.equal(rig.quota().response, undefined);
    assert.equal(rig.capacity().response, undefined);
  });
});

describe("an answer beyond the capacity", () => {
  test("is by default 503 and Retry-After, and tells nothing of the capacity", async () => {
    const { response, body, sent } = (await start()).capacity();
    assert.equal(response?.details, "tidegate_concurrency");
    assert.equal(body, "overloaded");
    assert.deepEqual(sent, [
      [":status", "503"],
      ["retry-after", "1"],
      ["content-length", "10"],
      ["content-type", "text/plain"],
    ]);
  });

  test("names the class in its details", async () => {
    const rig = await start({ classes: ["critical", "sheddable"] });
    assert.equal(rig.capacity(0).response?.details, "tidegate_concurrency{critical}");
    assert.equal(rig.capacity(1).response?.details, "tidegate_concurrency{sheddable}");
  });

  test("is problem+json when configured", async () => {
    const rig = await start({ response: { format: "problem", capacity_message: "busy", capacity_retry_after: 0 } });
    const { headers, body } = rig.capacity();
    assert.deepEqual(headers, { "content-type": "application/problem+json" });
    assert.deepEqual(JSON.parse(body), {
      type: "https://iana.org/assignments/http-problem-types#temporary-reduced-capacity",
      title: "Request cannot be satisfied due to temporary server capacity constraints",
      status: 503,
      detail: "busy",
      "violated-policies": ["concurrency"],
    });
  });

  test("to a gRPC client is UNAVAILABLE, or what is configured", async () => {
    assert.deepEqual((await start()).capacity(0, GRPC).sent[2], ["grpc-status", "14"]);
    const rig = await start({ response: { capacity_grpc_status: "resource_exhausted" } });
    assert.deepEqual(rig.capacity(0, GRPC).sent[2], ["grpc-status", "8"]);
  });
});

describe("an admitted response", () => {
  const OURS: HeaderList = [
    ["ratelimit-policy", '"per-user";q=10;w=1;tidegate-burst=20'],
    ["ratelimit", '"per-user";r=7;t=1'],
  ];
  const LEGACY: HeaderList = [
    ["x-ratelimit-limit", "20"],
    ["x-ratelimit-remaining", "7"],
    ["x-ratelimit-reset", "1"],
  ];

  test("tells nothing by default, and nothing when no rule was for the request", async () => {
    assert.deepEqual((await start()).admit({}).headers, []);
    const rig = await start({ response: { rate_limit_headers: "always", legacy_headers: "always" } });
    assert.deepEqual(rig.admit({ rule: -1 }).headers, []);
  });

  test("tells what is left, beside what the upstream tells", async () => {
    const rig = await start({ response: { rate_limit_headers: "always" } });
    const theirs: HeaderList = [["ratelimit", '"upstream";r=1']];
    assert.deepEqual(rig.admit({}, theirs).headers, [...theirs, ...OURS]);
  });

  test("has the legacy fields of the upstream if it has any, else ours", async () => {
    const rig = await start({ response: { rate_limit_headers: "never", legacy_headers: "always" } });
    assert.deepEqual(rig.admit({}).headers, LEGACY);
    const theirs: HeaderList = [["x-ratelimit-limit", "5"]];
    assert.deepEqual(rig.admit({}, theirs).headers, theirs);
  });

  test("that is our own answer is not told a second time", async () => {
    const rig = await start({ response: { rate_limit_headers: "always", legacy_headers: "always" } });
    const names = rig.quota().sent.map(([name]) => name);
    assert.deepEqual(names, [...new Set(names)]);
  });

  test("goes on when Envoy does not take a header", async () => {
    const rig = await start({ response: { rate_limit_headers: "always" } });
    rig.proxy.faults.inject({ call: "proxy_add_header_map_value", status: Status.InternalFailure });
    assert.deepEqual(rig.admit({}).headers, []);
  });
});

describe("the shadow header", () => {
  test("names to the upstream what would have turned the request away, in place of what a client wrote", async () => {
    const rig = await start({ response: { shadow_header: "x-would-limit" } });
    const values = (headers: HeaderList) => headers.filter(([name]) => name === "x-would-limit");
    assert.deepEqual(values(rig.shadow(1).forwarded), [["x-would-limit", "everyone"]]);
    assert.deepEqual(values(rig.shadow(-1).forwarded), [["x-would-limit", "concurrency"]]);
    assert.deepEqual(values(rig.shadow(0, [["x-would-limit", "nothing"]]).forwarded), [["x-would-limit", "per-user"]]);
  });

  test("is not there unless configured", async () => {
    assert.deepEqual((await start()).shadow(0).counts.hostCalls["proxy_replace_header_map_value"], undefined);
  });
});

describe("what answers cost", () => {
  const rows: [
    what: string,
    config: AnswersConfig,
    send: (rig: AnswersRig) => { counts: CallCounts },
    calls: Record<string, number>,
  ][] = [
    ["an answer of text", {}, (rig) => rig.quota(), { proxy_send_local_response: 1 }],
    [
      "a problem with all fields",
      { response: { format: "problem", legacy_headers: "always", headers: [{ name: "x", value: "y".repeat(900) }] } },
      (rig) => rig.quota({ requests: 1e9, burst: 999_999_999, period: 86_400 }),
      { proxy_get_header_map_value: 1, proxy_send_local_response: 1 },
    ],
    ["capacity", {}, (rig) => rig.capacity(), { proxy_send_local_response: 1 }],
    [
      "an admitted response",
      { response: { rate_limit_headers: "always", legacy_headers: "always" } },
      (rig) => rig.admit({}),
      { proxy_get_header_map_value: 1, proxy_add_header_map_value: 5 },
    ],
  ];
  for (const [what, config, send, calls] of rows) {
    test(`${what}: no allocation, not even for the first`, async () => {
      const rig = await AnswersRig.start(counting, config);
      // Makes the one context of all streams, and reads what has no part in the answer: two headers of the fixture.
      const { counts: other } = rig.shadow(0);
      const { counts } = send(rig);
      assert.equal(counts.heapAllocations, 0);
      const ofFixture = counts.callback === other.callback ? other.hostCalls : {};
      for (const [name, count] of Object.entries(ofFixture)) counts.hostCalls[name]! -= count;
      const own = Object.entries(counts.hostCalls).filter(([, count]) => count > 0);
      assert.deepEqual(Object.fromEntries(own), calls);
    });
  }
});

describe("metrics", () => {
  test("follow what was counted, by rule and class, and show what is known", async () => {
    const { plugin, proxy } = await start();
    const value = (name: string) => proxy.metrics.value(name);
    plugin.tick();
    assert.equal(value("rule=.=per-user;.;tidegate_ratelimit_admitted_total"), 3);
    plugin.tick();
    assert.equal(value("rule=.=per-user;.;tidegate_ratelimit_admitted_total"), 6);
    assert.equal(value("rule=.=per-user;.;tidegate_ratelimit_rejected_total"), 0);
    assert.equal(value("rule=.=per-user;.;tidegate_ratelimit_lease_calls_total"), 2);
    assert.equal(value("rule=.=per-user;.;condition=.=slow;.;tidegate_ratelimit_condition_active"), 1);
    assert.equal(value("class=.=critical;.;tidegate_ratelimit_concurrency_rejected_total"), 4);
    assert.equal(value("tidegate_ratelimit_latency_p99_us"), 1500);
    assert.equal(value("tidegate_ratelimit_error_rate_ppm"), 250_000);
    assert.equal(value("tidegate_ratelimit_in_flight"), 0, "not known");
  });

  test("lose nothing that Envoy does not take at once", async () => {
    const { plugin, proxy } = await start();
    const fault = proxy.faults.inject({ call: "proxy_increment_metric", status: Status.InternalFailure });
    plugin.tick();
    fault.remove();
    plugin.tick();
    assert.equal(proxy.metrics.value("rule=.=per-user;.;tidegate_ratelimit_admitted_total"), 6);
  });
});
