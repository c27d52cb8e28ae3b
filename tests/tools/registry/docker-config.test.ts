import fc from "fast-check";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { Secrets } from "../../../tools/oci/auth/credentials.js";
import { configFiles, credentialsFor } from "../../../tools/oci/auth/docker-config.js";
import { UserError } from "../../../tools/errors.js";
import { parseReference } from "../../../tools/oci/reference.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-docker-config-"));
after(() => rmSync(folder, { recursive: true }));
const env = { HOME: folder, DOCKER_CONFIG: folder };
const file = join(folder, "config.json");
const ENTRY = { auth: Buffer.from("me:secret").toString("base64") };

/** What is found for a reference in a file with such keys. */
async function found(reference: string, auths: Record<string, unknown>): Promise<string | undefined> {
  writeFileSync(file, JSON.stringify({ auths }));
  return (await credentialsFor(parseReference(reference), env))?.password;
}

describe("docker's configuration", () => {
  it("knows a registry by its host alone, whatever the form of the key", async () => {
    for (const key of ["a.example", "https://a.example", "https://a.example/", "http://a.example/v1/", "a.example/v2/"])
      assert.equal(await found("a.example/b/c:1", { [key]: ENTRY }), "secret", key);
    const others = ["b.example", "a.example:5000", "https://a.example.evil/", "https://evil/a.example", "example", "*"];
    for (const key of others) assert.equal(await found("a.example/b/c:1", { [key]: ENTRY }), undefined, key);
    assert.equal(await found("a.example:5000/b", { "a.example": ENTRY }), undefined);
  });

  it("knows Docker Hub by all its names", async () => {
    for (const key of ["https://index.docker.io/v1/", "docker.io", "index.docker.io", "https://registry-1.docker.io"])
      assert.equal(await found("some/plugin:1", { [key]: ENTRY }), "secret", key);
  });

  it("knows repositories, the longest key first", async () => {
    const other = { username: "me", password: "other" };
    assert.equal(await found("a.example/b/c:1", { "a.example/b": ENTRY, "a.example": other }), "secret");
    assert.equal(await found("a.example/bb/c:1", { "a.example/b": ENTRY, "a.example": other }), "other");
    assert.equal(await found("a.example/b/c:1", { "a.example/b": other, "a.example/b/c": ENTRY }), "secret");
  });

  it("is looked for where each tool keeps it", () => {
    const all = configFiles({ HOME: "/h", REGISTRY_AUTH_FILE: "/x.json", XDG_RUNTIME_DIR: "/run/1" });
    const places = [
      "/x.json",
      "/h/.docker/config.json",
      "/run/1/containers/auth.json",
      "/h/.config/containers/auth.json",
    ];
    assert.deepEqual(
      all.map(({ path }) => path),
      places,
    );
    assert.deepEqual(
      all.map(({ mustExist }) => mustExist),
      [true, false, false, false],
    );
  });

  it("has credentials or a fault in one line, whatever it holds, and says no secret", async () => {
    const secret = fc.constantFrom("s3cr3t", "czNjcjN0", Buffer.from("me:s3cr3t").toString("base64"));
    const value = fc.oneof(
      secret,
      fc.json().map((text) => JSON.parse(text) as unknown),
      fc.constant({ auth: "czNjcjN0" }),
    );
    const entry = fc.dictionary(fc.constantFrom("auth", "username", "password", "identitytoken"), value, {
      maxKeys: 3,
    });
    const auths = fc.dictionary(
      fc.constantFrom("a.example", "https://a.example/v1/", "a.example/b"),
      fc.oneof(entry, value),
    );
    const helpers = fc.dictionary(fc.constant("a.example"), fc.oneof(secret, fc.constant("../x"), fc.integer()));
    const config = fc.record(
      { auths: fc.oneof(auths, value), credHelpers: fc.oneof(helpers, value) },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      config.map((all) => JSON.stringify(all)),
      fc.json(),
      fc.string(),
      secret,
    );
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        writeFileSync(file, content);
        try {
          const credentials = await credentialsFor(parseReference("a.example/b/c:1"), { ...env, PATH: "/nowhere" });
          for (const [key, word] of Object.entries(credentials ?? {})) assert.equal(typeof word, "string", key);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          assert.equal(error.exitCode, 3);
          assert.doesNotMatch(error.message, /\n/);
          assert.doesNotMatch(error.message.replaceAll(/docker-credential-\w+/g, ""), /s3cr3t|czNjcjN0|bWU6czNjcjN0/);
        }
      }),
      { numRuns: 500, seed: 20261122 },
    );
  });
});

describe("secrets", () => {
  it("are masked in every form, the longest first", () => {
    const secrets = new Secrets();
    secrets.addCredentials({ username: "me", password: 'pa"ss/word', source: "x" });
    secrets.add("pa", undefined, "");
    const basic = Buffer.from('me:pa"ss/word').toString("base64");
    assert.equal(secrets.mask(`pa"ss/word pa%22ss%2Fword pa\\"ss/word Basic ${basic}`), "*** *** *** Basic ***");
    assert.equal(secrets.mask("paper"), "paper"); // too short to be told from other words
  });
});
