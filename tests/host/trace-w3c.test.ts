// The rules of the W3C working group's test suite, as tables: https://github.com/w3c/trace-context/tree/main/test
// (test.py at acab820; each row names its test there). The suite asks for a new parent id, which is a tracer's part;
// a proxy that records no span passes the traceparent on as it came (Trace Context level 2, "Alternative Processing").
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { HeaderList } from "../../tools/host/index.js";
import { pluginModule } from "../support/plugin-module.js";
import { NEW_TRACEPARENT, TraceRig } from "../support/trace.js";

const TRACE = "12345678901234567890123456789012";
const PARENT = "1234567890123456";
const VALID = `00-${TRACE}-${PARENT}-00`;

let rig: TraceRig;
let neverStart: TraceRig;
before(async () => {
  const module = await pluginModule("trace");
  rig = await TraceRig.start(module, { trust: "full" });
  neverStart = await TraceRig.start(module, { trust: "full", start: false });
});

/** Continued: the headers go on byte for byte. */
function continues(headers: HeaderList): void {
  for (const [plugin, name] of [
    [rig, "default"],
    [neverStart, "start: false"],
  ] as const) {
    assert.deepEqual(plugin.send(headers).headers, headers, name);
  }
}

/** Restarted: one new traceparent and no tracestate; with `start: false` neither. */
function restarts(headers: HeaderList): void {
  const { traceparent, tracestate } = rig.send(headers);
  assert.equal(traceparent.length, 1);
  assert.match(traceparent[0]!, NEW_TRACEPARENT);
  assert.doesNotMatch(traceparent[0]!, new RegExp(TRACE));
  assert.deepEqual(tracestate, []);
  const left = neverStart.send(headers);
  assert.deepEqual([left.traceparent, left.tracestate], [[], []]);
}

/** The trace goes on, its tracestate does not. */
function dropsTracestate(states: string[]): void {
  const headers: HeaderList = [
    ["traceparent", VALID],
    ...states.map((value): [string, string] => ["tracestate", value]),
  ];
  for (const plugin of [rig, neverStart]) {
    const { traceparent, tracestate } = plugin.send(headers);
    assert.deepEqual([traceparent, tracestate], [[VALID], []]);
  }
}

function keepsTracestate(states: string[]): void {
  continues([["traceparent", VALID], ...states.map((value): [string, string] => ["tracestate", value])]);
}

describe("a traceparent that can be continued", () => {
  const rows: [test: string, ...values: string[]][] = [
    ["traceparent_included_tracestate_missing", `00-${TRACE}-${PARENT}-01`],
    ["traceparent_version_0xcc", `cc-${TRACE}-${PARENT}-01`, `cc-${TRACE}-${PARENT}-01-what-the-future-will-be-like`],
    ["propagates_random_flag", `00-${TRACE}-${PARENT}-02`],
    [
      "traceparent_ows_handling",
      ` 00-${TRACE}-${PARENT}-01`,
      `\t00-${TRACE}-${PARENT}-01`,
      `00-${TRACE}-${PARENT}-01 `,
      `00-${TRACE}-${PARENT}-01\t`,
      `\t 00-${TRACE}-${PARENT}-01 \t`,
    ],
  ];
  for (const [name, ...values] of rows) {
    test(name, () => values.forEach((value) => continues([["traceparent", value]])));
  }

  test("traceparent_header_name_valid_casing", () => {
    for (const name of ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"]) {
      assert.deepEqual(rig.send([[name, VALID]]).traceparent, [VALID]);
    }
  });
});

