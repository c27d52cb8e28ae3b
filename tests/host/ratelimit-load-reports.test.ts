import fc from "fast-check";
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList, PluginModule } from "../../tools/host/index.js";
import { ConditionsRig, type LoadReportsConfig } from "../support/conditions.js";
import { pluginModule } from "../support/plugin-module.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);
const UNREAD = "tidegate_ratelimit_load_reports_unread_total";

let module: PluginModule;
before(async () => {
  module = await pluginModule("ratelimit");
});

/** A plugin whose quota is halved while an expression is true. */
function start(when: string, loadReports?: LoadReportsConfig): Promise<ConditionsRig> {
  const condition = { name: "c", when, hold: "1s", ramp: "0s", then: { percent: 50 } };
  return ConditionsRig.start(module, [condition], loadReports);
}

const report = (text: string): HeaderList => [["endpoint-load-metrics", text]];

/** Bytes of a field of 64 bits in protobuf. */
function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

/** Bytes of an entry of a map of texts and numbers. */
function entry(field: number, key: string, value: number): Buffer {
  const inner = Buffer.concat([Buffer.from([10, key.length]), Buffer.from(key), double(2, value)]);
  return Buffer.concat([Buffer.from([(field << 3) | 2, inner.length]), inner]);
}

const PROTOBUF = Buffer.concat([double(1, 0.9), entry(8, "queue", 12)]).toString("base64");

describe("a load report", () => {
  for (const [form, headers] of [
    ["text", report("TEXT cpu_utilization=0.9, named_metrics.queue=12")],
    ["JSON", report('JSON {"cpu_utilization":0.9,"named_metrics":{"queue":12}}')],
    ["protobuf", report(`BIN ${PROTOBUF}`)],
    ["a header of protobuf", [["endpoint-load-metrics-bin", PROTOBUF]]],
  ] as [string, HeaderList][]) {
    test(`in ${form} is what conditions on load are about`, async () => {
      const rig = await start("load.cpu > 80% and load.named.queue >= 12");
      rig.load(5);
      assert.equal(rig.active("c"), false);
      rig.load(5, { headers });
      assert.equal(rig.active("c"), true);
      rig.load(5, { headers: report("TEXT cpu_utilization=0.1, named_metrics.queue=0") });
      assert.equal(rig.active("c"), false);
      assert.equal(rig.proxy.metrics.value(UNREAD), 0);
    });
  }

  test("in gRPC's trailers counts as one in headers", async () => {
    const rig = await start("load.cpu > 80%", { strip: true });
    const stream = rig.send({
      trailers: [
        ["grpc-status", "0"],
        ["endpoint-load-metrics-bin", PROTOBUF],
      ],
    });
    assert.deepEqual(stream.response.trailers, [["grpc-status", "0"]]);
    assert.equal(rig.active("c"), true);
  });

  test("of one endpoint of many does not throttle all; of one of two it does", async () => {
    const rig = await start("load.cpu > 80%");
    const all = (hot: number, of: number) => {
      for (let i = 0; i < of; i++) {
        rig.send({
          headers: report(`TEXT cpu_utilization=${i < of - hot ? 0.3 : 0.9}`),
          address: `10.0.0.${i}:80`,
        });
      }
    };
    all(1, 8);
    assert.equal(rig.active("c"), false);
    all(3, 8);
    assert.equal(rig.active("c"), true);
    rig.pass(15_000);
    all(1, 2);
    assert.equal(rig.active("c"), true);
  });

  test("is unknown after 10 s, so that the condition ends", async () => {
    const rig = await start("load.cpu > 80%");
    rig.send({ headers: report("TEXT cpu_utilization=0.9") });
    for (let i = 0; i < 9; i++) {
      assert.equal(rig.active("c"), true, `after ${i + 1} s`);
      rig.send();
    }
    rig.pass(3000);
    assert.equal(rig.active("c"), false);
  });

  test("reaches clients unless it is stripped", async () => {
    const headers: HeaderList = [...report("TEXT cpu_utilization=0.9"), ["x-other", "1"]];
    const names = (rig: ConditionsRig) => rig.send({ headers }).response.headers.map(([name]) => name);
    assert.deepEqual(names(await start("load.cpu > 80%")), [":status", "endpoint-load-metrics", "x-other"]);
    assert.deepEqual(names(await start("load.cpu > 80%", { strip: true })), [":status", "x-other"]);
    assert.deepEqual(names(await start("rps > 5", { strip: true })), [":status", "x-other"]);
    headers.push(["endpoint-load-metrics-bin", "CQAAAAAAAOA/"], ["endpoint-load-metrics", "TEXT cpu_utilization=1"]);
    assert.deepEqual(names(await start("load.cpu > 80%", { strip: true })), [":status", "x-other"], "two forms, twice");
  });

  test("is asked for when configured", async () => {
    const asked = (rig: ConditionsRig) =>
      rig.send().request.headers.filter(([name]) => name === "endpoint-load-metrics-format");
    assert.deepEqual(asked(await start("load.cpu > 80%")), []);
    const rig = await start("load.cpu > 80%", { request_format: "JSON" });
    assert.deepEqual(asked(rig), [["endpoint-load-metrics-format", "JSON"]]);
  });

  test("is not looked for when no expression is about it", async () => {
    const rig = await start("rps > 5");
    const stream = rig.plugin.openStream();
    stream.requestHeaders([[":path", "/"]], true);
    const { hostCalls } = stream.responseHeaders([[":status", "200"]], true).counts;
    assert.equal(hostCalls["proxy_get_header_map_value"], 1, "the status alone");
    stream.close();
  });

  test("that is none is counted, and changes nothing", async () => {
    const rig = await start("load.cpu > 80%");
    rig.send({ headers: report("TEXT cpu_utilization=high") });
    rig.send({ headers: report("TEXT " + "eps=1,".repeat(1000) + "cpu_utilization=0.9") });
    rig.send({ headers: report("BIN ????") });
    assert.equal(rig.active("c"), false);
    assert.equal(rig.proxy.metrics.value(UNREAD), 3);
  });
});

