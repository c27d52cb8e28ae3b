import { after, before, describe, test } from "node:test";
import { inspectModule } from "../../tools/build/check-module.js";
import { capabilitiesNeeded } from "../../tools/generate/capabilities.js";
import { PluginModule } from "../../tools/host/index.js";
import { bodyCases } from "../support/parity/cases/bodies.js";
import { calloutCases, calloutListeners, calloutReplyCase } from "../support/parity/cases/callouts.js";
import { controlCases } from "../support/parity/cases/control.js";
import { headerCases } from "../support/parity/cases/headers.js";
import { randomHeaderCases } from "../support/parity/cases/random-headers.js";
import { stateCases } from "../support/parity/cases/state.js";
import {
  queueCase,
  queueListener,
  restrictedCase,
  restrictedListener,
  trapCases,
  trapListeners,
} from "../support/parity/cases/vms.js";
import type { ParityCase } from "../support/parity/case.js";
import { assertParity } from "../support/parity/compare.js";
import { EnvoySide } from "../support/parity/envoy-side.js";
import { NodeSide } from "../support/parity/node-side.js";
import { compileProbe } from "../support/parity/probe-module.js";

const envoy = new EnvoySide();
let node: NodeSide;

before(async () => {
  const wasm = await compileProbe();
  const needed = { name: "needed", capabilities: capabilitiesNeeded((await inspectModule(wasm))!) };
  const listeners = [
    { name: "main" },
    needed,
    ...calloutListeners,
    queueListener,
    restrictedListener,
    ...trapListeners,
  ];
  await envoy.start(wasm, listeners);
  node = await NodeSide.start(await PluginModule.compile(wasm), listeners);
});

after(() => envoy.stop());

function group(name: string, cases: readonly ParityCase[]): void {
  describe(name, () => {
    for (const parityCase of cases) {
      test(parityCase.name, async () => {
        const seen = await envoy.run(parityCase);
        assertParity(parityCase, seen, node.run(parityCase, seen));
      });
    }
  });
}

group("header maps", headerCases);
group("random sequences of header operations", randomHeaderCases);
group("bodies", bodyCases);
group("properties, shared data, queues, metrics", stateCases);
group("local responses, streams, foreign functions, WASI", controlCases);
group("HTTP calls", [...calloutCases, calloutReplyCase]);
group("queues", [queueCase]);
// What a module may call under the restriction that is derived from it is all that it can call.
group(
  "under its own restriction",
  [...stateCases, ...controlCases].filter((one) => !one.listener).map((one) => ({ ...one, listener: "needed" })),
);
group("capabilities", [restrictedCase]);
group("traps", trapCases);