describe("a traceparent that cannot", () => {
  const rows: [test: string, ...values: string[]][] = [
    ["traceparent_version_0x00", `00-${TRACE}-${PARENT}-01.`, `00-${TRACE}-${PARENT}-01-what-the-future-will-be-like`],
    ["traceparent_version_0xcc", `cc-${TRACE}-${PARENT}-01.what-the-future-will-be-like`],
    ["traceparent_version_0xff", `ff-${TRACE}-${PARENT}-01`],
    ["traceparent_version_illegal_characters", `.0-${TRACE}-${PARENT}-01`, `0.-${TRACE}-${PARENT}-01`],
    ["traceparent_version_too_long", `000-${TRACE}-${PARENT}-01`, `0000-${TRACE}-${PARENT}-01`],
    ["traceparent_version_too_short", `0-${TRACE}-${PARENT}-01`],
    ["traceparent_trace_id_all_zero", `00-${"0".repeat(32)}-${PARENT}-01`],
    [
      "traceparent_trace_id_illegal_characters",
      `00-.${TRACE.slice(1)}-${PARENT}-01`,
      `00-${TRACE.slice(0, 31)}.-${PARENT}-01`,
    ],
    ["traceparent_trace_id_too_long", `00-${TRACE}3-${PARENT}-01`],
    ["traceparent_trace_id_too_short", `00-${TRACE.slice(0, 31)}-${PARENT}-01`],
    ["traceparent_parent_id_all_zero", `00-${TRACE}-${"0".repeat(16)}-01`],
    [
      "traceparent_parent_id_illegal_characters",
      `00-${TRACE}-.${PARENT.slice(1)}-01`,
      `00-${TRACE}-${PARENT.slice(0, 15)}.-01`,
    ],
    ["traceparent_parent_id_too_long", `00-${TRACE}-${PARENT}7-01`],
    ["traceparent_parent_id_too_short", `00-${TRACE}-${PARENT.slice(0, 15)}-01`],
    ["traceparent_trace_flags_illegal_characters", `00-${TRACE}-${PARENT}-.0`, `00-${TRACE}-${PARENT}-0.`],
    ["traceparent_trace_flags_too_long", `00-${TRACE}-${PARENT}-001`],
    ["traceparent_trace_flags_too_short", `00-${TRACE}-${PARENT}-1`],
    ["(level 2, trace-id) upper case", `00-${"ABCDEF".padEnd(32, "0")}-${PARENT}-01`],
    ["(level 2, versioning) higher version, shorter than 55", `cc-${TRACE}-${PARENT}-0`],
  ];
  for (const [name, ...values] of rows) {
    test(name, () => {
      for (const value of values) {
        restarts([["traceparent", value]]);
        restarts([["traceparent", value], ["tracestate", "foo=1"]]); // prettier-ignore
      }
    });
  }

  test("traceparent_duplicated", () => {
    const other = `00-12345678901234567890123456789011-${PARENT}-01`;
    restarts([["traceparent", other], ["traceparent", VALID]]); // prettier-ignore
    restarts([["traceparent", VALID], ["traceparent", VALID]]); // prettier-ignore
    restarts([["traceparent", VALID], ["traceparent", ""], ["tracestate", "foo=1"]]); // prettier-ignore
    restarts([["traceparent", ""], ["traceparent", VALID]]); // prettier-ignore
  });
});

describe("no traceparent", () => {
  test("both_traceparent_and_tracestate_missing", () => {
    assert.match(rig.send().traceparent.join(), NEW_TRACEPARENT);
    assert.deepEqual(neverStart.send().traceparent, []);
  });

  test("traceparent_header_name", () => {
    for (const name of ["trace-parent", "trace.parent"]) {
      const { traceparent, headers } = rig.send([[name, VALID]]);
      assert.match(traceparent.join(), NEW_TRACEPARENT);
      assert.deepEqual(headers[0], [name, VALID]);
    }
  });

  test("tracestate_included_traceparent_missing", () => {
    restarts([["tracestate", "foo=1"]]);
    restarts([["tracestate", "foo=1,bar=2"]]);
    restarts([["tracestate", ""]]);
  });

  test("multiple_requests_without_traceparent: every request gets ids of its own", () => {
    const ids = new Set(Array.from({ length: 1000 }, () => rig.send().traceparent[0]));
    assert.equal(ids.size, 1000);
  });
});

