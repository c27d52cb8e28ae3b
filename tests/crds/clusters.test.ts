// Every generated resource, held against the definitions that Istio, Envoy Gateway and the Gateway API put into clusters.
import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { clusterSchemas } from "../support/crd-modules.js";
import { checks, type CrdSchema, faultsOf, goldenResources, ownSchemas, type Schema } from "../support/crd-schemas.js";

/** Of Higress there is no Go module. */
const HIGRESS = "extensions.higress.io/v1alpha1";

let real: CrdSchema[];
before(async () => void (real = await clusterSchemas()));

describe("the definitions of clusters", () => {
  for (const { file, resources } of goldenResources()) {
    it(`take ${file}`, () => {
      const by = checks(real);
      for (const resource of resources.filter(({ apiVersion }) => apiVersion !== HIGRESS)) {
        assert.deepEqual(faultsOf(resource, by), [], `${resource.kind} ${String(resource.metadata["name"])}`);
      }
    });
  }

  it("refuse what is wrong", () => {
    const [resource] = goldenResources().flatMap(({ resources }) =>
      resources.filter(({ kind }) => kind === "WasmPlugin"),
    );
    for (const wrong of [{ phase: "SOON" }, { unknown: 1 }, { priority: "1" }]) {
      const spoilt = { ...resource!, spec: { ...(resource!.spec as object), ...wrong } };
      assert.notDeepEqual(faultsOf(spoilt, checks(real)), [], JSON.stringify(wrong));
    }
  });

  it("say what tests/tools/crds says of them", () => {
    for (const own of ownSchemas().filter(({ apiVersion }) => apiVersion !== HIGRESS)) {
      const theirs = real.find(({ apiVersion, kind }) => apiVersion === own.apiVersion && kind === own.kind);
      assert.ok(theirs, own.kind);
      assertSame(own.spec, theirs.spec, own.kind);
    }
  });
});

/** What a limit of ours is, so is theirs; they have more fields. */
const LIMITS = ["enum", "maxItems", "maxLength", "minLength", "maximum", "minimum", "pattern", "maxProperties"];

function assertSame(own: Schema, theirs: Schema, path: string): void {
  if (theirs["x-kubernetes-preserve-unknown-fields"] === true) return;
  const type = [theirs["type"]].flat(); // the second is "null"
  assert.equal(type[0], own["type"], path);
  for (const limit of LIMITS.filter((name) => own[name] !== undefined)) {
    if (limit === "enum") assert.deepEqual(enumOf(theirs), new Set(own[limit] as string[]), path);
    else assert.deepEqual(theirs[limit], own[limit], `${path} ${limit}`);
  }
  if (own["required"]) assert.deepEqual(theirs["required"], own["required"], path);
  for (const [name, inner] of Object.entries((own["properties"] ?? {}) as Record<string, Schema>)) {
    const their = (theirs["properties"] as Record<string, Schema>)[name];
    assert.ok(their, `${path}.${name}`);
    assertSame(inner, their, `${path}.${name}`);
  }
  if (own["items"]) assertSame(own["items"] as Schema, theirs["items"] as Schema, `${path}[]`);
}

/** Envoy Gateway writes some as those that are in every list of `allOf`. */
function enumOf(schema: Schema): Set<unknown> {
  const lists = ((schema["allOf"] ?? [schema]) as { enum?: unknown[] }[]).flatMap((one) =>
    one.enum ? [one.enum] : [],
  );
  return new Set((lists[0] ?? []).filter((value) => lists.every((list) => list.includes(value))));
}
