import assert from "node:assert/strict";
import fc from "fast-check";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse } from "yaml";
import { Places } from "../../tools/rollout/place.js";
import { isAddress, isLoopback } from "../../tools/rollout/admin.js";
import { readStats } from "../../tools/rollout/stats.js";
import { isGood, statusOf } from "../../tools/rollout/status.js";
import { statusText } from "../../tools/rollout/status-text.js";
import { type Ran, tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-status-"));
after(() => rmSync(folder, { recursive: true }));

const PROXIES = 10_000;
const nodeIds = Array.from(
  { length: PROXIES },
  (_, i) => `sidecar~10.0.${i >> 8}.${i & 255}~reviews-${i}.shop~shop.svc`,
);

describe("places of proxies", () => {
  it("give shares within five deviations of what they should be, and only grow", () => {
    for (const salt of ["2026-11-limits", "a", "reviews-e96fdc6e"]) {
      const places = new Places(salt);
      let before = new Set<string>();
      for (const percent of [0, 0.5, 10, 33.33, 50, 99.99, 100]) {
        const taken = new Set(nodeIds.filter((id) => places.isWithin(id, percent)));
        const share = percent / 100;
        const deviation = Math.sqrt(PROXIES * share * (1 - share));
        assert.ok(Math.abs(taken.size - PROXIES * share) <= 5 * deviation, `${salt}: ${taken.size} at ${percent} %`);
        for (const id of before) assert.ok(taken.has(id), `${id} went at ${percent} %`);
        before = taken;
      }
    }
  });

  it("have nothing to do with those of another salt", () => {
    const [one, other] = [new Places("2026-11-limits"), new Places("2026-12-limits")];
    const both = nodeIds.filter((id) => one.isWithin(id, 50) && other.isWithin(id, 50)).length;
    assert.ok(Math.abs(both - PROXIES / 4) <= 5 * Math.sqrt((PROXIES * 3) / 16), `${both}`);
  });
});

const TEXT = `cluster.a.upstream_cx_total: 3
wasmcustom.rollout=.=2026-11-limits;.;tidegate_ratelimit_rollout_state: 2
wasmcustom.rollout=.=2026-11-limits;.;tidegate_ratelimit_rollout_reverts_total: 0
wasmcustom.rule=.=all;.;tidegate_ratelimit_rejected_total: 7
cluster.a.upstream_rq_time: P0(nan,1.0) P25(nan,1.025) P100(nan,3.1)
`;
const STATE = { plugin: "ratelimit", salt: "2026-11-limits", kind: "state", value: 2 };
const REVERTS = { ...STATE, kind: "reverts", value: 0 };

describe("statistics of Envoy", () => {
  it("are read in each form", () => {
    assert.deepEqual(readStats(TEXT), [STATE, REVERTS]);
    const stats = TEXT.split("\n").flatMap((line) => (/^(w.*): (\d+)$/.exec(line) ?? []).slice(1)).reduce<object[]>((all, part, i, parts) => (i % 2 ? [...all, { name: parts[i - 1], value: Number(part) }] : all), []); // prettier-ignore
    assert.deepEqual(readStats(JSON.stringify({ stats: [...stats, { histograms: {} }, { name: "a", value: "Text" }] })), [STATE, REVERTS]); // prettier-ignore
    const tagged = `# TYPE tidegate_ratelimit_rollout_state gauge
tidegate_ratelimit_rollout_state{rollout="2026-11-limits"} 2
envoy_server_live{} 1
tidegate_ratelimit_rollout_reverts_total{local="a",rollout="2026-11-limits"} 0 1763770000
`;
    assert.deepEqual(readStats(tagged), [STATE, REVERTS]);
    const untagged = "rollout___2026_11_limits___tidegate_ratelimit_rollout_state{} 2\n";
    assert.deepEqual(readStats(untagged), [{ ...STATE, salt: "2026_11_limits" }]);
    assert.deepEqual(readStats(""), []);
    for (const other of ["hello", "{", "[]", '{"a": 1}', "<html>"]) assert.equal(readStats(other), undefined, other);
  });

  it("are read or not, whatever the text", () => {
    const part = fc.constantFrom("rollout=.=", "a", ";.;", "tidegate_", "_rollout_state", ": ", "1", "\n", "{", '"', "rollout=", "}", " "); // prettier-ignore
    const text = fc.oneof(
      fc.string(),
      fc.array(part).map((parts) => parts.join("")),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (given) => {
        const stats = readStats(given) ?? [];
        const status = statusOf([{ proxy: given, stats }]);
        assert.equal(status.proxies.total, 1);
        assert.doesNotMatch(statusText(status), /undefined|NaN/);
      }),
      { numRuns: 3000 },
    );
  });
});