const EVERY_KEY_BYTE = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
const EVERY_VALUE_BYTE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((byte) => byte !== "," && byte !== "=")
  .join("");
const MANY = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `bar${first + index}=${first + index}`).join(",");

describe("a tracestate that is kept", () => {
  const rows: [test: string, ...requests: string[][]][] = [
    ["tracestate_included_traceparent_included", ["foo=1,bar=2"]],
    ["tracestate_empty_header", [""], ["foo=1", ""], ["", "foo=1"]],
    ["tracestate_multiple_headers_different_keys", ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"]],
    ["tracestate_duplicated_keys", ["foo=1,foo=1"], ["foo=1,foo=2"], ["foo=1", "foo=1"], ["foo=1", "foo=2"]],
    [
      "tracestate_all_allowed_characters",
      [`${EVERY_KEY_BYTE}=${EVERY_VALUE_BYTE}`],
      [`${EVERY_KEY_BYTE}@a-z0-9_-*/=${EVERY_VALUE_BYTE}`],
    ],
    [
      "tracestate_ows_handling",
      ["foo=1 \t , \t bar=2, \t baz=3"],
      ["foo=1\t \t,\t \tbar=2,\t \tbaz=3"],
      [" foo=1"],
      ["\tfoo=1"],
      ["foo=1 "],
      ["foo=1\t"],
      ["\t foo=1 \t"],
    ],
    ["tracestate_key_illegal_vendor_format", ["foo@=1,bar=2"], ["foo@@bar=1,bar=2"], ["foo@bar@baz=1,bar=2"]],
    ["tracestate_member_count_limit", [MANY(1, 10), MANY(11, 20), MANY(21, 30), MANY(31, 32)], [MANY(1, 32)]],
    [
      "tracestate_key_length_limit",
      ["foo=1", `${"z".repeat(256)}=1`],
      [`${"t".repeat(241)}@${"v".repeat(14)}=1`],
      [`${"t".repeat(242)}@v=1`],
      [`t@${"v".repeat(15)}=1`],
    ],
    ["(level 2, limits) more than 512 characters", [`a=${"v".repeat(256)},b=${"v".repeat(256)},c=${"v".repeat(256)}`]],
  ];
  for (const [name, ...requests] of rows) test(name, () => requests.forEach(keepsTracestate));

  test("tracestate_header_name_valid_casing", () => {
    for (const name of ["TraceState", "TrAcEsTaTe", "TRACESTATE"]) {
      assert.deepEqual(rig.send([["traceparent", VALID], [name, "foo=1"]]).tracestate, ["foo=1"]); // prettier-ignore
    }
  });
});

describe("a tracestate that is dropped", () => {
  const rows: [test: string, ...requests: string[][]][] = [
    ["tracestate_key_illegal_characters", ["foo =1"], ["FOO=1"], ["foo.bar=1"]],
    ["tracestate_key_illegal_vendor_format", ["@foo=1,bar=2"]],
    ["tracestate_member_count_limit", [MANY(1, 10), MANY(11, 20), MANY(21, 30), MANY(31, 33)], [MANY(1, 33)]],
    ["tracestate_key_length_limit", ["foo=1", `${"z".repeat(257)}=1`]],
    ["tracestate_value_illegal_characters", ["foo=bar=baz"], ["foo=,bar=3"]],
    ["(level 2, value) 257 characters, bytes above 0x7e", [`foo=${"v".repeat(257)}`], ["foo=\u00ff"], ["foo=a\u007f"]],
  ];
  for (const [name, ...requests] of rows) test(name, () => requests.forEach(dropsTracestate));

  test("tracestate_header_name: other headers are nobody's tracestate and stay", () => {
    continues([["traceparent", VALID], ["trace-state", "FOO"], ["trace.state", "FOO"]]); // prettier-ignore
  });
});
