import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { atOnce } from "../../../tools/oci/registry/at-once.js";
import { parseChallenges, usableChallenge } from "../../../tools/oci/registry/challenge.js";
import { ConnectionFailed } from "../../../tools/oci/registry/failure.js";
import { isLoopback, placeNamedBy } from "../../../tools/oci/registry/place.js";
import { proxyFor } from "../../../tools/oci/registry/proxy.js";
import { retried, retryAfterMs } from "../../../tools/oci/registry/retry.js";
import type { Answer } from "../../../tools/oci/registry/transport.js";

const NOW = Date.parse("2026-11-22T04:00:00Z");

describe("a challenge", () => {
  it("is read with its parameters, quoted or not, and others beside it", () => {
    const header = 'Negotiate, Bearer realm="https://a.example/t?x=1,2",service=reg , scope="repository:a/b:pull,push"';
    const bearer = { realm: "https://a.example/t?x=1,2", service: "reg", scope: "repository:a/b:pull,push" };
    assert.deepEqual(
      parseChallenges(header).map(({ scheme, parameters }) => [scheme, { ...parameters }]),
      [
        ["negotiate", {}],
        ["bearer", bearer],
      ],
    );
    assert.equal(usableChallenge('NTLM, basic Realm="a \\"b\\" \\\\c"')?.parameters["realm"], 'a "b" \\c');
    assert.equal(usableChallenge("Negotiate abc=="), undefined);
    assert.equal(usableChallenge(undefined), undefined);
  });

  it("keeps the first of two parameters, and none of an object's own", () => {
    const { parameters } = usableChallenge('Bearer realm="a",realm="b",__proto__="c"')!;
    assert.equal(parameters["realm"], "a");
    assert.equal(parameters["constructor"], undefined);
  });

  it("is read, or not, whatever stands there, and soon", () => {
    const bits = fc.constantFrom("Bearer ", "Basic", " realm=", '"', "\\", ",", "=", " ", "x", "a=b", '"q"', "\u0000");
    const headers = fc.array(fc.oneof(bits, fc.string({ maxLength: 3 })), { maxLength: 30 }).map((all) => all.join(""));
    fc.assert(
      fc.property(headers, (header) => assert.ok(parseChallenges(header).length <= header.length)),
      { numRuns: 3000, seed: 20261122 },
    );
    const start = performance.now();
    for (const bit of [" ", ",", "a ", "a=", 'a="', 'a="\\'])
      parseChallenges(`Bearer ${bit.repeat(16_384 / bit.length)}`);
    assert.ok(performance.now() - start < 2000);
  });
});

describe("a place that a registry names", () => {
  const far = new URL("https://registry.example/v2/");
  const near = new URL("http://127.0.0.1:5000/v2/");
  const plain = new URL("http://registry.example:5000/v2/");

  const TAKEN: [URL, string, boolean?][] = [
    [far, "https://storage.example/blob?sign=abc"],
    [far, "/v2/a/blobs/uploads/1"],
    [far, "https://10.0.0.1/token"],
    [near, "http://127.0.0.1:5001/token"],
    [near, "http://localhost:5001/token"],
    [near, "https://tokens.example/"],
    [plain, "http://registry.example:8080/token", true],
  ];
  for (const [from, text, plainHttp = false] of TAKEN)
    it(`${text} is taken of ${from.host}`, () =>
      assert.equal(String(placeNamedBy(from, text, plainHttp)), new URL(text, from).href));

  const REFUSED: [URL, string, RegExp, boolean?][] = [
    [far, "http://storage.example/blob", /not encrypted/],
    [far, "http://registry.example/v2/", /not encrypted/, true],
    [plain, "http://registry.example:8080/token", /not encrypted/],
    [plain, "http://other.example/token", /not encrypted/, true],
    [near, "http://registry.example/", /not encrypted/],
    [far, "https://localhost/", /this machine/],
    [far, "http://127.1/", /this machine/],
    [far, "https://[::1]:5000/", /this machine/],
    [far, "https://2130706433/", /this machine/],
    [far, "https://169.254.169.254/", /link-local/],
    [far, "https://[fe80::1]/", /link-local/],
    [far, "https://[::ffff:169.254.169.254]/", /link-local/],
    [far, "https://metadata.google.internal/", /link-local/],
    [far, "https://user@storage.example/", /a user/],
    [far, "data:text/plain,x", /data: URL/],
    [far, "https://", /no URL/],
  ];
  for (const [from, text, why, plainHttp = false] of REFUSED)
    it(`${text} is refused of ${from.host}${plainHttp ? " without TLS" : ""}`, () =>
      assert.match(String(placeNamedBy(from, text, plainHttp)), why));

  it("is this machine only by a name that can be no other's", () => {
    const loopback = ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"];
    for (const host of loopback) assert.ok(isLoopback(new URL(`http://${host}:1/`)), host);
    const others = ["127.example", "localhost.example", "128.0.0.1", "[::2]", "127-0-0-1.example"];
    for (const host of others) assert.ok(!isLoopback(new URL(`http://${host}:1/`)), host);
  });
});

