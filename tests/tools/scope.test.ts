// Statistics, access logs and config dumps, of a real istiod and Envoy, and what Sidecar comes of them.
import { Ajv } from "ajv";
import fc from "fast-check";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse } from "yaml";
import { outboundOf } from "../../tools/scope/cluster-name.js";
import { repoRoot } from "../../tools/root.js";
import { scopeOf } from "../../tools/scope/scope.js";
import { assertGolden } from "./golden-file.js";
import { type Ran, tidegate } from "./memory-io.js";

const FIXTURES = join(repoRoot, "tests", "tools", "scope");
const DUMP = join(FIXTURES, "config-dump.json");
const folder = mkdtempSync(join(tmpdir(), "tidegate-scope-"));
after(() => rmSync(folder, { recursive: true }));

const scope = (...args: string[]): Promise<Ran> => tidegate(["scope", ...args], { cwd: FIXTURES });
const WEB = ["-n", "shop", "--workload", "app=web"];

/** Statistics as text: name of a cluster, then a counter and its value. */
function statsOf(counters: Record<string, Record<string, number>>, uptime = 100_000): string {
  const lines = Object.entries(counters).flatMap(([cluster, values]) =>
    Object.entries(values).map(([counter, value]) => `cluster.${cluster};.${counter}: ${value}`),
  );
  return [...lines, `server.uptime: ${uptime}`, ""].join("\n");
}

async function hostsOf(
  stats: string | string[],
  ...args: string[]
): Promise<{ hosts: string[]; err: string; out: string }> {
  const files = [stats].flat().map((text, i) => {
    const file = join(folder, `${i}.txt`);
    writeFileSync(file, text);
    return file;
  });
  const { exitCode, out, err } = await scope("--stats", ...files, ...(args.length > 0 ? args : WEB));
  assert.equal(exitCode, 0, err);
  const { spec } = parse(out) as { spec: { egress: [{ hosts: string[] }] } };
  return { hosts: spec.egress[0].hosts, err, out };
}

const ALWAYS = ["./*", "istio-system/*"];
const used = { upstream_rq_total: 500, upstream_cx_total: 3 };

