import fc from "fast-check";
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { type PluginModule, Proxy, Status } from "../../tools/host/index.js";
import { parseList } from "../../tools/lists/list-file.js";
import { FETCH, FetchingProxy } from "../support/fetched-list.js";
import { fixture } from "../support/fixture.js";

const SEED = Number(process.env["TIDEGATE_FUZZ_SEED"] ?? 20261121);

let module: PluginModule;
before(async () => {
  module = await fixture("canary/fetched-list");
});

/** Two workers that have a list of 42, alice and a range. */
async function withList(config = FETCH): Promise<FetchingProxy> {
  const rig = await FetchingProxy.start(module, 2, config);
  rig.seconds(1);
  rig.answer("# testers\r\n42\r\nalice\r\n1000-1999\r\n", '"e1"');
  assert.deepEqual(rig.has("42"), [true, true]);
  return rig;
}

describe("a fetched list", () => {
  test("is asked for by one worker at its first tick, as configured", async () => {
    const rig = await FetchingProxy.start(module, 3);
    assert.deepEqual(rig.has("42"), [false, false, false]);
    assert.equal(rig.isCalling, false);
    rig.seconds(1);
    assert.deepEqual([rig.call.cluster, rig.call.timeoutMs], ["lists", 5000]);
    assert.deepEqual(rig.call.headers, [
      [":method", "GET"],
      [":authority", "lists.test"],
      [":path", "/testers.txt"],
      ["accept", "text/plain"],
    ]);
    rig.answer("42\nalice\n1000-1999\n");
    assert.deepEqual(
      ["42", "alice", "1500", "43", "999", ""].map((id) => rig.has(id)),
      [
        [true, true, true],
        [true, true, true],
        [true, true, true],
        [false, false, false],
        [false, false, false],
        [false, false, false],
      ],
    );
    assert.deepEqual(rig.fetches, { new: 1 });
    assert.equal(rig.metric("tidegate_canary_list_ids"), 3);
    assert.deepEqual(rig.logs, ["info canary: list testers: 3 ids"]);
  });

  test("is asked for again by its ETag, and its age begins anew with each answer", async () => {
    const rig = await withList();
    rig.seconds(40);
    assert.equal(rig.metric("tidegate_canary_list_age_seconds"), 42);
    const passed = 42 + rig.untilCall();
    assert.ok(passed >= 53 && passed <= 67, `${passed}`);
    assert.deepEqual(rig.call.headers.at(-1), ["if-none-match", '"e1"']);
    rig.call.respond({ headers: [[":status", "304"]] });
    rig.seconds(1);
    assert.ok(rig.metric("tidegate_canary_list_age_seconds")! <= 1);
    assert.deepEqual(rig.has("42"), [true, true]);
    assert.deepEqual(rig.fetches, { new: 1, unchanged: 1 });
    rig.untilCall();
    rig.answer("7");
    assert.deepEqual(
      [rig.has("42"), rig.has("7")],
      [
        [false, false],
        [true, true],
      ],
    );
  });

  test("stays when a fetch fails, and who looks hears of it once", async () => {
    const rig = await withList({ ...FETCH, max_bytes: 100, max_ids: 2 });
    rig.untilCall();
    rig.call.respond({ headers: [[":status", "503"]], body: "no" });
    const answers = [
      { body: "43\n44\n45\n", said: "too_many_ids" },
      { body: "43\n9-1\n", said: "bad_line" },
      { body: "", said: "blank" },
      { body: "4".repeat(101), said: "too_large" },
      { body: "43", headers: [["content-type", "text/html"]] as [string, string][], said: "bad_type" },
      { body: "43", headers: [["content-encoding", "gzip"]] as [string, string][], said: "bad_type" },
    ];
    for (const { body, headers = [] } of answers) {
      rig.untilCall();
      rig.call.respond({ body, headers });
      rig.seconds(1);
    }
    rig.untilCall();
    rig.call.fail();
    rig.untilCall();
    rig.seconds(5); // Envoy answers 504 when the time is over
    assert.deepEqual(rig.has("42"), [true, true]);
    assert.deepEqual(rig.has("43"), [false, false]);
    assert.deepEqual(rig.fetches, {
      new: 1,
      unreachable: 1,
      bad_status: 2,
      bad_type: 2,
      blank: 1,
      too_large: 1,
      bad_line: 1,
      too_many_ids: 1,
    });
    rig.untilCall();
    rig.answer("42\n43");
    assert.deepEqual(rig.has("43"), [true, true]);
    assert.deepEqual(rig.logs.slice(1), [
      "warn canary: list testers: fetched with status 503; the last good list stays",
      "info canary: list testers: 2 ids",
    ]);
    assert.equal(rig.proxy.metrics.value("tidegate_canary_host_errors_total"), 0);
  });

  test("names the line that is no id, and never the id", async () => {
    const rig = await FetchingProxy.start(module, 2);
    rig.seconds(1);
    rig.answer("42\nsecret\u0007name\n");
    assert.deepEqual(rig.logs, ["warn canary: list testers: line 2 is no id; no id is in it yet"]);
  });

  test("comes late when its cluster does", async () => {
    const rig = await FetchingProxy.start(module, 2, FETCH, new Proxy({ clusters: ["others"] }));
    rig.seconds(20);
    assert.ok(rig.fetches["unreachable"]! >= 4);
    assert.deepEqual(rig.logs, ["warn canary: list testers: not fetched: unreachable; no id is in it yet"]);
    assert.ok(rig.metric("tidegate_canary_list_age_seconds")! >= 19);
  });

  test("is there at once for a worker that is configured later", async () => {
    const rig = await withList();
    await rig.add(module);
    assert.deepEqual(rig.has("alice"), [true, true, true]);
    rig.seconds(5);
    assert.equal(rig.isCalling, false);
  });

  test("of many ids is built in parts, in the memory of two lists however often it changes", async () => {
    const rig = await FetchingProxy.start(module, 2);
    const ids = (from: number): string =>
      Array.from({ length: 150_000 }, (_, index) => String(10_000_000 * from + index)).join("\n");
    const sizes: number[] = [];
    for (let round = 1; round <= 5; round++) {
      rig.untilCall();
      rig.answer(ids(round));
      const last = String(10_000_000 * round + 149_999);
      if (round > 1) assert.deepEqual(rig.has(last), [false, false]);
      rig.seconds(20);
      assert.deepEqual(rig.has(last), [true, true]);
      assert.deepEqual(rig.has(String(10_000_000 * (round - 1))), [false, false]);
      sizes.push(Math.max(...rig.workers.map(({ vm }) => vm.memory.byteLength)));
    }
    assert.ok(sizes[1]! < 5e6, sizes.join());
    assert.deepEqual(sizes.slice(1), [sizes[1], sizes[1], sizes[1], sizes[1]]);
  });

  test("is another one under another path", async () => {
    const rig = await withList();
    await rig.add(module, { ...FETCH, path: "/others.txt" });
    assert.deepEqual(rig.has("42"), [true, true, false]);
    rig.seconds(1);
    rig.answer("43");
    assert.deepEqual(
      [rig.has("42"), rig.has("43")],
      [
        [true, true, false],
        [false, false, true],
      ],
    );
  });

  test("leaves the texts of few configurations in shared data, however often it is configured anew", async () => {
    const rig = await FetchingProxy.start(module, 0);
    const shared = () =>
      rig.proxy.sharedData.keys().reduce((sum, key) => sum + rig.proxy.sharedData.get("", key)!.value.length, 0);
    const body = Array.from({ length: 20_000 }, (_, i) => `user-${i}`).join("\n");
    const sizes: number[] = [];
    for (let round = 0; round < 8; round++) {
      await rig.add(module, { ...FETCH, path: `/${round}.txt` });
      // The first three follow each other too fast for one to be seen to be abandoned.
      if (round > 2) for (const worker of rig.workers.splice(0, rig.workers.length - 1)) worker.done();
      rig.seconds(1);
      rig.answer(body);
      rig.seconds(round > 2 ? 500 : 1);
      while (rig.isCalling) rig.proxy.httpCalls[0]!.respond({ body });
      rig.seconds(2);
      assert.equal(rig.has("user-19999").at(-1), true);
      sizes.push(shared() / body.length);
    }
    assert.ok(Math.max(...sizes) < 4.1, sizes.join());
    assert.ok(sizes.at(-1)! < 2.1, sizes.join());
  });

  test("stays when shared data fails, whichever call it is", async () => {
    for (const [call, status] of [
      ["proxy_get_shared_data", Status.InternalFailure],
      ["proxy_set_shared_data", Status.InternalFailure],
      ["proxy_get_buffer_bytes", Status.InternalFailure],
      ["proxy_get_header_map_value", Status.InternalFailure],
      ["proxy_http_call", Status.InternalFailure],
    ] as const) {
      const rig = await withList();
      rig.seconds(50);
      const fault = rig.proxy.faults.inject({ call, status });
      for (let second = 0; second < 60; second++) {
        rig.seconds(1);
        while (rig.isCalling) rig.proxy.httpCalls[0]!.respond({ body: "43" });
      }
      assert.ok(fault.hits > 0, call);
      fault.remove();
      for (let second = 0; second < 80 && !rig.has("44")[0]; second++) {
        rig.seconds(1);
        while (rig.isCalling) rig.proxy.httpCalls[0]!.respond({ body: "44" });
      }
      rig.seconds(2);
      assert.deepEqual(rig.has("44"), [true, true], call);
    }
  });
});

