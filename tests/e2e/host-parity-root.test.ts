import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { PluginModule } from "../../tools/host/index.js";
import { rootListeners } from "../support/parity/cases/root.js";
import { EnvoySide, waitFor } from "../support/parity/envoy-side.js";
import { NodeSide } from "../support/parity/node-side.js";
import { compileProbe } from "../support/parity/probe-module.js";
import { describeLine } from "../support/parity/script.js";

let wasm: Uint8Array;

before(async () => {
  wasm = await compileProbe();
});

/** Envoy starts a plugin on its main thread and on each worker: what comes last is the worker's. */
const BEGIN = "probe > 0 ";
const TICK_MS = 30;

function lastStart(lines: readonly string[], plugins: number): string[] {
  const begins = lines.flatMap((line, index) => (line.startsWith(BEGIN) ? [index] : []));
  return lines.slice(begins.at(-plugins));
}

describe("what a root context may do", () => {
  for (const { description, ...listener } of rootListeners) {
    test(description, async () => {
      const envoy = new EnvoySide();
      const script = { root: listener.rootScript ?? {}, stream: {} };
      try {
        await envoy.start(wasm, [listener]);
        const node = await NodeSide.start(await PluginModule.compile(wasm), [listener]);
        node.proxy.clock.advanceMs(TICK_MS);
        const ticks = listener.rootScript?.tick !== undefined;
        await waitFor(
          () => !ticks || envoy.lines.at(-1)?.startsWith("probe 3 ") === true,
          () => envoy.lines.join("\n"),
        );
        const seen = lastStart(envoy.lines, listener.filters ?? 1);
        const readable = (lines: readonly string[]): string[] => lines.map((line) => describeLine(line, script));
        assert.deepEqual(readable(node.lines), readable(seen));
      } finally {
        await envoy.stop();
      }
    });
  }
});
