import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Status } from "../../tools/host/index.js";
import { op } from "../support/parity/script.js";
import { ProbeRig } from "../support/probe-rig.js";

const CALL = "proxy_get_header_map_value";
/** The probe itself reads one header at the beginning. */
const reads = { requestHeaders: [op.get(0, ":path"), op.get(0, ":method"), op.get(0, ":path")] };
const isPath = (name: string | undefined): boolean => name === ":path";

describe("an injected fault", () => {
  test("makes every matching call return the status, undone by remove", async () => {
    const rig = await ProbeRig.start();
    const { stream, headers } = rig.open(reads);
    const fault = rig.proxy.faults.inject({
      call: CALL,
      status: Status.InternalFailure,
      when: (args) => isPath(args.text(1)),
    });
    stream.requestHeaders(headers);
    assert.deepEqual(rig.answers(), ["10", '0 "GET"', "10"]);
    assert.equal(fault.hits, 2);
    fault.remove();
    rig.send(reads);
    assert.deepEqual(rig.answers(), ['0 "/"', '0 "GET"', '0 "/"']);
  });

  test("can spare the first calls and end after some", async () => {
    const rig = await ProbeRig.start();
    const fault = {
      call: CALL,
      status: 77,
      after: 1,
      times: 1,
      when: (args: { text(index: number): string | undefined }) => isPath(args.text(1)),
    };
    rig.proxy.faults.inject(fault);
    rig.send(reads);
    rig.send(reads);
    assert.deepEqual(rig.answers(), ['0 "/"', '0 "GET"', "77", '0 "/"', '0 "GET"', '0 "/"']);
  });

  test("reaches WASI and calls with 64-bit arguments", async () => {
    const rig = await ProbeRig.start();
    rig.proxy.faults.inject({
      call: "clock_time_get",
      status: 58,
      when: ({ values }) => values[0] === 1 && values[1] === 0n,
    });
    rig.proxy.faults.inject({ call: "proxy_increment_metric", status: 10, when: ({ values }) => values[1] === -3n });
    const metric = [op.defineMetric(0, 1, "g"), op.increment(0, -3), op.increment(0, 4), op.getMetric(0)];
    rig.send({ requestHeaders: [op.clockTime(0), op.clockTime(1), ...metric] });
    assert.deepEqual(rig.answers(), ["0 1", "58 0", "0", "10", "0", "0 4"]);
  });
});