test("the text of a list says the same here as in a file that the tool reads", async () => {
  const rig = await FetchingProxy.start(module, 1, { ...FETCH, refresh: "10s" });
  const words = [
    "1",
    "23",
    "-",
    "007",
    "5-7",
    "9-8",
    "alice",
    "#",
    " ",
    "\t",
    "\u0001",
    "é",
    "\ufeff",
    "x".repeat(255),
  ];
  const line = fc.array(fc.constantFrom(...words), { maxLength: 4 }).map((parts) => parts.join(""));
  const text = fc
    .array(line, { maxLength: 6 })
    .chain((lines) => fc.constantFrom("\n", "\r\n").map((end) => lines.join(end)));
  const seen = { good: 0, bad: 0 };
  fc.assert(
    fc.property(text, (body) => {
      fc.pre(body !== ""); // which is a list of nobody in a file, and an accident over HTTP
      const { list, findings } = parseList("list", body);
      const isBad = findings.some(({ code, severity }) => severity === "error" && code !== "TG7003");
      const before = { new: 0, bad_line: 0, ...rig.fetches };
      rig.untilCall();
      rig.answer(body);
      const after = { new: 0, bad_line: 0, ...rig.fetches };
      assert.deepEqual([after.new - before.new, after.bad_line - before.bad_line], isBad ? [0, 1] : [1, 0]);
      seen[isBad ? "bad" : "good"]++;
      if (isBad) return;
      const ids = [...list.texts, ...list.sortedNumbers(), ...list.joinedRanges().flatMap(Object.values)];
      for (const id of ids) assert.deepEqual(rig.has(Buffer.from(String(id)).toString("latin1")), [true], String(id));
      for (const word of ["1", "23", "6", "007", "alice"]) {
        const isRanged = list
          .joinedRanges()
          .some(({ low, high }) => /^[1-9]/.test(word) && +word >= low && +word <= high);
        assert.deepEqual(rig.has(word), [isRanged || ids.map(String).includes(word)], word);
      }
    }),
    { seed: SEED, numRuns: 300 },
  );
  assert.ok(seen.good > 50 && seen.bad > 50, JSON.stringify(seen));
});

test("a tick without a new list costs four host calls and allocates nothing, a fetch of what is unchanged neither", async () => {
  const counting = await fixture("canary/fetched-list", "counting");
  const rig = await FetchingProxy.start(counting, 1);
  rig.untilCall();
  rig.answer("42\nalice", '"e1"');
  const [worker] = rig.workers;
  for (let round = 0; round < 3; round++) {
    rig.seconds(1);
    const { hostCalls, heapAllocations } = worker!.lastTick!;
    const { clock_time_get: clock, proxy_get_shared_data: get, proxy_record_metric: record, ...others } = hostCalls;
    assert.deepEqual([clock, get, record, others, heapAllocations], [1, 1, 2, {}, 0]);
  }
  for (let round = 0; round < 2; round++) {
    rig.untilCall();
    const { heapAllocations } = worker!.lastTick!;
    const answered = rig.call.respond({ headers: [[":status", "304"]] });
    // The first question with an ETag finds its place in the request.
    if (round > 0) assert.deepEqual([heapAllocations, answered.heapAllocations], [0, 0]);
  }
});
