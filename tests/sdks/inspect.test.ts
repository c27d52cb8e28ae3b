// What inspect says of plugins on the SDKs that there are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspected } from "../../tools/inspect/inspect.js";
import { ofFile } from "../../tools/inspect/artefact.js";
import { compiledSdk } from "../support/sdks/assemblyscript.js";
import { goTour } from "../support/sdks/go.js";
import { rustTour, whyNoRust } from "../support/sdks/rust.js";

/** What tells one SDK from another, and what is wrong. */
function told(wasm: Uint8Array): unknown[] {
  const { module, findings } = inspected("it", ofFile(wasm, "it"));
  const { likely, abi, start } = module!;
  return [likely.language, likely.sdk, abi, start, findings];
}

const SUBJECTS: Record<string, [wasm: () => Promise<Uint8Array>, told: (string | RegExp)[], why?: string | undefined]> =
  {
    "the Go SDK": [goTour, ["Go", "proxy-wasm/proxy-wasm-go-sdk", "0.2.0", "_initialize"]],
    "the Rust SDK": [rustTour, ["Rust", /^the crate proxy-wasm \d+\.\d+\.\d+$/, "0.2.1", "_initialize"], whyNoRust()],
    "@solo-io/proxy-runtime": [
      () => compiledSdk("solo-tour"),
      ["AssemblyScript", "@solo-io/proxy-runtime", "0.2.0", "_start"],
    ],
    "@gcoredev/proxy-wasm-sdk-as": [
      () => compiledSdk("gcore-tour"),
      ["AssemblyScript", "@gcoredev/proxy-wasm-sdk-as", /^0\.2\.\d$/, /^_(start|initialize)$/],
    ],
  };

for (const [sdk, [wasm, expected, why]] of Object.entries(SUBJECTS)) {
  const skip = why !== undefined && process.env["CI"] !== "true" ? why : false;
  test(`a plugin on ${sdk} is known for one, and nothing is wrong with it`, { skip }, async () => {
    const [language, ...rest] = told(await wasm());
    assert.deepEqual(rest.pop(), []);
    for (const [i, value] of [language, ...rest].entries()) {
      const want = expected[i]!;
      if (typeof want === "string") assert.equal(value, want);
      else assert.match(String(value), want);
    }
  });
}
