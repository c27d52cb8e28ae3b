// What is generated for Kubernetes is of the form that its kind has there.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checks, faultsOf, goldenResources, ownSchemas, type Resource } from "../support/crd-schemas.js";

/** Made from spec.routes; `npm run test:crds` checks these, too. */
const ROUTES = ["DestinationRule", "VirtualService", "HTTPRoute"];

describe("generated resources and the schemas of their kinds", () => {
  const by = checks(ownSchemas());
  const all = goldenResources();

  for (const { file, resources } of all) {
    it(file, () => {
      for (const resource of resources.filter(({ kind }) => !ROUTES.includes(kind))) {
        assert.deepEqual(faultsOf(resource, by), [], resource.kind);
      }
    });
  }

  it("has some of every kind", () => {
    const seen = new Set(all.flatMap(({ resources }) => resources.map((one) => `${one.apiVersion}/${one.kind}`)));
    assert.deepEqual(
      [...by.keys()].filter((kind) => !seen.has(kind)),
      [],
    );
  });

  it("finds what is wrong in each kind", () => {
    for (const [kind, spoil] of Object.entries(SPOILT)) {
      const good = all.flatMap(({ resources }) => resources).find((one) => `${one.apiVersion}/${one.kind}` === kind);
      const spoilt = structuredClone(good) as Resource & { spec: never };
      spoil(spoilt.spec);
      assert.notDeepEqual(faultsOf(spoilt, by), [], kind);
    }
    assert.deepEqual(Object.keys(SPOILT).sort(), [...by.keys()].sort());
  });
});

/* eslint-disable @typescript-eslint/no-explicit-any -- these resources are meant to be of no type */
const SPOILT: Record<string, (spec: any) => void> = {
  "gateway.envoyproxy.io/v1alpha1/EnvoyExtensionPolicy": ({ wasm }) => (wasm[0].code.type = "ConfigMap"),
  "extensions.higress.io/v1alpha1/WasmPlugin": (spec) => (spec.failStrategy = "FAIL_RELOAD"),
  "extensions.istio.io/v1alpha1/TrafficExtension": ({ wasm }) => (wasm.failStrategy = "FAIL_CLOSED"),
  "extensions.istio.io/v1alpha1/WasmPlugin": (spec) => (spec.sha256 = "A".repeat(64)),
  "networking.istio.io/v1alpha3/EnvoyFilter": ({ configPatches }) => (configPatches[0].patch.typo = {}),
  "telemetry.istio.io/v1/Telemetry": ({ tracing }) => (tracing[0].match = { mode: "INBOUND" }),
};
