import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type HeaderList, type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { fixture } from "../support/fixture.js";

let module: PluginModule;
before(async () => {
  module = await fixture("runtime/wrappers");
});

async function start(proxy = new Proxy()) {
  const vm = await proxy.createVm(module, { vmId: "test" });
  const plugin = vm.startPlugin();
  const ask = (operation: string, headers: HeaderList = []) => {
    const stream = plugin.openStream();
    const path: HeaderList = [[":path", "/path"]];
    const outcome = stream.requestHeaders([...path, ["x-op", operation], ...headers], true);
    const answer = Buffer.from(stream.localResponse?.body ?? []).toString();
    stream.close();
    return { answer, outcome };
  };
  return { proxy, vm, plugin, ask };
}

describe("a header", () => {
  test("is found, empty, absent or failed, and these differ", async () => {
    const { proxy, ask } = await start();
    assert.equal(ask("read", [["x-subject", "v"]]).answer, "Found(v)");
    assert.equal(ask("read", [["x-subject", ""]]).answer, "Empty");
    assert.equal(ask("read").answer, "Absent");
    proxy.faults.inject({ call: "proxy_get_header_map_value", status: Status.InternalFailure, after: 1 });
    assert.equal(ask("read", [["x-subject", "v"]]).answer, "Failed");
  });

  test("is fetched once in a callback, however often it is read, until it is written", async () => {
    const { ask } = await start();
    const read = ask("read twice", [["x-subject", "v"]]);
    assert.equal(read.answer, "Found(v)Found(v)");
    assert.equal(read.outcome.counts.hostCalls["proxy_get_header_map_value"], 2); // x-op and x-subject
    assert.equal(ask("write and read", [["x-subject", "v"]]).answer, "Found(value)");
    assert.equal(ask("remove and read", [["x-subject", "v"]]).answer, "Absent");
    assert.equal(ask("rewrite and read", [["x-subject", "v"]]).answer, "Found(v)Found(value)");
  });

  test("is fetched again when the callback turns to another stream", async () => {
    const { plugin, ask } = await start();
    plugin.openStream().requestHeaders([[":path", "/"], ["x-op", "wait"], ["x-subject", "theirs"]], true); // prettier-ignore
    assert.equal(ask("read elsewhere", [["x-subject", "mine"]]).answer, "Found(mine)Found(theirs)");
  });

  test("repeats are there in the pairs of the map", async () => {
    const { ask } = await start();
    const { answer } = ask("pairs", [["a", "1"], ["a", "2"], ["b", ""]]); // prettier-ignore
    assert.equal(answer, ":path=/path;x-op=pairs;a=1;a=2;b=;");
  });
});

test("a property is found or absent", async () => {
  const { ask } = await start();
  assert.equal(ask("property").answer, "Found(/path)");
  assert.equal(ask("no property").answer, "Absent");
});

test("the monotonic clock and the wall clock are two clocks", async () => {
  const { proxy, ask } = await start();
  const read = () => ask("clocks").answer.split(" ").map(BigInt) as [bigint, bigint];
  const [monotonic, wall] = read();
  proxy.clock.advanceMs(5);
  proxy.clock.stepWallMs(-1000);
  const [monotonicLater, wallLater] = read();
  assert.equal(monotonicLater - monotonic, 5_000_000n);
  assert.equal(wallLater - wall, -995_000_000n);
  proxy.faults.inject({ call: "clock_time_get", status: 76 });
  proxy.faults.inject({ call: "proxy_get_current_time_nanoseconds", status: Status.InternalFailure });
  assert.equal(ask("clocks").answer, "0 0");
});

test("random bytes come from the host, or it says that they did not", async () => {
  const { proxy, ask } = await start();
  assert.equal(ask("random").answer, "true true");
  proxy.faults.inject({ call: "random_get", status: 76 });
  assert.equal(ask("random").answer, "false false");
});

test("shared data: a compare-and-set loses against a write in between", async () => {
  const { ask } = await start();
  assert.equal(ask("shared").answer, `Absent ${Status.Ok} ${Status.CasMismatch} Found(v)`);
});

test("a foreign function answers, or is absent", async () => {
  const { ask } = await start();
  assert.equal(ask("foreign").answer, "Empty");
  assert.equal(ask("no foreign").answer, "Absent");
});

test("counters wait in memory for the flush, and what the host refuses is not lost", async () => {
  const { proxy, plugin, ask } = await start();
  assert.equal(ask("count").answer, `${Status.Ok} 5`);
  assert.equal(proxy.metrics.value("test_counter"), 0);
  const fault = proxy.faults.inject({ call: "proxy_increment_metric", status: Status.InternalFailure });
  plugin.tick();
  assert.equal(proxy.metrics.value("test_counter"), 0);
  fault.remove();
  plugin.tick();
  plugin.tick();
  assert.equal(proxy.metrics.value("test_counter"), 3);
});

test("an HTTP call is sent as prepared, and its answer or failure reaches the root context", async () => {
  const { proxy, ask } = await start();
  assert.equal(ask("call").answer, `${Status.Ok} true`);
  assert.equal(ask("call").answer, `${Status.Ok} true`);
  const [first, second] = proxy.httpCalls;
  assert.equal(first!.cluster, "cluster");
  assert.equal(first!.timeoutMs, 500);
  assert.deepEqual(first!.headers, [[":method", "GET"], [":path", "/"], [":authority", "cluster"]]); // prettier-ignore
  const token = first!.token;
  first!.respond({ headers: [["a", "b"]], body: "12345" });
  assert.equal(proxy.logs.at(-1)?.message, `answered token=${token} headers=2 body=5`);
  second!.fail();
  assert.match(proxy.logs.at(-1)!.message, /^answered token=\d+ headers=0 body=0$/);
});

test("an HTTP call to a cluster that is not there says so", async () => {
  const { ask } = await start(new Proxy({ clusters: ["other"] }));
  assert.equal(ask("call").answer, `${Status.BadArgument} false`);
});

test("a log line stays one line, and the level is known", async () => {
  const { proxy, ask } = await start();
  assert.equal(ask("log").answer, "false true");
  assert.deepEqual(proxy.logs.at(-1), { level: "warn", message: "one\\x0aline \\x1b[2J", vm: 0 });
});

test("a failed check of the runtime says what and where, and ends the VM", async () => {
  const { proxy, vm, ask } = await start();
  const { outcome } = ask("no such operation");
  assert.equal(outcome.failed, "wasm_fail_stream");
  assert.ok(vm.trapped);
  const line = proxy.logs.find(({ level }) => level === "critical");
  assert.match(line!.message, /^abort: Index out of range at ~lib\/array\.ts:\d+:\d+$/);
});

test("garbage that callbacks leave behind is collected: memory stays flat", async () => {
  const { vm, ask } = await start();
  for (let i = 0; i < 10_000; i++) ask("read", [["x-subject", `v${i}`]]);
  const warm = vm.memoryBytes;
  for (let i = 0; i < 50_000; i++) ask("read", [["x-subject", `v${i}`]]);
  assert.equal(vm.memoryBytes, warm);
});
