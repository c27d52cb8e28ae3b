import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { httpSend } from "../../tools/rig/http-send.js";
import { loadRig } from "../../tools/rig/load-rig.js";
import { type RunningRig, startRig } from "../../tools/rig/running-rig.js";
import { repoRoot } from "../../tools/root.js";

const README = readFileSync(join(repoRoot, "envoy-configs", "trace", "README.md"), "utf8");
const PATIENCE_MS = 10_000;
/** Names that `ask` in the README shows. */
const SHOWN = /^(b3|trace[a-z]+|x-datadog-[a-z-]+|baggage)$/;

/** What the README's terminal shows: a command, and the lines under it. */
const exchanges = [...README.matchAll(/^\$ (.*)\n((?:(?!\$|```).+\n)*)/gm)].map(([, command, shown]) => ({
  command: command!,
  shown: shown!.split("\n").filter((line) => line !== ""),
}));
const asks = exchanges.filter(({ command }) => command.startsWith("ask "));
const metrics = exchanges.find(({ command }) => command.includes("/stats/prometheus"))!.shown;

/** The headers of a curl command. */
function headersOf(command: string): HeaderList {
  return [...command.matchAll(/-H '([^:']+): ([^']*)'/g)].map(([, name, value]) => [name!, value!]);
}

describe("envoy-configs/trace", { timeout: 60_000 }, () => {
  let rig: RunningRig;
  before(async () => {
    const { policy } = await loadRig("trace", repoRoot);
    const { signal } = new AbortController();
    rig = await startRig(policy!, { envoy: await locateEnvoy({ allowInstall: true }), ports: "auto", signal });
  });
  after(() => rig.close());

  it("shows what its README says", async () => {
    assert.equal(asks.length, 3);
    const { send, close } = httpSend(rig.ports.listener);
    for (const { command, shown } of asks) {
      const { upstream } = await send({ path: "/", headers: headersOf(command) });
      const seen = upstream!.received.filter(([name]) => SHOWN.test(name));
      assert.deepEqual(
        seen.map(([name, value]) => `"${name}","${value}"`),
        shown,
        command,
      );
    }
    close();
    assert.deepEqual(await counted(), metrics);
  });

  /** Envoy's metrics that are not 0; tells of the last state when they do not become the README's in time. */
  async function counted(): Promise<string[]> {
    let lines: string[] = [];
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(20)) {
      const url = `http://127.0.0.1:${rig.ports.admin}/stats/prometheus?filter=tidegate`;
      lines = (await (await fetch(url)).text()).split("\n").filter((line) => /^tidegate_.* [^0]/.test(line));
      if (lines.join() === metrics.join()) break;
    }
    return lines;
  }
});
