import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { digestOf } from "../../../tools/oci/digest.js";
import { BadRegistry } from "../../support/bad-registry.js";
import { Desk } from "../../support/registry-cli.js";
import { moduleBytes, smallImage } from "../../support/small-image.js";
import type { Ran } from "../memory-io.js";

const image = await smallImage();
const module = moduleBytes(100);
const HASH = digestOf(module).slice("sha256:".length);

describe("generate --pin", () => {
  let registry: BadRegistry;
  let desk: Desk;
  before(async () => {
    registry = await BadRegistry.start((asked, response, usual) => {
      if (asked.path === "/old.wasm") response.writeHead(302, { Location: "/trace.wasm" }).end();
      else if (asked.path === "/trace.wasm") response.end(module);
      else if (asked.path === "/page.wasm") response.end("<html>");
      else if (asked.path.endsWith("/manifests/many")) {
        const of = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
        const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: [of] };
        response.setHeader("Content-Type", index.mediaType).end(JSON.stringify(index));
      } else usual();
    }, image);
    desk = await Desk.make();
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const policy = (moduleUrl: string, ...plugins: string[]): string =>
    [
      "apiVersion: tidegate.dev/v1alpha1",
      "kind: PluginPolicy",
      "metadata: { name: reviews }",
      "spec:",
      "  workload: { labels: { app: reviews } }",
      "  tracer: none",
      `  moduleUrl: ${moduleUrl}`,
      `  plugins: [${plugins.join(", ")}]`,
      "",
    ].join("\n");
  const generate = (text: string, ...args: string[]): Promise<Ran> =>
    desk.run(["generate", "-f", "-", "-t", "istio-wasmplugin", ...args], {}, text);
  const specs = (out: string): { url: string; sha256?: string }[] =>
    parseAllDocuments(out).map((document) => (document.toJS() as { spec: { url: string; sha256?: string } }).spec);

  it("names images by the digest that their tags have now", async () => {
    const text = policy(`oci://${registry.host}/team/{plugin}:1.0.0`, "{ name: trace, config: {} }");
    const { exitCode, out, err } = await generate(text, "--pin");
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.deepEqual(
      specs(out).map(({ url, sha256 }) => [url, sha256]),
      [[`oci://${registry.host}/team/trace@${image.digest}`, undefined]],
    );
  });

  it("names the image of an index, not the index, and lets --ecds have what it needs", async () => {
    const text = policy(`oci://${registry.host}/team/all:many`, "{ name: trace }");
    assert.equal(specs((await generate(text, "--pin")).out)[0]!.url, `oci://${registry.host}/team/all@${image.digest}`);
    const ecds = ["-t", "istio-envoyfilter", "--ecds"];
    assert.match((await generate(text, ...ecds)).err, /TG3008/);
    const { exitCode, out, err } = await generate(text, ...ecds, "--pin");
    assert.deepEqual([exitCode, err], [0, ""]);
    assert.match(out, new RegExp(`sha256: "?${image.digest.slice("sha256:".length)}`));
  });

  it("says nothing of a missing tag that is not missed any more", async () => {
    registry.put(image, "latest");
    const text = policy(`oci://${registry.host}/team/trace`, "{ name: trace }");
    assert.match((await generate(text)).err, /warning TG3020/);
    assert.equal((await generate(text, "--pin")).err, "");
  });

  it("names modules of http by the hash of what is there, and follows redirects", async () => {
    for (const name of ["trace", "old"]) {
      const text = policy(`${registry.url}/${name}.wasm`, "{ name: trace }");
      assert.deepEqual(specs((await generate(text, "--pin")).out)[0]!.sha256, HASH);
    }
  });

  it("leaves hashes of the policy as they are, and asks nobody", async () => {
    const count = registry.asked.length;
    const other = "f".repeat(64);
    const text = policy(`${registry.url}/{plugin}.wasm`, `{ name: trace, sha256: ${other} }`);
    assert.equal(specs((await generate(text, "--pin")).out)[0]!.sha256, other);
    await generate(policy(`oci://${registry.host}/team/trace@${image.digest}`, "{ name: trace }"), "--pin");
    assert.equal(registry.asked.length, count);
  });

  const FAILS: [string, RegExp][] = [
    ["oci://127.0.0.1:1/team/trace:1.0.0", /127\.0\.0\.1:1: nothing listens there/],
    ["http://127.0.0.1:1/trace.wasm", /127\.0\.0\.1:1: nothing listens there/],
  ];
  for (const [url, why] of FAILS) {
    it(`writes nothing and says where when nobody answers: ${url}`, async () => {
      const { exitCode, out, err } = await generate(policy(url, "{ name: trace }"), "--pin");
      assert.deepEqual([exitCode, out], [1, ""]);
      assert.match(err, /^<stdin>:7:14: error TG9202 the hash of trace's module cannot be had: [^\n]*\n$/);
      assert.match(err, why);
    });
  }

  it("takes nothing else for a module, and no image that is not there", async () => {
    const page = await generate(policy(`${registry.url}/page.wasm`, "{ name: trace }"), "--pin");
    assert.match(page.err, /TG9202 .*page\.wasm gives is no WebAssembly/);
    const none = await generate(policy(`oci://${registry.host}/team/trace:2.0.0`, "{ name: trace }"), "--pin");
    assert.match(none.err, /TG9202 .*no such image/);
    assert.deepEqual([page.exitCode, none.exitCode], [1, 1]);
  });

  it("asks nobody about a policy that is wrong", async () => {
    const count = registry.asked.length;
    const { exitCode } = await generate(
      policy(`oci://${registry.host}/team/trace:1.0.0`, "{ name: nothing }"),
      "--pin",
    );
    assert.deepEqual([exitCode, registry.asked.length], [1, count]);
  });
});
