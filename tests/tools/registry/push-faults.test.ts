import assert from "node:assert/strict";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { layoutFiles, writeLayout } from "../../../tools/oci/layout.js";
import { type Asked, BadRegistry, type Behave } from "../../support/bad-registry.js";
import { assertFailure, BASIC, Desk } from "../../support/registry-cli.js";
import { moduleBytes, smallImage } from "../../support/small-image.js";

const image = await smallImage(moduleBytes(60_000));
const source = await Desk.make();
const layout = join(source.cwd, "some.oci");
await writeLayout(layoutFiles(image, "1.0.0"), layout, "folder");
after(() => source.remove());

const isUpload = ({ method, path }: Asked): boolean => method === "PUT" && path.includes("/uploads/");
const isBegin = ({ method }: Asked): boolean => method === "POST";
const isManifest = ({ method, path }: Asked): boolean => method === "PUT" && path.includes("/manifests/");

const only =
  (which: (asked: Asked) => boolean, behave: Behave): Behave =>
  (asked, response, usual) =>
    which(asked) ? behave(asked, response, usual) : usual();
const status =
  (code: number, headers: Record<string, string> = {}): Behave =>
  (_, response) =>
    void response.writeHead(code, headers).end();

interface Case {
  behave: Behave;
  why: RegExp;
  args?: string[];
}

const CASES: Record<string, Case> = {
  "nobody may push": { behave: only(isBegin, status(403)), why: /lets nobody push to this repository .*\(403\)/ },
  "an upload that is refused": { behave: only(isUpload, status(413)), why: /too large \(413\)/ },
  "an upload that fails again and again": { behave: only(isUpload, status(500)), why: /fault of its own \(500\)/ },
  "an upload that is cut off again and again": {
    behave: only(isUpload, (_, response) => void response.destroy()),
    why: /ended the connection before all had come/,
  },
  "an upload without an answer": {
    behave: only(isUpload, () => undefined),
    why: /sends nothing for 1 s/,
    args: ["--timeout", "1"],
  },
  "no place to upload to": { behave: only(isBegin, status(202)), why: /names no place to upload to/ },
  "a place that is no URL": {
    behave: only(isBegin, status(202, { Location: "http://[" })),
    why: /a place to upload to that is no URL/,
  },
  "a place that is not encrypted": {
    behave: only(isBegin, status(202, { Location: "http://uploads.invalid/x" })),
    why: /a place to upload to that is not encrypted/,
  },
  "a redirect of what is sent": {
    behave: only(isUpload, status(307, { Location: "/elsewhere" })),
    why: /redirects what is sent to it/,
  },
  "a manifest that is refused": { behave: only(isManifest, status(400)), why: /answers 400/ },
  "a manifest that is taken for another one": {
    behave: only(isManifest, status(201, { "Docker-Content-Digest": `sha256:${"0".repeat(64)}` })),
    why: /took the manifest for sha256:0{64}, but it is sha256:/,
  },
};

describe("a push to a registry that has or makes a fault", { concurrency: 8 }, () => {
  for (const [name, { behave, why, args = [] }] of Object.entries(CASES)) {
    it(`ends with one line, shows no manifest, and can be done again: ${name}`, async () => {
      const registry = await BadRegistry.start(behave);
      const desk = await Desk.make();
      const push = ["push", layout, `${registry.host}/team/some:1.0.0`];
      assertFailure(await desk.run([...push, ...args]), why);
      registry.behave = (_, __, usual) => usual();
      const again = await desk.run(push);
      assert.deepEqual([again.exitCode, again.err], [0, ""]);
      assert.match(again.out, new RegExp(`manifest ${image.digest}`));
      await registry.close();
      desk.remove();
    });
  }

  it("sends the manifest only after all that it names", async () => {
    const registry = await BadRegistry.start();
    const desk = await Desk.make();
    await desk.run(["push", layout, `${registry.host}/team/some:1.0.0`]);
    const puts = registry.asked
      .filter(({ method }) => method === "PUT")
      .map(({ path }) => path.includes("/manifests/"));
    assert.deepEqual(puts, [false, false, true]);
    await registry.close();
    desk.remove();
  });

  it("begins an upload anew that was cut off once, and sends no blob twice that arrived", async () => {
    let faults = 0;
    const registry = await BadRegistry.start(
      only(isUpload, (_, response, usual) => (faults++ === 0 ? response.destroy() : usual())),
    );
    const desk = await Desk.make();
    const { exitCode, out } = await desk.run(["push", layout, `${registry.host}/team/some:1.0.0`]);
    assert.equal(exitCode, 0);
    assert.match(out, /sent 2 blobs/);
    assert.deepEqual([registry.count("POST", "uploads"), registry.count("PUT", "uploads")], [3, 3]);
    const again = await desk.run(["push", layout, `${registry.host}/team/some:1.0.0`]);
    assert.match(again.out, /sent 0 blobs of 0 bytes; 2 were there/);
    assert.equal(registry.count("PUT", "uploads"), 3);
    await registry.close();
    desk.remove();
  });

  it("sends bytes to another host without credentials, when the registry has them there", async () => {
    const store = await BadRegistry.start((_, response) => void response.writeHead(201).end());
    const registry = await BadRegistry.start(
      only(isBegin, (_, response) => void response.writeHead(202, { Location: `${store.url}/put?sign=abc` }).end()),
    );
    const desk = await Desk.make();
    desk.login(registry.host);
    const withBasic = registry.behave;
    registry.behave = (asked, response, usual) =>
      asked.headers.authorization === `Basic ${BASIC}`
        ? withBasic(asked, response, usual)
        : void response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
    const { exitCode, err } = await desk.run(["push", layout, `${registry.host}/team/some:1.0.0`]);
    assert.equal(exitCode, 0, err);
    assert.equal(store.asked.length, 2);
    for (const { headers, path, body } of store.asked) {
      assert.equal(headers.authorization, undefined);
      assert.match(path, /^\/put\?sign=abc&digest=sha256%3A[0-9a-f]{64}$/);
      assert.ok(body.length > 0);
    }
    await Promise.all([store.close(), registry.close()]);
    desk.remove();
  });

  it("goes nowhere that was not named: a plugin alone is none of a public registry's", async () => {
    const { exitCode, err } = await source.run(["push", "canary"]);
    assert.equal(exitCode, 2);
    assert.match(err, /^tidegate: canary names no registry\. Say where to push to, such as \S+\/canary\n$/);
  });

  it("warns when a tag is moved", async () => {
    const registry = await BadRegistry.start(undefined, await smallImage());
    const desk = await Desk.make();
    const { exitCode, err } = await desk.run(["push", layout, `${registry.host}/team/some:1.0.0`]);
    assert.equal(exitCode, 0);
    assert.match(
      err,
      /^127\.0\.0\.1:\d+\/team\/some:1:1: warning TG9201 the tag 1\.0\.0 was sha256:.* before, and is sha256/,
    );
    await registry.close();
    desk.remove();
  });
});
