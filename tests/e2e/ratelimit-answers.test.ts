// The answers as a real Envoy sends them: tests/fixtures/ratelimit/answers.ts decides as it is asked.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { compile } from "../../tools/build/asc.js";
import type { EnvoyProcess } from "../../tools/envoy/process.js";
import { repoRoot } from "../../tools/root.js";
import { startPolicyEnvoy } from "../support/policy-envoy.js";
import { untilThere } from "../support/until.js";

const RESPONSE = {
  format: "problem",
  message: "slow down, 50 % of you",
  rate_limit_headers: "always",
  legacy_headers: "always",
  headers: [{ name: "x-limited", value: "true" }],
  shadow_header: "x-would-limit",
};
const PATIENCE_MS = 10_000;
const BEYOND = "0 0 10 1 20 0 1500";
const ADMITTED = "0 -1 10 1 20 7 500";

describe("answers of ratelimit in Envoy", { timeout: 60_000 }, () => {
  /** Has fields of its own, and says in its body what the shadow header was. */
  const upstream = createServer((request, response) => {
    response.writeHead(200, request.url === "/told" ? { ratelimit: '"theirs";r=1', "x-ratelimit-limit": "5" } : {});
    response.end(String(request.headers["x-would-limit"]));
  });
  const log: string[] = [];
  let folder: string;
  let envoy: EnvoyProcess;
  let port: number;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tidegate-answers-"));
    const { wasm, findings } = await compile(join(repoRoot, "tests/fixtures/ratelimit/answers.ts"), "release");
    assert.deepEqual(findings, []);
    await writeFile(join(folder, "answers.wasm"), wasm!);
    await once(upstream.listen(0, "127.0.0.1"), "listening");
    ({ envoy, port } = await startPolicyEnvoy({
      plugins: [{ name: "answers", config: { response: RESPONSE, classes: ["critical", "sheddable"] } }],
      spec: { envoy: { accessLog: true } },
      upstreams: { upstream: (upstream.address() as AddressInfo).port },
      moduleFile: () => join(folder, "answers.wasm"),
      onLine: (line) => log.push(line),
    }));
  });
  after(async () => {
    await envoy?.stop();
    upstream.close();
    upstream.closeAllConnections();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = async (operation: string, verdict: string, path = "/") => {
    const headers = { "x-op": operation, "x-verdict": verdict };
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
    return { status: response.status, headers: response.headers, body: await response.text() };
  };

  /** Envoy writes its access log every second. */
  const logged = (path: string): Promise<string> => {
    const what = () => `a line of ${path} is in the access log:\n${log.join("\n")}`;
    return untilThere(what, 15_000, () => log.find((text) => text.includes(` ${path} `)));
  };

  test("beyond the quota: status, problem, fields and headers; the details name rule and condition", async () => {
    const { status, headers, body } = await ask("quota", BEYOND, "/beyond-quota");
    assert.equal(status, 429);
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(headers.get("content-length"), String(body.length));
    assert.deepEqual(JSON.parse(body), {
      type: "https://iana.org/assignments/http-problem-types#quota-exceeded",
      title: "Request cannot be satisfied as assigned quota has been exceeded",
      status: 429,
      detail: RESPONSE.message,
      "violated-policies": ["per-user"],
    });
    assert.match(headers.get("retry-after")!, /^[23]$/);
    assert.equal(headers.get("ratelimit-policy"), '"per-user";q=10;w=1;tidegate-burst=20');
    assert.equal(headers.get("ratelimit"), '"per-user";r=0;t=2');
    assert.equal(headers.get("x-ratelimit-limit"), "20");
    assert.equal(headers.get("x-limited"), "true");
    assert.match(await logged("/beyond-quota"), / 429 - tidegate_ratelimit\{per-user\/slow\} /);
  });

  test("beyond the capacity: 503, and the details name the class", async () => {
    const { status, headers, body } = await ask("capacity", "1", "/beyond-capacity");
    assert.equal(status, 503);
    assert.equal(headers.get("ratelimit-policy"), null);
    assert.match(headers.get("retry-after")!, /^[12]$/);
    assert.match(body, /#temporary-reduced-capacity/);
    assert.match(await logged("/beyond-capacity"), / 503 - tidegate_concurrency\{sheddable\} /);
  });

  test("to gRPC over HTTP/2: trailers only, with the status and the message", async () => {
    const call = (operation: string, verdict: string) => grpc(port, { "x-op": operation, "x-verdict": verdict });
    const quota = await call("quota", BEYOND);
    assert.equal(quota.trailersOnly, true);
    assert.equal(quota.headers[":status"], 200);
    assert.equal(quota.headers["content-type"], "application/grpc");
    assert.equal(quota.headers["grpc-status"], "8");
    assert.equal(quota.headers["grpc-message"], "slow down, 50 %25 of you");
    assert.equal(quota.headers["ratelimit"], '"per-user";r=0;t=2');
    assert.equal((await call("capacity", "0")).headers["grpc-status"], "14");
  });

  test("admitted: what is left, beside the upstream's own list, in place of no legacy field", async () => {
    const { headers } = await ask("admit", ADMITTED);
    assert.equal(headers.get("ratelimit"), '"per-user";r=7;t=1');
    assert.equal(headers.get("x-ratelimit-remaining"), "7");
    const told = await ask("admit", ADMITTED, "/told");
    assert.equal(told.headers.get("ratelimit"), '"theirs";r=1, "per-user";r=7;t=1');
    assert.equal(told.headers.get("x-ratelimit-limit"), "5");
    assert.equal(told.headers.get("x-ratelimit-remaining"), null);
  });

  test("not enforced: the upstream learns what would have turned the request away", async () => {
    assert.equal((await ask("shadow", "1 -1 10 1 20 0 0")).body, "everyone");
    assert.equal((await ask("shadow", "-1")).body, "concurrency");
    assert.equal((await ask("admit", "-1")).body, "undefined");
  });

  test("HEAD gets the headers and no body", async () => {
    const headers = { "x-op": "quota", "x-verdict": BEYOND };
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD", headers });
    assert.equal(response.status, 429);
    assert.equal(await response.text(), "");
    assert.equal(response.headers.get("ratelimit"), '"per-user";r=0;t=2');
  });
});

/** One gRPC call without message; whether its answer was one frame of headers that ended the stream. */
async function grpc(port: number, headers: Record<string, string>) {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({
      ":method": "POST",
      ":path": "/shop.Cart/Get",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let bytes = 0;
    let trailers = 0;
    let answer: IncomingHttpHeaders = {};
    stream.on("response", (headers) => (answer = headers));
    stream.on("data", (chunk: Buffer) => (bytes += chunk.length));
    stream.on("trailers", () => trailers++);
    const closed = once(stream, "close", { signal: AbortSignal.timeout(PATIENCE_MS) });
    stream.end(Buffer.alloc(5));
    await closed;
    return { headers: answer, trailersOnly: bytes === 0 && trailers === 0 };
  } finally {
    session.destroy();
  }
}
