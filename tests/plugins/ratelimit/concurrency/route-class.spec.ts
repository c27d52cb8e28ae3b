import { Utf8 } from "../../../../assembly/core/bytes";
import { latencyClass } from "../../../../plugins/ratelimit/concurrency/route-class";

function classOf(path: string, method: string = "GET"): u64 {
  return latencyClass(new Utf8(path), new Utf8(method));
}

function same(one: string, other: string): void {
  expect(classOf(one)).toBe(classOf(other), `${one} and ${other}`);
}

function different(one: string, other: string): void {
  expect(classOf(one)).not.toBe(classOf(other), `${one} and ${other}`);
}

describe("latencyClass", () => {
  it("tells paths and methods apart", () => {
    different("/orders", "/users");
    different("/orders", "/orders/items");
    different("/a/b", "/ab");
    expect(classOf("/orders", "POST")).not.toBe(classOf("/orders", "GET"));
    expect(latencyClass(new Utf8("/orders"), null)).not.toBe(classOf("/orders"));
  });

  it("leaves the query out", () => {
    same("/orders", "/orders?page=2");
    same("/orders", "/orders#top");
  });

  it("takes ids for each other", () => {
    same("/users/1/orders", "/users/987654321/orders");
    same("/u/9f3c2a11", "/u/00ff12ab34");
    same("/u/123e4567-e89b-12d3-a456-426614174000", "/u/7");
    same("/s/eyJhbGciOiJIUzI1NiJ9x1", "/s/42");
  });

  it("takes names for names", () => {
    different("/v1/orders", "/v2/orders");
    different("/users/alice", "/users/bob");
    different("/deadbeef", "/feedface");
    different("/area51", "/area52");
  });

  it("knows the path by its first 8 segments and 256 bytes", () => {
    same("/a/b/c/d/e/f/g/h", "/a/b/c/d/e/f/g/i");
    different("/a/b/c/d/e/f/g", "/a/b/c/d/e/f/h");
    same("/" + "x".repeat(300), "/" + "x".repeat(300) + "y");
  });

  it("is never 0, whatever the bytes", () => {
    const bytes = new Uint8Array(64);
    const view = new Utf8("");
    let seed: u32 = 1;
    let zeros = 0;
    for (let round = 0; round < 2000; round++) {
      for (let i = 0; i < 64; i++) {
        seed = seed * 1664525 + 1013904223;
        bytes[i] = <u8>(seed >> 24);
      }
      view.set(bytes.dataStart, <i32>(seed % 65));
      if (latencyClass(view, null) == 0) zeros++;
    }
    expect(zeros).toBe(0);
  });
});
