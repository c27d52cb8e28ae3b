// The lines that are printed for a target are those that `tidegate generate` writes for it.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOf } from "../../../tools/package/lines.js";
import { placesOf } from "../../../tools/package/places.js";
import { tidegate } from "../memory-io.js";

const MANIFEST = "b".repeat(64);
const MODULE = "a".repeat(64);
const hashed = { name: "trace", version: "1.2.0+5", sha256: MODULE, digest: `sha256:${MANIFEST}` } as const;

const policy = (url: string, sha256: string, gateway: object): string =>
  JSON.stringify({
    apiVersion: "tidegate.dev/v1alpha1",
    kind: "PluginPolicy",
    metadata: { name: "some", namespace: "shop" },
    spec: { gateway, tracer: "none", plugins: [{ name: "trace", moduleUrl: url, sha256 }] },
  });

const GATEWAYS: Record<string, object> = {
  "envoy-gateway": { name: "public" },
  higress: { labels: { app: "higress-gateway" } },
};

describe("the lines for a target", () => {
  const places = placesOf(["oci://registry.example.com/shop/{plugin}"], hashed);
  assert.ok(places.image);
  for (const { targets, as, lines } of linesOf(places)) {
    for (const target of targets.filter((name) => name !== "envoy")) {
      it(`are what generate writes: ${target}, ${as}`, async () => {
        const [url, sha256] = as === "image" ? [places.image!.url, MANIFEST] : [places.module.url, MODULE];
        const given = policy(url, sha256, GATEWAYS[target] ?? { labels: { istio: "ingressgateway" } });
        const { out, err } = await tidegate(["generate", "-f", "-", "-t", ...target.split(" ")], { stdin: given });
        for (const [key, value] of Object.entries(lines)) {
          assert.match(out, new RegExp(String.raw`^\s*${key}: "?${value.replace(/[+.]/g, "\\$&")}"?$`, "m"), err);
        }
      });
    }
  }
});

describe("where a package is going to be", () => {
  it("is said by the last URL of each kind", () => {
    const urls = ["oci://a.example/x", "https://b.example/{plugin}.wasm", "oci://c.example:5000/{plugin}:{version}"];
    const { image, module } = placesOf([...urls], { ...hashed, version: "1.2.0" });
    assert.equal(image!.url, "oci://c.example:5000/trace:1.2.0");
    assert.equal(module.url, "https://b.example/trace.wasm");
  });

  it("gets the version as its tag, unless there is another or a digest", () => {
    const image = (url: string) => placesOf([url], hashed).image!.url;
    assert.equal(image("oci://a.example/{plugin}"), "oci://a.example/trace:1.2.0_5");
    assert.equal(image("oci://a.example/{plugin}:stable"), "oci://a.example/trace:stable");
    assert.equal(image(`oci://a.example/x@sha256:${MODULE}`), `oci://a.example/x@sha256:${MODULE}`);
  });

  it("is not told of an image where none was made", () => {
    const { image } = placesOf([], { ...hashed, digest: undefined } as never);
    assert.equal(image, undefined);
  });

  for (const bad of ["ftp://a.example/x", "a.example/x", "oci://", "https://a b/c", "oci://a.example/UPPER"]) {
    it(`cannot be ${bad}`, () => assert.throws(() => placesOf([bad], hashed), { name: "UserError" }));
  }
});
