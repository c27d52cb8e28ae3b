// Which setting serves a request, in the release module, beside an oracle in TypeScript.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeaderList, PropertyMap } from "../../tools/host/index.js";
import { ordinaryHeaders, sample, start } from "../support/fuzz.js";
import { pluginModule } from "../support/plugin-module.js";
import { requestsAt, settingMatches, settingOf, type RequestAt } from "../support/settings-oracle.js";

const PAIRS = 20_000;
const REQUESTS = 50;
const SEED = 20_261_122;
const to = (arm: string) => ({ rules: [{ name: "r", arm }] });

function headersOf({ host, path }: RequestAt): HeaderList {
  const said: HeaderList = [...(host === undefined ? [] : [[":authority", host] as [string, string]]), ...(path === undefined ? [] : [[":path", path] as [string, string]])]; // prettier-ignore
  return [...said, ...ordinaryHeaders.filter(([name]) => name !== ":authority" && name !== ":path")];
}

function propertiesOf({ route, port, direction }: RequestAt): PropertyMap {
  return {
    ...(route === undefined ? {} : { "xds.route_name": route }),
    ...(port === undefined ? {} : { "destination.port": BigInt(port) }),
    "xds.listener_direction": direction === undefined ? 0n : direction === "inbound" ? 1n : 2n,
  };
}

test("20,000 pairs of settings and requests are decided as the README says", async () => {
  const module = await pluginModule("canary");
  const chosen = new Set<number>();
  let pairs = 0;
  for (const [round, matches] of sample(settingMatches, PAIRS / REQUESTS, SEED).entries()) {
    const settings = matches.map((match, index) => ({ name: `s${index}`, match, config: to(`s${index}`) }));
    const run = await start(module, JSON.stringify({ ...to("base"), settings }));
    assert.equal(run.verdict, "accepted", `${run.lines.join("\n")} ${JSON.stringify(matches)}`);
    for (const request of sample(requestsAt, REQUESTS, SEED + round)) {
      const stream = run.plugin.openStream({ properties: propertiesOf(request) });
      stream.requestHeaders(headersOf(request), true);
      const arm = stream.request.headers.find(([name]) => name === "x-canary")?.[1];
      stream.close();
      const expected = settingOf(matches, request);
      assert.equal(arm, expected < 0 ? "base" : `s${expected}`, JSON.stringify({ matches, request }));
      chosen.add(expected);
      pairs++;
    }
  }
  assert.equal(pairs, PAIRS);
  assert.ok(chosen.size > 8, "all kinds of settings are chosen at some time");
});