describe("a proxy", () => {
  const of = (url: string, env: Record<string, string>): string | undefined => proxyFor(new URL(url), env)?.href;
  const env = { HTTPS_PROXY: "proxy.example:3128", http_proxy: "http://plain.example:80" };

  it("is that of the URL's scheme, never for this machine", () => {
    assert.equal(of("https://registry.example/", env), "http://proxy.example:3128/");
    assert.equal(of("http://registry.example/", env), "http://plain.example/");
    assert.equal(of("https://localhost:5000/", env), undefined);
    assert.equal(of("http://127.0.0.1:5000/", env), undefined);
    assert.equal(of("https://registry.example/", { HTTPS_PROXY: "" }), undefined);
  });

  it("is left out for what NO_PROXY names", () => {
    const without = (NO_PROXY: string, url = "https://registry.example/"): boolean =>
      of(url, { ...env, NO_PROXY }) === undefined;
    for (const list of ["registry.example", ".example", "example", "a, REGISTRY.example:443 ", "*"])
      assert.ok(without(list), list);
    for (const list of ["", "try.example", "registry.example:5000", "registry.example.com", " , "])
      assert.ok(!without(list), list);
    assert.ok(without("registry.example:5000", "https://registry.example:5000/"));
  });

  it("that is none is a failure", () => {
    for (const proxy of ["socks5://a.example:1", "https://a.example", "http://["])
      assert.throws(() => of("https://registry.example/", { HTTPS_PROXY: proxy }), ConnectionFailed);
  });
});

describe("an attempt", () => {
  const policy = { attempts: 4, firstMs: 1, mostMs: 50, random: () => 0 };
  const answer = (status: number, headers: Answer["headers"] = {}): Answer => ({
    status,
    headers,
    body: Buffer.of(),
  });
  /** Results in turn: an answer's status, or a failure that may pass or not. */
  const tried = async (results: (number | "lost" | "wrong")[], headers = {}): Promise<[number | string, number]> => {
    let made = 0;
    const attempt = (): Promise<Answer> => {
      const result = results[made++]!;
      if (typeof result === "number") return Promise.resolve(answer(result, headers));
      return Promise.reject(new ConnectionFailed(result, result === "lost"));
    };
    const end = await retried(attempt, policy, () => NOW).catch((error: unknown) => error as Error);
    return [end instanceof Error ? end.message : end.status, made];
  };

  it("is made again after what may pass, as often as is allowed", async () => {
    assert.deepEqual(await tried([200]), [200, 1]);
    assert.deepEqual(await tried([503, "lost", 429, 200]), [200, 4]);
    assert.deepEqual(await tried([500, 500, 500, 502]), [502, 4]);
    assert.deepEqual(await tried(["lost", "lost", "lost", "lost"]), ["lost", 4]);
    assert.deepEqual(await tried(["wrong"]), ["wrong", 1]);
    for (const status of [400, 401, 403, 404, 501]) assert.deepEqual(await tried([status]), [status, 1]);
  });

  it("waits as long as the registry asks, unless that is too long", async () => {
    assert.deepEqual(await tried([429], { "retry-after": "1" }), [429, 1]);
    assert.deepEqual(await tried([429, 200], { "retry-after": new Date(NOW + 20).toUTCString() }), [200, 2]);
  });

  it("reads Retry-After in both its forms", () => {
    assert.equal(retryAfterMs("120", NOW), 120_000);
    assert.equal(retryAfterMs("Sun, 22 Nov 2026 04:01:00 GMT", NOW), 60_000);
    assert.equal(retryAfterMs("Sun, 22 Nov 2026 03:01:00 GMT", NOW), 0);
    assert.equal(retryAfterMs("soon", NOW), undefined);
    assert.equal(retryAfterMs(undefined, NOW), undefined);
  });
});

describe("work on many things", () => {
  it("is done some at a time, its results in order", async () => {
    let now = 0;
    let most = 0;
    const results = await atOnce(
      [5, 1, 4, 2, 3],
      async (item) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, item));
        now--;
        return item * 2;
      },
      2,
    );
    assert.deepEqual([results, most], [[10, 2, 8, 4, 6], 2]);
  });

  it("begins nothing after a failure", async () => {
    const begun: number[] = [];
    const work = async (item: number): Promise<void> => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error("no");
    };
    await assert.rejects(atOnce([1, 2, 3, 4, 5, 6], work, 2), /no/);
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(begun.length <= 3, String(begun));
  });
});