describe("tidegate scope", () => {
  it("proposes the same Sidecar from each form of statistics, and estimates what it saves", async () => {
    const first = await scope("--stats", "stats.txt", "--config-dump", DUMP);
    assertGolden(join(FIXTURES, "sidecar.out.yaml"), first.out);
    assertGolden(join(FIXTURES, "sidecar.err.txt"), first.err);
    const readme = readFileSync(join(repoRoot, "tools", "scope", "README.md"), "utf8");
    assert.ok(readme.includes(first.out) && readme.includes(first.err.slice(first.err.indexOf("estimate"))));
    for (const file of ["stats.json", "clusters.txt"]) {
      assert.equal((await scope("--stats", file, "--config-dump", DUMP)).out, first.out, file);
    }
    const { hosts } = (parse(first.out) as { spec: { egress: [{ hosts: string[] }] } }).spec.egress[0];
    const prometheus = parse((await scope("--stats", "stats.prom", "--config-dump", DUMP)).out) as typeof first & {
      spec: { egress: [{ hosts: string[] }] };
    };
    assert.deepEqual(prometheus.spec.egress[0].hosts, hosts);
    const json = JSON.parse((await scope("--stats", "stats.txt", "--config-dump", DUMP, "-o", "json")).out) as unknown;
    assert.deepEqual(json, parse(first.out));
  });

  it("is a resource as Istio has it", async () => {
    const check = new Ajv({ strict: false }).compile(SIDECAR);
    const passed = statsOf({ PassthroughCluster: used, "outbound|80||*.wiki.example": used });
    const texts = [
      (await scope("--stats", "stats.txt", "--config-dump", DUMP)).out,
      (await hostsOf(passed)).out,
      (await hostsOf(passed, "-n", "shop", "--namespace-wide")).out,
    ];
    for (const text of texts) assert.ok(check(parse(text, { version: "1.1" })), JSON.stringify(check.errors));
    assert.ok(!check({ ...(parse(texts[0]!) as object), spec: { egress: [{ hosts: ["reviews.shop"] }] } }));
  });

  it("keeps what was called, wherever it is, and nothing else", async () => {
    const { hosts } = await hostsOf(
      statsOf({
        "outbound|9080|v1|reviews.shop.svc.cluster.local": used,
        "outbound|443||api.bank.svc.cluster.local": { upstream_rq_total: 0, upstream_cx_total: 2 },
        "outbound|9042||cassandra.data.svc.cluster.local": used,
        "outbound|443||pay.example": used,
        "outbound|443||*.wiki.example": used,
        "outbound|15012||istiod.istio-system.svc.cluster.local": used,
        "outbound|80||idle.bank.svc.cluster.local": { upstream_rq_total: 0, upstream_cx_total: 0 },
        "inbound|8080||": used,
        "xds-grpc": used,
      }),
    );
    assert.deepEqual(hosts, [
      ...ALWAYS,
      "*/*.wiki.example",
      "*/pay.example",
      "bank/api.bank.svc.cluster.local",
      "data/cassandra.data.svc.cluster.local",
    ]);
  });

  it("unites several proxies and moments, in one order and with the same words for the same hosts", async () => {
    const one = statsOf({ "outbound|80||a.one.svc.cluster.local": used, "outbound|80||b.two.svc.cluster.local": used });
    const other = statsOf({ "outbound|81||a.one.svc.cluster.local": { upstream_rq_total: 7 } });
    const { out } = await hostsOf([one, other]);
    assert.match(
      out,
      /- one\/a\.one\.svc\.cluster\.local # port 80, port 81\n {8}- two\/b\.two\.svc\.cluster\.local # port 80\n/,
    );
    assert.equal((await hostsOf([other, one, one])).out, out);
  });

  it("is as exact or as wide as it is told to be", async () => {
    const stats = statsOf({
      "outbound|80||a.shop.svc.cluster.local": used,
      "outbound|80||b.bank.svc.cluster.local": used,
    });
    const exact = await hostsOf(stats, ...WEB, "--exact");
    assert.deepEqual(exact.hosts, ["istio-system/*", "./a.shop.svc.cluster.local", "bank/b.bank.svc.cluster.local"]);
    assert.deepEqual((await hostsOf(stats, ...WEB, "--whole-namespaces")).hosts, [...ALWAYS, "bank/*"]);
  });

  it("leaves out what only health checks ask, and says so", async () => {
    const checked = { upstream_cx_total: 9, upstream_rq_total: 0, "health_check.attempt": 9 };
    const { hosts, err } = await hostsOf(statsOf({ "outbound|80||a.bank.svc.cluster.local": checked }));
    assert.deepEqual(hosts, ALWAYS);
    assert.match(err, /warning TG8505 a\.bank\.svc\.cluster\.local got health checks and nothing else on port 80/);
  });

  it("says what would break of traffic to unknown hosts, and lets it pass on", async () => {
    const { err, out } = await hostsOf(statsOf({ PassthroughCluster: used, BlackHoleCluster: used }));
    assert.match(
      err,
      /TG8503 traffic to hosts that the mesh does not know was passed on \(PassthroughCluster\); --access-log would/,
    );
    assert.match(err, /TG8503 [^\n]* was refused \(BlackHoleCluster\)/);
    assert.match(out, /outboundTrafficPolicy:\n {4}mode: ALLOW_ANY\n$/);
    assert.doesNotMatch((await hostsOf(statsOf({ BlackHoleCluster: used }))).out, /outboundTrafficPolicy/);
  });

  it("warns of a short observation, and of few requests", async () => {
    const { err } = await hostsOf(statsOf({ "outbound|80||a.bank.svc.cluster.local": { upstream_rq_total: 3 } }, 7200));
    assert.match(err, /warning TG8504 only 3 requests/);
    assert.match(err, /warning TG8504 2\.0 h are all/);
    assert.equal((await hostsOf(statsOf({ "outbound|80||a.bank.svc.cluster.local": used }))).err, "");
    assert.match((await hostsOf(statsOf({ "xds-grpc": used }))).err, /warning TG8504 no traffic to any service/);
  });

  it("refuses what it cannot read, or cannot make a Sidecar for", async () => {
    const gateway = readFileSync(DUMP, "utf8").replace("sidecar~", "router~");
    writeFileSync(join(folder, "gateway.json"), gateway);
    const cases: [string[], number, RegExp][] = [
      [["--stats", "stats-split.prom", ...WEB], 1, /error TG8501 Envoy has split the names/],
      [["--stats", "config-dump.json", ...WEB], 1, /error TG8501 there are no statistics of clusters/],
      [["--access-log", "stats.txt", ...WEB], 1, /error TG8501 there is no line of an access log/],
      [["--stats", "stats.txt", "--config-dump", "stats.json"], 1, /error TG8501 this is no config dump/],
      [["--stats", "stats.txt"], 1, /error TG8502 nothing says the namespace/],
      [["--stats", "stats.txt", "-n", "shop"], 1, /error TG8502 nothing says the labels/],
      [
        ["--stats", "stats.txt", "--config-dump", join(folder, "gateway.json")],
        1,
        /error TG8506 the proxy is a router/,
      ],
      [["--stats", "nowhere.txt", ...WEB], 3, /error TG1001/],
      [WEB, 2, /give --stats or --access-log/],
      [["--stats", "-", "--access-log", "-", ...WEB], 2, /only one file can be standard input/],
    ];
    for (const [args, exitCode, message] of cases) {
      const ran = await scope(...args);
      assert.deepEqual({ exitCode: ran.exitCode, out: ran.out }, { exitCode, out: "" }, args.join(" "));
      assert.match(ran.err, message);
    }
  });
});

