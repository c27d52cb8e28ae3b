// Images that `tidegate package` makes and `tidegate push` sends, pulled by Istio's own agent; and those that the pull
// rules say it does not take.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { digestOf } from "../../tools/oci/digest.js";
import { gzipOf } from "../../tools/oci/gzip.js";
import { type Blob, blobOf, type Image } from "../../tools/oci/image.js";
import { descriptorOf, imageOf } from "../../tools/oci/manifest.js";
import {
  HIGRESS_SPEC,
  OCI_CONFIG,
  OCI_INDEX,
  OCI_TAR_GZIP,
  WASM_CONFIG,
  WASM_CONTENT,
} from "../../tools/oci/media-types.js";
import { istioModule } from "../../tools/oci/pull-rules/istio.js";
import { isRefusal } from "../../tools/oci/pull-rules/refusal.js";
import { readLayout } from "../../tools/oci/read-layout.js";
import { parseReference } from "../../tools/oci/reference.js";
import { Registry } from "../../tools/oci/registry/registry.js";
import { tarOf } from "../../tools/oci/tar.js";
import { type Answer, valuesOf } from "../../tools/rig/exchange.js";
import { repoRoot } from "../../tools/root.js";
import { Agent } from "../support/istio/agent.js";
import type { Resource } from "../support/istio/cluster.js";
import { type Form, generated } from "../support/istio/generated.js";
import { Lab } from "../support/istio/lab.js";
import { RealRegistry } from "../support/real-registry.js";
import { tidegate } from "../tools/memory-io.js";

const module = readFileSync(join(repoRoot, "build", "canary.wasm"));
const mark = ({ upstream }: Answer): string => valuesOf(upstream?.received ?? [], "x-mark").join();

/** A plugin that says by a header that it runs; without a module no request passes. */
const policy = (name: string, sha256?: string): string => `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: ${name}, namespace: default }
spec:
  workload: { labels: { app: app } }
  failure: closed
  plugins:
    - name: canary${sha256 === undefined ? "" : `\n      sha256: ${sha256}`}
      config: { decision_header: x-mark, rules: [{ name: all, arm: ${name} }] }
`;

let folder: string;
let registry: RealRegistry;
let lab: Lab;
let applied: Resource[] = [];
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-images-"));
  registry = await RealRegistry.start();
  lab = await Lab.start({ startSidecar: (xdsPort) => Agent.start(xdsPort, [registry.host]) });
  const args = ["package", "canary", "--form", "oci,artifact,docker", "--version", "1.0.0", "--out", folder];
  const { exitCode, err } = await tidegate(args);
  assert.equal(exitCode, 0, err);
});
after(async () => {
  await lab?.stop();
  await registry?.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const resource of applied.splice(0)) lab.cluster.remove(resource);
  await lab.expect("inbound", "nothing is left", (answer) => answer.status === 200 && mark(answer) === "");
});

async function apply(name: string, reference: string, sha256?: string, form: Form = "istio-wasmplugin"): Promise<void> {
  applied = await generated(form, policy(name, sha256), `oci://${registry.host}/${reference}`);
  lab.apply(...applied);
}

async function expectRun(name: string): Promise<void> {
  await lab.expect("inbound", "the plugin runs", (answer) => mark(answer) === name);
}

async function expectRefusal(): Promise<void> {
  await lab.expect("inbound", "requests are refused", ({ status }) => status === 403);
}

const pushed = (image: Image, reference: string): Promise<unknown> =>
  new Registry({ env: {} }).pushImage(image, parseReference(`${registry.host}/${reference}`));

describe("Istio's agent pulls what tidegate packages", () => {
  const forms = { oci: "canary-1.0.0.oci", artifact: "canary-1.0.0.artifact.oci", docker: "canary-1.0.0.docker.tar" };
  for (const [form, file] of Object.entries(forms)) {
    it(`in the form ${form}, by its tag`, async () => {
      const { exitCode, err } = await tidegate(["push", join(folder, file), `${registry.host}/${form}:1.0.0`]);
      assert.equal(exitCode, 0, err);
      await apply(`by-tag-${form}`, `${form}:1.0.0`);
      await expectRun(`by-tag-${form}`);
    });
  }

  it("by its digest, in the URL and beside it", async () => {
    const { digest } = readLayout(join(folder, forms.oci));
    await apply("by-digest", `oci:1.0.0@${digest}`);
    await expectRun("by-digest");
    for (const resource of applied.splice(0)) lab.cluster.remove(resource);
    await apply("by-sha256", "oci:1.0.0", digest.slice("sha256:".length));
    await expectRun("by-sha256");
  });

  it("through an EnvoyFilter, by ECDS", async () => {
    const { digest } = readLayout(join(folder, forms.artifact)); // which it must have
    await apply("discovered", `artifact@${digest}`, undefined, "istio-envoyfilter --ecds");
    await expectRun("discovered");
  });

  it("but not by another digest", async () => {
    await apply("other-digest", "oci:1.0.0", "f".repeat(64));
    await expectRefusal();
  });

  it("nor by the module's hash, which is not the manifest's", async () => {
    await apply("module-hash", "oci:1.0.0", digestOf(module).slice("sha256:".length));
    await expectRefusal();
  });
});

describe("Istio's agent and its pull rules agree", () => {
  const config = blobOf(OCI_CONFIG, Buffer.from("{}"));
  const content = blobOf(WASM_CONTENT, module);
  const spec = blobOf(HIGRESS_SPEC, Buffer.from("apiVersion: 1.0.0\n"));
  const archive = async (name = "plugin.wasm"): Promise<Blob> =>
    blobOf(OCI_TAR_GZIP, gzipOf(await tarOf([{ name, bytes: module }])));
  const images: [name: string, image: () => Promise<Image>][] = [
    ["folder", async () => imageOf(config, [spec, await archive("opt/plugin.wasm")])],
    ["reversed", async () => imageOf(config, [content, blobOf(WASM_CONFIG, Buffer.from("{}"))])],
    ["first", async () => imageOf(config, [await archive(), spec, spec])],
    ["alone", async () => imageOf(config, [content])],
    ["named", async () => imageOf(config, [await archive("canary.wasm")])],
  ];
  for (const [name, image] of images) {
    it(`of an image that is ${name}`, async () => {
      const made = await image();
      await pushed(made, `${name}:1`);
      await apply(name, `${name}:1`);
      await (isRefusal(istioModule(made)) ? expectRefusal() : expectRun(name));
    });
  }

  it("of an index: its image is pulled by the tag, and not by the digest of the index", async () => {
    const image = imageOf(config, [await archive()], { made: "for an index" });
    await pushed(image, "index:one");
    const manifests = [{ ...descriptorOf(image), platform: { os: "linux", architecture: "amd64" } }];
    const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
    const url = `http://${registry.host}/v2/index/manifests/all`;
    const put = await fetch(url, { method: "PUT", headers: { "Content-Type": OCI_INDEX }, body: index });
    assert.equal(put.status, 201);
    await apply("index-tag", "index:all");
    await expectRun("index-tag");
    for (const resource of applied.splice(0)) lab.cluster.remove(resource);
    await apply("index-digest", `index@${digestOf(index)}`);
    await expectRefusal();
  });
});
