// Bills of materials, by CycloneDX's own schema.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { Ajv } from "ajv";
import { digestOf } from "../../../tools/oci/digest.js";
import { partsOf } from "../../../tools/package/parts.js";
import { sbomOf, type SbomSubject } from "../../../tools/package/sbom.js";
import { repoRoot } from "../../../tools/root.js";
import { SOME } from "./some-package.js";

const schemas = join(
  dirname(createRequire(import.meta.url).resolve("@cyclonedx/cyclonedx-library/package.json")),
  "res",
  "schema",
);
const schemaFile = (name: string): object => JSON.parse(readFileSync(join(schemas, name), "utf8"));

/** Whether a bill is what CycloneDX 1.6 says that one is. */
function checker() {
  const ajv = new Ajv({
    strict: false,
    formats: { "date-time": isTime, uri: true, "iri-reference": true, "idn-email": true },
  });
  for (const name of ["spdx", "jsf-0.82"].map((name) => `${name}.SNAPSHOT.schema.json`)) {
    ajv.addSchema(schemaFile(name), `http://cyclonedx.org/schema/${name}`);
  }
  return ajv.compile(schemaFile("bom-1.6.SNAPSHOT.schema.json"));
}

const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text);

const HASH = "0123456789abcdef".repeat(4);
const SUBJECT: SbomSubject = {
  name: SOME.name,
  version: SOME.version,
  description: "Does something.",
  module: SOME.module,
  origin: { created: SOME.created, licenses: "Apache-2.0", source: "https://example.com/some", revision: "3f2a9c" },
  tool: "0.1.0",
};
const SOURCES = {
  "plugins/some/index.ts": HASH,
  "plugins/some/absent.ts": null,
  "assembly/index.ts": HASH,
  "node_modules/@solo-io/proxy-runtime/assembly/imports.ts": HASH,
};
const parts = partsOf(SOURCES, repoRoot, "0.27.37");

describe("a bill of materials", () => {
  const isValid = checker();
  const bills = { full: { ...SUBJECT, parts }, "built elsewhere": SUBJECT, bare: bare() };

  for (const [name, subject] of Object.entries(bills)) {
    it(`is one by CycloneDX's schema: ${name}`, () => {
      assert.ok(isValid(JSON.parse(sbomOf(subject))), JSON.stringify(isValid.errors, null, 1));
    });
  }

  it("would not be one with a key that CycloneDX has not", () => {
    assert.equal(isValid({ ...JSON.parse(sbomOf(SUBJECT)), tools: [] }), false);
  });

  it("has the module's hash, and what it was compiled from by packages", () => {
    const bill = JSON.parse(sbomOf({ ...SUBJECT, parts }));
    assert.equal(`sha256:${bill.metadata.component.hashes[0].content}`, digestOf(SOME.module));
    assert.deepEqual(
      bill.metadata.component.components.map((file: { name: string }) => file.name),
      ["plugins/some/index.ts"],
    );
    const packages = bill.components.map((each: { purl: string; components?: { name: string }[] }) => [
      each.purl.replace(/@[^@]*$/, ""),
      ...(each.components ?? []).map(({ name }) => name),
    ]);
    assert.deepEqual(packages, [
      ["pkg:npm/%40solo-io/proxy-runtime", "assembly/imports.ts"],
      ["pkg:npm/assemblyscript"],
      ["pkg:npm/tidegate", "assembly/index.ts"],
    ]);
    assert.equal(bill.compositions[0].aggregate, "complete");
  });

  it("claims nothing of what went into a module that was built elsewhere", () => {
    const bill = JSON.parse(sbomOf(SUBJECT));
    assert.deepEqual([bill.components, bill.compositions[0].aggregate], [[], "unknown"]);
  });

  it("has a number of its own, which is the same for the same", () => {
    const number = (subject: SbomSubject): string => JSON.parse(sbomOf(subject)).serialNumber;
    assert.equal(number(SUBJECT), number({ ...SUBJECT }));
    assert.notEqual(number(SUBJECT), number({ ...SUBJECT, version: "1.2.1" }));
  });
});

describe("packages in another project's folder", () => {
  it("are the same wherever npm has put them", () => {
    const names = (prefix: string) =>
      partsOf({ [`${prefix}node_modules/tidegate/assembly/index.ts`]: HASH }, repoRoot, "0.27.37").others.map(
        ({ sources }) => sources,
      );
    assert.deepEqual(names(""), names("../../"));
    assert.deepEqual(names("")[1], [{ name: "assembly/index.ts", sha256: HASH }]);
  });
});

function bare(): SbomSubject {
  return { ...SUBJECT, description: "", origin: { created: SOME.created } };
}