const stat = (plugin: string, value: number, reverts = 0): ReturnType<typeof readStats> & object => [
  { plugin, salt: "s", kind: "state", value },
  { plugin, salt: "s", kind: "reverts", value: reverts },
];
const WANTED = { percent: 50, salt: "s", plugins: ["a"] };

describe("the status of a rollout", () => {
  const good = (...values: [number, number?][]): boolean =>
    isGood(statusOf(values.map(([value, reverts], i) => ({ proxy: `p${i}`, stats: stat("a", value, reverts) })), WANTED)); // prettier-ignore

  it("is good unless a proxy went back, says nothing, or is where it should not be", () => {
    assert.equal(good([0], [1], [2]), true);
    assert.equal(good([0], [3]), false);
    assert.equal(good([0, 1]), false);
    assert.equal(good([0], [7]), false);
    assert.equal(isGood(statusOf([], WANTED)), false);
    assert.equal(isGood(statusOf([{ proxy: "p", stats: stat("b", 2) }], WANTED)), false);
    assert.equal(isGood(statusOf([{ proxy: "p", stats: stat("b", 2) }])), true);
    const side = (value: number, expected: "stable" | "new"): boolean =>
      isGood(statusOf([{ proxy: "p", stats: stat("a", value) }], WANTED, expected));
    assert.deepEqual([side(0, "stable"), side(1, "stable"), side(2, "stable")], [true, false, false]);
    assert.deepEqual([side(0, "new"), side(1, "new"), side(2, "new")], [false, true, true]);
  });

  it("is on the side that the node id says", () => {
    const places = new Places("s");
    for (let i = 0; i < 20; i++) {
      const nodeId = `proxy-${i}`;
      const status = (value: number): boolean =>
        isGood(statusOf([{ proxy: nodeId, nodeId, stats: stat("a", value) }], WANTED));
      assert.equal(status(2), places.isWithin(nodeId, 50), nodeId);
      assert.equal(status(0), !places.isWithin(nodeId, 50), nodeId);
    }
  });

  it("is a table, and a sentence", () => {
    const proxies = [
      { proxy: "one", stats: [...stat("ratelimit", 2), ...stat("canary", 2)] },
      { proxy: "two\u001b[2J", stats: stat("ratelimit", 0) },
      { proxy: "three", stats: stat("ratelimit", 3, 1) },
      { proxy: "four", stats: [] },
      { proxy: "five", stats: stat("ratelimit", 1) },
    ];
    assert.equal(
      statusText(statusOf(proxies)),
      `proxy    plugin     salt  state      reverts
one      canary     s     new        0
one      ratelimit  s     new        0
two\\u001b[2J  ratelimit  s     stable     0
three    ratelimit  s     reverted   1
four     -          -     missing    0
five     ratelimit  s     measuring  0

1 of 5 proxies has the new configuration (20 percent); 1 still measures the stable one; 1 reverted; 1 says nothing of it.
`,
    );
  });

  it("counts one proxy as one", () => {
    const text = statusText(statusOf([{ proxy: "one", stats: stat("canary", 0) }]));
    assert.match(text, /\n\n0 of 1 proxy has the new configuration \(0 percent\)\.\n$/);
  });
});

const POLICY = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews }
spec:
  workload: { labels: { app: reviews } }
  plugins: [{ name: ratelimit, config: { rules: [{ name: all, quota: { requests: 10, per: second } }] } }]
  rollout: { percent: 50, salt: 2026-11-limits, stable: { plugins: [] } }