describe("load reports of any bytes", () => {
  const good = [
    "TEXT cpu_utilization=0.9,named_metrics.queue=1",
    `BIN ${PROTOBUF}`,
    'JSON {"cpuUtilization":"0.9","x":[{}]}',
  ];
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString("latin1"));
  const encoded = fc.uint8Array({ maxLength: 60 }).map((array) => `BIN ${Buffer.from(array).toString("base64")}`);
  const changed = fc.tuple(fc.constantFrom(...good), fc.nat(50), bytes).map(([text, at, by]) => {
    return text.slice(0, at) + by.slice(0, 3) + text.slice(at + 2);
  });

  test("never end the VM, take no memory, and move no quota out of bounds", async () => {
    const rig = await start("load.cpu > 80% or load.named.queue < 0 or load.utilization.gpu > load.cpu", {
      strip: true,
    });
    rig.load(20, { headers: report(good[0]!) });
    const before = rig.plugin.vm.memoryBytes;
    let sent = 0;
    fc.assert(
      fc.property(fc.oneof(bytes, encoded, changed), fc.boolean(), (text, trailers) => {
        const list: HeaderList = [
          ["endpoint-load-metrics", text],
          ["endpoint-load-metrics-bin", text.slice(4)],
        ];
        const stream = rig.send(trailers ? { trailers: list, ms: 20 } : { headers: list, ms: 20 });
        assert.equal(stream.localResponse, undefined);
        sent++;
      }),
      { numRuns: 20_000, seed: SEED },
    );
    assert.ok(sent >= 20_000);
    assert.equal(rig.plugin.vm.trapped, undefined);
    assert.equal(rig.plugin.vm.memoryBytes, before);
  });
});