const TEXT_LOG = `[pod/web-1/istio-proxy] 2026-11-21T09:00:00.000Z info Envoy proxy is ready
[2026-11-21T09:00:01.000Z] "GET /a HTTP/1.1" 200 - via_upstream - "-" 0 5 2 1 "-" "x" "outbound|1||spoof.bank.svc.cluster.local" "pay.example" "10.0.0.9:80" outbound|80||b.bank.svc.cluster.local 10.0.0.1:5 10.1.0.1:80 10.0.0.1:6 - default
[2026-11-22T10:00:01.000Z] "- - -" 0 - - - "-" 7 5 2 - "-" "-" "-" "-" "1.2.3.4:443" PassthroughCluster 10.0.0.1:5 1.2.3.4:443 10.0.0.1:6 db.example -
[2026-11-22T10:00:02.000Z] "GET / HTTP/1.1" 404 NR route_not_found - "-" 0 0 0 - "-" "x" "1" "nowhere" "-" - - 10.1.0.1:80 10.0.0.1:6 - -
`;

describe("tidegate scope --access-log", () => {
  it("reads Istio's text and JSON, and what clients say only where it belongs", async () => {
    const json = TEXT_LOG.split("\n").flatMap((line) => {
      const [, authority, upstream_cluster, requested_server_name] =
        /"([^"]*)" "[^"]*" ([^\s"]+) \S+ \S+ \S+ (\S+) \S+$/.exec(line) ?? [];
      const start_time = /\[(2026[^\]]*)\]/.exec(line)?.[1];
      return authority ? [JSON.stringify({ authority, upstream_cluster, requested_server_name, start_time })] : [];
    });
    for (const text of [TEXT_LOG, json.join("\n")]) {
      writeFileSync(join(folder, "access.log"), text);
      const { exitCode, out, err } = await scope("--access-log", join(folder, "access.log"), ...WEB);
      assert.equal(exitCode, 0, err);
      assert.match(out, /bank\/b\.bank\.svc\.cluster\.local # port 80\n/);
      assert.doesNotMatch(out, /spoof/);
      assert.match(err, /\(PassthroughCluster\), such as db\.example\./);
      assert.doesNotMatch(err, /are all that was observed/, "more than a day");
    }
  });
});

describe("whatever is in the files", () => {
  const said = { namespace: "shop", workload: { app: "web" } };
  const scraps = fc.constantFrom(
    "cluster.",
    "outbound|80||a.b.svc.cluster.local",
    ";.upstream_rq_total",
    ": 5",
    "\n",
    "::",
    "rq_total",
    '{"stats":[',
    "{",
    "}",
    '{"name":',
    "null",
    '"',
    "istio_requests_total{",
    'reporter="source"',
    "server.uptime: 1e999",
    "[2026",
    "PassthroughCluster",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(scraps, { maxLength: 12 }).map((parts) => parts.join("")),
    fc.json(),
  );

  it("has findings or a Sidecar, and throws nothing", () => {
    fc.assert(
      fc.property(text, text, text, (stats, logs, dump) => {
        const { sidecar, findings } = scopeOf(
          { stats: [{ file: "s", text: stats }], logs: [{ file: "l", text: logs }], dump: { file: "d", text: dump } },
          said,
        );
        assert.ok(sidecar || findings.some(({ severity }) => severity === "error"));
      }),
      { numRuns: 1000, seed: 20261122 },
    );
  });

  it("any value anywhere in a dump throws nothing", () => {
    const dump = readFileSync(DUMP, "utf8");
    const stats = readFileSync(join(FIXTURES, "stats.txt"), "utf8");
    const cut = fc.tuple(fc.nat(dump.length), fc.constantFrom("null", "[]", '"x"', "{}", "7"));
    fc.assert(
      fc.property(cut, ([at, value]) => {
        const changed =
          dump.slice(0, at) + dump.slice(at).replace(/: (\{\}|"[^"]*"|\d+|true|false|\[\])/, `: ${value}`);
        scopeOf({ stats: [{ file: "s", text: stats }], logs: [], dump: { file: "d", text: changed } }, said);
      }),
      { numRuns: 200, seed: 20261122 },
    );
  });

  it("a name of a cluster is read only when it is one, whatever it says", () => {
    const host = fc.stringMatching(/^[a-z][a-z0-9.-]{0,40}[a-z0-9]$/);
    fc.assert(
      fc.property(host, fc.integer({ min: 0, max: 65_535 }), (name, port) => {
        assert.deepEqual(outboundOf(`outbound|${port}|v1|${name};`), { port, host: name });
      }),
    );
    for (const no of [
      "outbound|80||",
      "outbound|x||a",
      "outbound|80|a",
      "inbound|80||a",
      "outbound|99999||a",
      "outbound|80||a b",
    ])
      assert.equal(outboundOf(no), undefined, no);
  });
});

/** The fields that are proposed, after istio.io/api networking/v1 Sidecar; nothing else may be there. */
const SIDECAR = {
  type: "object",
  additionalProperties: false,
  required: ["apiVersion", "kind", "metadata", "spec"],
  properties: {
    apiVersion: { const: "networking.istio.io/v1" },
    kind: { const: "Sidecar" },
    metadata: {
      type: "object",
      additionalProperties: false,
      required: ["name", "namespace"],
      properties: {
        name: { type: "string", pattern: "^[a-z0-9]" },
        namespace: { type: "string", pattern: "^[a-z0-9]" },
      },
    },
    spec: {
      type: "object",
      additionalProperties: false,
      required: ["egress"],
      properties: {
        workloadSelector: {
          type: "object",
          additionalProperties: false,
          required: ["labels"],
          properties: { labels: { type: "object", additionalProperties: { type: "string", maxLength: 63 } } },
        },
        egress: {
          type: "array",
          minItems: 1,
          items: {
            type: "object",
            additionalProperties: false,
            required: ["hosts"],
            properties: {
              hosts: {
                type: "array",
                items: { type: "string", pattern: "^(\\.|\\*|~|[a-z0-9-]+)/(\\*|(\\*\\.)?[a-z0-9_.-]+)$" },
              },
            },
          },
        },
        outboundTrafficPolicy: {
          type: "object",
          additionalProperties: false,
          properties: { mode: { enum: ["ALLOW_ANY", "REGISTRY_ONLY"] } },
        },
      },
    },
  },
};
