import assert from "node:assert/strict";
import { connect, createServer, type Http2Server } from "node:http2";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { type LocatedEnvoy, locateEnvoy } from "../../tools/envoy/locate.js";
import { startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import type { PolicyDocument, Routing, Upstream } from "../../tools/policy/model.js";
import { freePorts } from "../../tools/ports.js";
import { type Answer, type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { startUpstream, type Upstream as Server } from "../../tools/upstream.js";

const HEADER = "x-canary";
/** What the decision says for the arms v1 and v2. */
const VALUES: Record<Routing, [v1: string, v2: string]> = {
  header: ["v1", "two"],
  clusterHeader: ["v1", "outbound|80|v2|shop"],
  metadata: ["one", "two"],
  weighted: ["0", "1"],
};
const ROUTINGS = Object.keys(VALUES) as Routing[];

/** ada is given v2, everyone else v1. */
function policy(routing: Routing, upstreams: Upstream[]): PolicyDocument {
  const [v1, v2] = VALUES[routing];
  const arms = [
    { name: "v1", value: v1 },
    { name: "v2", value: v2 },
  ];
  const rules = [{ name: "ada", match: { header: { name: "x-user", exact: "ada" } }, arm: "v2" }];
  return {
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "canary-routes" },
    spec: {
      workload: { labels: { app: "client" } },
      attach: { direction: "outbound" },
      plugins: [{ name: "canary", config: { default: "v1", arms, rules } }],
      routes: { arms: [{ name: "v1" }, { name: "v2" }] },
      envoy: { routing, upstreams },
    },
  };
}

describe("canary's decision reaches the generated routes", () => {
  let envoy: LocatedEnvoy;
  before(async () => void (envoy = await locateEnvoy({ allowInstall: true })));

  async function inEnvoy(given: PolicyDocument, use: (port: number) => Promise<void>): Promise<void> {
    const [listener] = await freePorts(1);
    const config = envoyBootstrap(given, { module: modulesIn(), ports: { listener: listener!, admin: 0 } });
    const running = await startEnvoy({ envoy, config, concurrency: 2 });
    try {
      await use(listener!);
    } finally {
      await running.stop();
    }
  }

  describe("over HTTP/1", () => {
    const servers: Server[] = [];
    before(async () => void servers.push(await startUpstream({ name: "v1" }), await startUpstream({ name: "v2" })));
    after(() => Promise.all(servers.map((server) => server.close())));

    for (const routing of ROUTINGS) {
      it(`${routing}: whatever the client says of it`, async () => {
        const [v1, v2] = VALUES[routing];
        const upstreams = servers.map(({ name, port }) => ({ name, address: "127.0.0.1", port }));
        const forged: HeaderList[] = [
          [],
          [[HEADER, v1]],
          [[HEADER, v2]],
          [[HEADER, "forged"]],
          [[HEADER, ""]],
          [[HEADER, `${v1},${v2}`]],
          [
            [HEADER, v1],
            [HEADER, v2],
          ],
          [
            [HEADER, v2],
            [HEADER, v1],
          ],
          [
            ["X-Canary", v2],
            [HEADER, v2],
          ],
        ];
        await inEnvoy(policy(routing, upstreams), async (port) => {
          const { send, close } = httpSend(port);
          for (const headers of forged) {
            const what = JSON.stringify(headers);
            const asAda = await send({ path: "/", headers: [["x-user", "ada"], ...headers] });
            assert.deepEqual([asAda.upstream?.name, decisions(asAda)], ["v2", [v2]], what);
            const asBob = await send({ path: "/", headers: [["x-user", "bob"], ...headers] });
            assert.deepEqual([asBob.upstream?.name, decisions(asBob)], ["v1", [v1]], what);
          }
          close();
        });
      });
    }
  });

  describe("over HTTP/2 with gRPC", () => {
    const servers: Http2Server[] = [];
    const upstreams: Upstream[] = [];
    before(async () => {
      for (const name of ["v1", "v2"]) {
        const server = grpcServer(name);
        servers.push(server);
        await once(server.listen(0, "127.0.0.1"), "listening");
        upstreams.push({ name, address: "127.0.0.1", port: (server.address() as AddressInfo).port, http2: true });
      }
    });
    after(() => servers.map((server) => server.close()));

    for (const routing of ROUTINGS) {
      it(`${routing}: each call of one connection by itself`, async () => {
        const [v1, v2] = VALUES[routing];
        await inEnvoy(policy(routing, upstreams), async (port) => {
          const client = connect(`http://127.0.0.1:${port}`);
          const users = ["ada", "bob", "ada", "eve", "bob"];
          const answers = await Promise.all(users.map((user) => call(client, { "x-user": user, [HEADER]: v2 })));
          client.close();
          const expected = users.map((user) => (user === "ada" ? `v2 was told ${v2}` : `v1 was told ${v1}`));
          assert.deepEqual(
            answers,
            expected.map((answer) => `${answer}, grpc-status 0`),
          );
        });
      });
    }
  });
});

const decisions = ({ upstream }: Answer): string[] => valuesOf(upstream?.received ?? [], HEADER);

/** Answers every call with what it was told, and trailers. */
function grpcServer(name: string): Http2Server {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(`${name} was told ${String(headers[HEADER])}`);
  });
  return server;
}

async function call(client: ReturnType<typeof connect>, headers: Record<string, string>): Promise<string> {
  const grpc = { ":method": "POST", ":path": "/shop.Cart/Get", te: "trailers", "content-type": "application/grpc" };
  const stream = client.request({ ...grpc, ...headers }).setEncoding("utf8");
  let status: unknown;
  stream.on("trailers", (trailers) => void (status = trailers["grpc-status"]));
  let body = "";
  stream.on("data", (chunk: string) => void (body += chunk));
  stream.end();
  await once(stream, "end");
  return `${body}, grpc-status ${String(status)}`;
}
