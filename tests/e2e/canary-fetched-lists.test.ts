// Lists that canary fetches from a server while a real Envoy with two workers runs.
import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { httpSend } from "../../tools/rig/http-send.js";
import { pluginModule } from "../support/plugin-module.js";
import { EchoEnvoy } from "../support/policy-envoy.js";
import { until } from "../support/until.js";

/** Requests, each over a connection of its own, that are sure to have met both workers. */
const REQUESTS = 24;

const CANARY = {
  name: "canary",
  config: {
    default: "v1",
    lists: {
      testers: { fetch: { cluster: "lists", authority: "lists.test", path: "/testers.txt", refresh: "10s" } },
    },
    rules: [{ name: "testers", match: { header: { name: "x-user-id", in_list: "testers" } }, arm: "v2" }],
  },
};

/** Serves one list, and fails when told to. */
class ListServer {
  text = "";
  etag = "";
  isFailing = false;
  readonly requests: { path: string; headers: IncomingHttpHeaders; status: number }[] = [];
  readonly #server: Server = createServer((request, response) => {
    const isKnown = this.etag !== "" && request.headers["if-none-match"] === this.etag;
    const status = this.isFailing ? 503 : isKnown ? 304 : 200;
    this.requests.push({ path: request.url!, headers: request.headers, status });
    response.writeHead(status, { "content-type": "text/plain", etag: this.etag });
    response.end(status === 200 ? this.text : undefined);
  });

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe("a list that canary fetches", { timeout: 90_000 }, () => {
  const server = new ListServer();
  let echo: EchoEnvoy;

  before(async () => {
    await pluginModule("canary");
    Object.assign(server, { text: "42\n1000-1999\nalice\n", etag: '"one"', isFailing: true });
    const upstreams = { lists: await server.start() };
    const args = ["--component-log-level", "wasm:info"];
    echo = await EchoEnvoy.start({ plugins: [CANARY], upstreams, concurrency: 2, args });
  });
  after(async () => {
    await echo?.stop();
    server.stop();
  });

  /** The arms that requests of a user get, from whichever worker. */
  async function armsOf(user: string): Promise<string[]> {
    const arms = new Set<string>();
    for (let i = 0; i < REQUESTS; i++) {
      const client = httpSend(echo.port);
      const answer = await client.send({ path: "/", headers: [["x-user-id", user]] });
      client.close();
      arms.add(answer.upstream!.received.find(([name]) => name === "x-canary")![1]);
    }
    return [...arms].sort();
  }

  /** Waits until all requests of a user get the arm. */
  async function become(user: string, arm: string, mostMs: number): Promise<void> {
    let arms: string[] = [];
    await until(
      () => `${user} gets ${arm}, not ${arms.join(" and ")}`,
      mostMs,
      async () => (arms = await armsOf(user)).join() === arm,
    );
  }

  const statuses = () => server.requests.map(({ status }) => status);

  test("is not there while its server fails, and soon after on every worker", async () => {
    await until("a VM has asked for it", 10_000, () => server.requests.length > 0);
    assert.deepEqual(await armsOf("42"), ["v1"]);
    server.isFailing = false;
    await become("42", "v2", 10_000);
    assert.deepEqual(await armsOf("1500"), ["v2"]);
    assert.deepEqual(await armsOf("alice"), ["v2"]);
    assert.deepEqual(await armsOf("43"), ["v1"]);
    assert.equal(statuses().filter((status) => status === 200).length, 1, "one of all VMs fetches");
    assert.deepEqual(server.requests[0]!.path, "/testers.txt");
    assert.equal(server.requests[0]!.headers.host, "lists.test");
  });

  test("is asked for by its ETag, and replaced when there is another", async () => {
    await until("it is asked for again", 20_000, () => statuses().includes(304));
    assert.deepEqual(await armsOf("42"), ["v2"]);
    Object.assign(server, { text: "43\n", etag: '"two"' });
    await become("43", "v2", 20_000);
    assert.deepEqual(await armsOf("42"), ["v1"]);
    assert.deepEqual(statuses().slice(statuses().indexOf(200)), [200, 304, 200]);
  });

  test("shows in metrics and the log what became of it", async () => {
    await delay(1_100);
    const stats = (await echo.envoy.admin("/stats?filter=canary_list")).split("\n");
    const value = (name: string): number => Number(stats.find((line) => line.includes(name))?.split(": ")[1]);
    assert.equal(value("result=.=new"), 2);
    assert.equal(value("result=.=unchanged"), 1);
    assert.ok(value("result=.=bad_status") >= 1);
    assert.equal(value("list_ids"), 1);
    assert.ok(value("list_age_seconds") <= 10);
    const lines = echo.envoy.log.split("\n").filter((line) => line.includes("canary: list testers"));
    assert.match(lines[0]!, /fetched with status 503; no id is in it yet/);
    assert.match(lines[1]!, /3 ids/);
    assert.equal(lines.length, 2);
  });
});