`;

describe("rollout status", () => {
  let server: Server;
  let address: string;
  let nodeId = "proxy-0";
  before(async () => {
    server = createServer((request, response) => {
      const isInfo = request.url === "/server_info";
      response.end(isInfo ? JSON.stringify({ node: { id: nodeId } }) : TEXT);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const status = (args: string[], files: Record<string, string> = {}): Promise<Ran> => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return tidegate(["rollout", "status", ...args], { cwd: folder });
  };

  it("reads files, and calls proxies by their names", async () => {
    const ran = await status(["--stats", "reviews-1.txt", "b.prom"], { "reviews-1.txt": TEXT, "b.prom": "a 1\n" });
    assert.equal(ran.exitCode, 1);
    assert.match(ran.out, /^reviews-1 +ratelimit +2026-11-limits +new +0$/m);
    assert.match(ran.out, /^b +- +- +missing +0$/m);
    assert.equal((await status(["--stats", "reviews-1.txt"])).exitCode, 0);
  });

  it("asks Envoys, and knows where they should be", async () => {
    const places = new Places("2026-11-limits");
    for (let i = 0; i < 8; i++) {
      nodeId = `proxy-${i}`;
      const { exitCode, out } = await status(["-f", "p.yaml", "--admin", address], { "p.yaml": POLICY });
      assert.equal(exitCode, places.isWithin(nodeId, 50) ? 0 : 1, nodeId);
      assert.match(
        out,
        new RegExp(`^${nodeId} +ratelimit +2026-11-limits +new${exitCode === 0 ? "" : ", not stable"} +0$`, "m"),
      );
    }
  });

  it("prints JSON and YAML", async () => {
    const { out } = await status(["--stats", "reviews-1.txt", "-o", "json"]);
    assert.deepEqual(parse((await status(["--stats", "reviews-1.txt", "-o", "yaml"])).out), JSON.parse(out));
    const row = { proxy: "reviews-1", plugin: "ratelimit", salt: "2026-11-limits", state: "new", reverts: 0 };
    assert.deepEqual((JSON.parse(out) as { rows: object[] }).rows, [row]);
  });

  it("prints YAML that readers of YAML 1.1 understand, too", async () => {
    const { out } = await status(["--stats", "no.txt", "-o", "yaml"], { "no.txt": TEXT });
    const { rows } = parse(out, { version: "1.1" }) as { rows: { proxy: unknown }[] };
    assert.deepEqual(
      rows.map(({ proxy }) => proxy),
      ["no"],
    );
  });

  it("waits for those that measure, if told to", async () => {
    const measuring = TEXT.replace("state: 2", "state: 1");
    assert.equal((await status(["--stats", "m.txt"], { "m.txt": measuring })).exitCode, 0);
    assert.equal((await status(["--stats", "m.txt", "--settled"])).exitCode, 1);
  });

  it("asks nobody else's machine unless told to, and says what cannot be read", async () => {
    assert.equal((await status(["--admin", "192.0.2.1:15000"])).exitCode, 2);
    assert.equal((await status(["--admin", "x"])).exitCode, 2);
    assert.equal((await status([])).exitCode, 2);
    assert.equal((await status(["--stats", "nowhere.txt"])).exitCode, 3);
    assert.equal((await status(["--stats", "html.txt"], { "html.txt": "<html>" })).exitCode, 3);
    const refused = await status(["--admin", "127.0.0.1:1"]);
    assert.deepEqual([refused.exitCode, refused.err.split("\n").length], [3, 2]);
    assert.deepEqual(["127.0.0.1:1", "[::1]:1", "localhost:1", "10.0.0.1:1", "127.0.0.1.nip.io:1"].map(isLoopback), [true, true, true, false, false]); // prettier-ignore
    assert.deepEqual(["a:1", "[::1]:15000", "a", "a:b", "a/b:1", "u@h:1"].map(isAddress), [true, true, false, false, false, false]); // prettier-ignore
  });
});
