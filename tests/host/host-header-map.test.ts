import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderList } from "../../tools/host/index.js";
import { parsePairs, serializePairs } from "../../tools/host/index.js";
import { HeaderMap } from "../../tools/host/header-map.js";

describe("a header map", () => {
  test("keeps repeats in order and tells the first", () => {
    const map = new HeaderMap("request-headers", [
      ["X-A", "1"],
      ["x-b", "2"],
      ["x-a", "3"],
    ]);
    assert.deepEqual(map.entries(), [
      ["x-a", "1"],
      ["x-b", "2"],
      ["x-a", "3"],
    ]);
    assert.equal(map.first("x-A"), "1");
    assert.equal(map.joined("x-a"), "1,3");
    assert.equal(map.first("x-c"), undefined);
    assert.equal(map.byteSize, 12);
  });

  test("puts pseudo headers first and reads host as :authority in requests only", () => {
    const request: HeaderList = [
      ["x-a", "1"],
      ["host", "h"],
      [":path", "/"],
    ];
    assert.deepEqual(new HeaderMap("request-headers", request).entries(), [
      [":authority", "h"],
      [":path", "/"],
      ["x-a", "1"],
    ]);
    assert.equal(new HeaderMap("response-headers", request).first("host"), "h");
  });

  test("joins headers that Envoy keeps once, by kind of map", () => {
    const twice: HeaderList = [
      ["user-agent", "1"],
      ["user-agent", ""],
      ["user-agent", "2"],
    ];
    assert.equal(new HeaderMap("request-headers", twice).first("user-agent"), "1,2");
    assert.equal(new HeaderMap("response-headers", twice).size, 3);
  });

  test("replaces all values by one at the end, a removed pseudo header among the pseudo headers", () => {
    const map = new HeaderMap("request-headers", [
      [":path", "/"],
      [":method", "GET"],
      ["x-a", "1"],
      ["x-b", "2"],
      ["x-a", "3"],
    ]);
    map.replace("x-a", "4");
    map.replace(":path", "/new");
    assert.deepEqual(map.entries(), [
      [":method", "GET"],
      [":path", "/new"],
      ["x-b", "2"],
      ["x-a", "4"],
    ]);
  });

  test("leaves bytes above 127 as they are, in names as well", () => {
    const map = new HeaderMap("request-headers", [["X-\xc0", "\xff\xc0"]]);
    assert.deepEqual(map.entries(), [["x-\xc0", "\xff\xc0"]]);
  });
});

describe("pairs", () => {
  const pairs: HeaderList = [
    ["a", "1"],
    ["", ""],
    ["b", "\xff\0"],
  ];

  test("come back as they went", () => assert.deepEqual(parsePairs(serializePairs(pairs)), pairs));

  test("are none when a byte is missing, too many or not NUL where NUL must be", () => {
    const bytes = Buffer.from(serializePairs(pairs));
    for (let length = 0; length < bytes.length; length++) assert.deepEqual(parsePairs(bytes.subarray(0, length)), []);
    assert.deepEqual(parsePairs(Buffer.concat([bytes, Buffer.of(0)])), []);
    bytes[bytes.length - 1] = 1;
    assert.deepEqual(parsePairs(bytes), []);
  });

  test("are none beyond 1024 pairs", () => {
    const many = (count: number): HeaderList => Array.from({ length: count }, () => ["n", "v"]);
    assert.equal(parsePairs(serializePairs(many(1024))).length, 1024);
    assert.equal(parsePairs(serializePairs(many(1025))).length, 0);
  });
});
