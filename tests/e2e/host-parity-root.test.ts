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

/** How a root context begins; Envoy starts each plugin on its main thread, too. */
const BEGIN = "probe > 0 ";
const TICK_MS = 30;

describe("what a root context may do", () => {
  for (const { description, ...listener } of rootListeners) {
    test(description, async () => {
      const envoy = new EnvoySide();
      const script = { root: listener.rootScript ?? {}, stream: {} };
      try {
        await envoy.start(wasm, [listener]);
        const node = await NodeSide.start(await PluginModule.compile(wasm), [listener]);
        node.proxy.clock.advanceMs(TICK_MS);
        const expected = node.lines.length;
        const seen = (): string[] => envoy.linesOfThread(BEGIN);
        await waitFor(
          () => seen().length >= expected,
          () => `${expected} lines of the worker's VM:\n${seen().join("\n")}`,
        );
        const readable = (lines: readonly string[]): string[] => lines.map((line) => describeLine(line, script));
        assert.deepEqual(readable(node.lines), readable(seen()));
      } finally {
        await envoy.stop();
      }
    });
  }
});
