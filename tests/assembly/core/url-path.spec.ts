import { Utf8 } from "../../../assembly/core/bytes";
import { isPlainPath, normalizePath } from "../../../assembly/core/url-path";

function normal(path: string): string {
  const bytes = new Utf8(path);
  const to = new Utf8(path);
  to.length = normalizePath(bytes, to.ptr);
  const normalized = to.toString();
  if (isPlainPath(bytes)) assert(normalized == path, "a plain path that is not normal: " + path);
  return normalized;
}

describe("normalizePath", () => {
  it("leaves normal paths as they are", () => {
    const paths = [
      "/",
      "/a",
      "/a/",
      "/a/b.c/...",
      "/a;b=1/c,d:@!$&'()*+=~_-",
      "/.well-known/x",
      "/..a/b..",
      "/a%20b%2Fc%25",
    ];
    for (let i = 0; i < paths.length; i++) expect(normal(paths[i])).toBe(paths[i]);
  });

  it("undoes escapes", () => {
    expect(normal("/%61%70%69")).toBe("/api");
    expect(normal("/caf%C3%A9/%7Eme")).toBe("/café/~me");
    expect(normal("/a%3Bb")).toBe("/a;b");
  });

  it("keeps the escapes of bytes that would mean something else, with digits in upper case", () => {
    expect(normal("/a%2fb%5cc%3fd%23e%25f")).toBe("/a%2Fb%5Cc%3Fd%23e%25f");
    expect(normal("/a%20b%00%0a%7f")).toBe("/a%20b%00%0A%7F");
    expect(normal("/%2561")).toBe("/%2561", "once only");
    expect(normal("/100%/%4/%zz")).toBe("/100%/%4/%zz", "what is no escape stays");
  });

  it("resolves dot segments, escaped or not", () => {
    expect(normal("/a/./b")).toBe("/a/b");
    expect(normal("/a/../b")).toBe("/b");
    expect(normal("/a/b/../../../../c")).toBe("/c");
    expect(normal("/a/%2e%2E/b")).toBe("/b");
    expect(normal("/a/.%2e/b/%2e/c")).toBe("/b/c");
    expect(normal("/x/..%2fapi")).toBe("/x/..%2Fapi", "an escaped slash ends no segment");
    expect(normal("/..")).toBe("/");
    expect(normal("/.")).toBe("/");
    expect(normal("/a/..")).toBe("/");
    expect(normal("/a/b/..")).toBe("/a/");
    expect(normal("/a/b/.")).toBe("/a/b/");
  });

  it("takes several slashes for one, and backslashes for slashes", () => {
    expect(normal("//a///b//")).toBe("/a/b/");
    expect(normal("/a\\b\\..\\c")).toBe("/a/c");
    expect(normal("/a//../b")).toBe("/b");
    expect(normal("/a/..//..//b")).toBe("/b");
    expect(normal("////")).toBe("/");
  });

  it("leaves no dot segment and no empty one, and makes nothing longer, whatever is put together", () => {
    const parts = ["/", "a", ".", "..", "%2e", "%61", "%2F", "%z", "\\", "%41", "%25", "b%4"];
    let seed: u32 = 1;
    for (let round = 0; round < 20_000; round++) {
      let path = "/";
      for (let i = 0; i < 8; i++) {
        seed = seed * 1664525 + 1013904223;
        path += parts[(seed >> 16) % parts.length];
      }
      const once = normal(path);
      assert(once.length <= path.length && once.startsWith("/"), path);
      assert(!once.includes("//") && !once.includes("/./") && !once.includes("/../") && !once.endsWith("/.."), path);
    }
  });
});

describe("isPlainPath", () => {
  it("holds for ordinary paths, and for what is no path", () => {
    const plain = ["/", "/users/42/orders.json", "/a/", "", "*", "a%41", "a/../b"];
    for (let i = 0; i < plain.length; i++) expect(isPlainPath(new Utf8(plain[i]))).toBe(true, plain[i]);
    const others = ["/%41", "//", "/a//b", "/a/./b", "/..", "/a\\b", "/.x"];
    for (let i = 0; i < others.length; i++) expect(isPlainPath(new Utf8(others[i]))).toBe(false, others[i]);
  });
});
