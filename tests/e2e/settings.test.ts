// What Envoy tells settings of a request: its host, path and route, and the port and direction of its listener.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { modulePath } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { freePorts } from "../../tools/ports.js";
import { type Answer, type HeaderList, valuesOf } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { bootstrapOf, httpListener, type } from "../support/envoy-parts.js";
import { sumOfStats } from "../support/envoy-stats.js";
import { pluginModule } from "../support/plugin-module.js";
import type { Settings } from "../support/settings.js";

/** A canary that gives every request this arm, and tells so in the response. */
const arm = (name: string, debug = "x-arm") => ({
  rules: [{ name: "r", arm: name }],
  debug: { response_header: debug },
});

function canary(name: string, configuration: object): object {
  const StringValue = { ...type("google.protobuf.StringValue"), value: JSON.stringify(configuration) };
  const code = { local: { filename: modulePath("canary") } };
  const config = {
    name,
    root_id: name,
    configuration: StringValue,
    vm_config: { runtime: "envoy.wasm.runtime.v8", code },
  };
  return { name, typed_config: { ...type("envoy.extensions.filters.http.wasm.v3.Wasm"), config } };
}

const route = (name: string, match: object, status = 200) => ({ name, match, direct_response: { status } });

describe("settings in a real Envoy", { timeout: 120_000 }, () => {
  let envoy: EnvoyProcess;
  let ports: number[];

  before(async () => {
    await pluginModule("canary");
    ports = await freePorts(3);
    const [inbound, outbound, plain] = ports as [number, number, number];
    const settings: Settings = [
      { name: "host", match: { hosts: ["*.shop.example"] }, config: arm("host") },
      { name: "path", match: { paths: [{ prefix: "/cart/" }] }, config: arm("path") },
      { name: "route", match: { routes: ["named"] }, config: arm("route") },
      { name: "port", match: { ports: [inbound] }, config: arm("port") },
      { name: "outbound", match: { direction: "outbound" }, config: arm("outbound") },
      { name: "off", match: { hosts: ["off.shop.example"] }, disabled: true },
    ];
    const routes = [route("named", { prefix: "/named" }), route("other", { prefix: "/" })];
    const filters = [canary("tidegate-canary", { ...arm("base"), settings })];
    const second = [{ name: "v2", match: { routes: ["v2"] }, config: arm("moved", "x-second") }];
    const chain = [
      canary("first", { rules: [{ name: "r", match: { header: { name: "x-user", exact: "a" } }, arm: "v2" }] }),
      canary("second", { ...arm("stayed", "x-second"), decision_header: "x-other", settings: second }),
    ];
    const v2 = route("v2", { prefix: "/", headers: [{ name: "x-canary", string_match: { exact: "v2" } }] }, 201);
    envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: bootstrapOf(
        [
          httpListener({ name: "in", port: inbound, filters, routes, listener: { traffic_direction: "INBOUND" } }),
          httpListener({ name: "out", port: outbound, filters, routes, listener: { traffic_direction: "OUTBOUND" } }),
          httpListener({ name: "chain", port: plain, filters: chain, routes: [v2, route("v1", { prefix: "/" })] }),
        ],
        [],
      ),
      concurrency: 2,
    });
  });
  after(() => envoy.stop());

  async function send(port: number, path: string, host: string, headers: HeaderList = []): Promise<Answer> {
    const client = httpSend(port, host);
    try {
      return await client.send({ path, headers });
    } finally {
      client.close();
    }
  }

  async function armOf(port: number, path: string, host: string): Promise<string> {
    const answer = await send(port, path, host);
    assert.equal(answer.status, 200);
    return valuesOf(answer.headers, "x-arm").join().replace(/;.*/, "");
  }

  const cases: [what: string, listener: 0 | 1, path: string, host: string, expected: string][] = [
    ["a host below", 0, "/", "A.shop.example:80", "host"],
    ["a host that is disabled", 0, "/", "off.shop.example", ""],
    ["a path", 1, "/cart/1?x", "shop.example", "path"],
    ["a path that is written otherwise", 1, "//%63art/1", "shop.example", "path"],
    ["a route, whatever the host", 0, "/named/1", "a.shop.example", "route"],
    ["the port of a listener", 0, "/", "shop.example", "port"],
    ["the direction of the other listener", 1, "/", "shop.example", "outbound"],
  ];
  for (const [what, listener, path, host, expected] of cases) {
    test(`go by ${what}`, async () => {
      assert.equal(await armOf(ports[listener]!, path, host), expected);
    });
  }

  test("go by the route that Envoy chose first, not by the one that an earlier plugin's decision leads to", async () => {
    const answer = await send(ports[2]!, "/", "shop.example", [["x-user", "a"]]);
    assert.equal(answer.status, 201, "the route of v2");
    assert.match(valuesOf(answer.headers, "x-second").join(), /^stayed/);
  });

  test("have metrics of their own", async () => {
    await armOf(ports[0]!, "/", "a.shop.example");
    for (let i = 0; i < 50 && (await counted()) === 0; i++) await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok((await counted()) > 0);
  });

  const counted = (): Promise<number> => sumOfStats(envoy, "setting=\\.=host;\\.;arm=\\.=host;\\.;tidegate_canary_requests_total$"); // prettier-ignore
});
