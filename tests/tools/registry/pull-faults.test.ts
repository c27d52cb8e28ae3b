import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { Image } from "../../../tools/oci/image.js";
import { repoRoot } from "../../../tools/root.js";
import { BadRegistry, type Asked, type Behave } from "../../support/bad-registry.js";
import { assertFailure, BASIC, Desk } from "../../support/registry-cli.js";
import { smallImage } from "../../support/small-image.js";
import { until } from "../../support/until.js";
import { tidegate } from "../memory-io.js";

const image = await smallImage();
const [layer] = image.layers as [Image["config"]];
const isLayer = ({ path }: Asked): boolean => path.endsWith(layer.descriptor.digest);
const isManifest = ({ path }: Asked): boolean => path.includes("/manifests/");

interface Case {
  behave: Behave;
  why: RegExp;
  args?: string[];
  /** How often what fails is asked for, where that matters. */
  times?: [path: string, count: number];
}

const only =
  (which: (asked: Asked) => boolean, behave: Behave): Behave =>
  (asked, response, usual) =>
    which(asked) ? behave(asked, response, usual) : usual();

const status = (code: number, headers: Record<string, string> = {}, body = ""): Behave =>
  only(isManifest, (_, response) => void response.writeHead(code, headers).end(body));

const errors = (message: string): string => JSON.stringify({ errors: [{ code: "SOME", message }] });

const CASES: Record<string, Case> = {
  "a layer that is cut off": {
    behave: only(isLayer, (_, response) => {
      response.writeHead(200, { "Content-Length": layer.bytes.length });
      response.write(layer.bytes.subarray(0, 40), () => void setTimeout(() => response.destroy(), 20));
    }),
    why: /ended the connection before all had come/,
    times: [layer.descriptor.digest, 4],
  },
  "a layer that is cut off without a length": {
    behave: only(isLayer, (_, response) => void response.write(layer.bytes.subarray(0, 40), () => response.destroy())),
    why: /ended the connection before all had come/,
  },
  "a layer with another byte": {
    behave: only(
      isLayer,
      (_, response) => void response.end(layer.bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))),
    ),
    why: /layer 1 is sha256:[0-9a-f]{64}, not sha256:/,
    times: [layer.descriptor.digest, 1],
  },
  "a layer that is longer": {
    behave: only(isLayer, (_, response) => void response.end(Buffer.concat([layer.bytes, Buffer.from("x")]))),
    why: /sends more than the \d+ bytes that are expected/,
  },
  "a layer that never ends": {
    behave: only(isLayer, (_, response) => {
      response.on("error", () => undefined);
      const more = (): void => void response.write(Buffer.alloc(65536), (error) => error ?? setImmediate(more));
      more();
    }),
    why: /sends more than the \d+ bytes that are expected/,
  },
  "a layer that is shorter": {
    behave: only(isLayer, (_, response) => void response.end(layer.bytes.subarray(1))),
    why: /layer 1 has \d+ bytes where the manifest says \d+/,
  },
  "a manifest of another digest than is said": {
    behave: only(isManifest, (_, response) => {
      response.setHeader("Docker-Content-Digest", `sha256:${"0".repeat(64)}`).end(image.manifest);
    }),
    why: /gives another manifest than it says: sha256:[0-9a-f]{64}, not sha256:0{64}/,
  },
  "a manifest too large": {
    behave: only(
      isManifest,
      (_, response) => void response.writeHead(200, { "Content-Length": 2 ** 33 }).flushHeaders(),
    ),
    why: /sends more than the 4194304 bytes that are expected/,
  },
  "a manifest that never ends": {
    behave: only(isManifest, (_, response) => {
      const more = (): void => void response.write(" ".repeat(65536), (error) => error ?? setImmediate(more));
      more();
    }),
    why: /sends more than the 4194304 bytes that are expected/,
  },
  "a page instead of a manifest": {
    behave: only(isManifest, (_, response) => void response.setHeader("Content-Type", "text/html").end("<html>")),
    why: /the manifest is no JSON/,
  },
  "a manifest that came as something else": {
    behave: only(isManifest, (_, response) => {
      response.setHeader("Content-Type", "application/vnd.oci.image.index.v1+json").end(image.manifest);
    }),
    why: /what came as .*index.* says that it is .*manifest/,
  },
  "an index without an image for gateways": {
    behave: only(isManifest, (_, response) => {
      const of = { mediaType: image.mediaType, digest: image.digest, size: image.manifest.length };
      const manifests = [{ ...of, platform: { os: "linux", architecture: "arm64" } }];
      const index = JSON.stringify({
        schemaVersion: 2,
        mediaType: "application/vnd.oci.image.index.v1+json",
        manifests,
      });
      response.setHeader("Content-Type", "application/vnd.oci.image.index.v1+json").end(index);
    }),
    why: /no image for linux\/amd64/,
  },
  "401 without a challenge": { behave: status(401), why: /credentials of an unknown kind \(401\)/ },
  "401 by a way that nobody knows": {
    behave: status(401, { "WWW-Authenticate": "Negotiate abc" }),
    why: /credentials of an unknown kind \(401\)/,
  },
  "401 to anybody": {
    behave: status(401, { "WWW-Authenticate": 'Basic realm="all"' }),
    why: /lets nobody pull from this repository without credentials \(401\); log in/,
  },
  403: {
    behave: status(403),
    why: /lets nobody pull from this repository without credentials \(403\)/,
    times: ["manifests", 1],
  },
  404: {
    behave: status(404, {}, errors("manifest unknown")),
    why: /no such image, or hides it \(404\): manifest unknown/,
  },
  "429 for long": {
    behave: status(429, { "Retry-After": "3600" }),
    why: /too many requests, and says to come later \(429\), Retry-After: 3600/,
    times: ["manifests", 1],
  },
  "429 again and again": { behave: status(429), why: /\(429\)/, times: ["manifests", 4] },
  500: {
    behave: status(500, {}, errors("no\ndisk\u001b[31m")),
    why: /a fault of its own \(500\): no\\ndisk/,
    times: ["manifests", 4],
  },
  "503 with a page": { behave: status(503, {}, "<html>".repeat(100_000)), why: /a fault of its own \(503\)$/m },
  418: { behave: status(418), why: /the registry answers 418/ },
  "a redirect that leads nowhere": { behave: status(302), why: /leads nowhere \(302\)/ },
  "endless redirects": {
    behave: only(isManifest, ({ path }, response) => void response.writeHead(307, { Location: `${path}x` }).end()),
    why: /redirects more than 5 times/,
    times: ["manifests", 6],
  },
  "a redirect to what is not encrypted": {
    behave: status(307, { Location: "http://registry.invalid/x" }),
    why: /a place to go to that is not encrypted \(http\), so nothing is sent there/,
  },
  "a redirect to what hands out credentials of machines": {
    behave: status(307, { Location: "http://169.254.169.254/latest/meta-data" }),
    why: /link-local/,
  },
  "a redirect to a file": { behave: status(307, { Location: "file:///etc/passwd" }), why: /is a file: URL/ },
  "silence from the beginning": {
    behave: only(isManifest, () => undefined),
    why: /sends nothing for 1 s/,
    args: ["--timeout", "1"],
    times: ["manifests", 1],
  },
  "silence in the middle": {
    behave: only(isLayer, (_, response) => {
      response.writeHead(200, { "Content-Length": layer.bytes.length }).write(layer.bytes.subarray(0, 40));
    }),
    why: /sends nothing for 1 s/,
    args: ["--timeout", "1"],
  },
  "a drop at a time": {
    behave: only(isLayer, async (_, response) => {
      for (const byte of layer.bytes) {
        if (!response.write(Buffer.of(byte))) return;
        await sleep(300);
      }
    }),
    why: /is too slow: not done after 2 s/,
    args: ["--timeout", "1"],
  },
  "no registry": {
    behave: (_, response) => void response.writeHead(404).end(),
    why: /404 is its answer to \/v2\/: it is no registry/,
  },
};

describe("a pull from a registry that has or makes a fault", { concurrency: 8 }, () => {
  for (const [name, { behave, why, args = [], times }] of Object.entries(CASES)) {
    it(`ends with one line and leaves nothing: ${name}`, async () => {
      const registry = await BadRegistry.start(behave, image);
      const desk = await Desk.make();
      try {
        const pull = ["pull", `${registry.host}/team/some:1.0.0`, ...args];
        assertFailure(await desk.run(pull), why);
        assert.deepEqual(desk.files, []);
        if (times) assert.equal(registry.count("GET", times[0]), times[1]);
        registry.behave = (_, __, usual) => usual();
        const again = await desk.run(pull);
        assert.equal(again.exitCode, 0, again.err);
        assert.deepEqual(desk.files, ["some.wasm"]);
      } finally {
        await registry.close();
        desk.remove();
      }
    });
  }

  it("ends with one line where nothing listens, and where no HTTP is spoken", async () => {
    const desk = await Desk.make();
    const server = createServer(
      (socket) =>
        void socket
          .resume()
          .on("error", () => undefined)
          .end("what?\r\n"),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    assertFailure(await desk.run(["pull", `127.0.0.1:${port}/a/b:1`]), /does not speak HTTP as it must/);
    await new Promise((resolve) => server.close(resolve));
    assertFailure(await desk.run(["pull", `127.0.0.1:${port}/a/b:1`]), /nothing listens there/);
    assertFailure(await desk.run(["pull", "registry.invalid/a/b:1"]), /no such host|cannot be looked up/);
    assert.deepEqual(desk.files, []);
    desk.remove();
  });

  it("gets over faults that pass", async () => {
    let faults = 0;
    const registry = await BadRegistry.start((_, response, usual) => {
      if (++faults % 2 === 0) return usual();
      if (faults % 4 === 1) response.writeHead(503).end();
      else response.destroy();
    }, image);
    const desk = await Desk.make();
    const { exitCode, err } = await desk.run(["pull", `${registry.host}/team/some:1.0.0`]);
    assert.equal(exitCode, 0, err);
    await registry.close();
    desk.remove();
  });

  it("masks what a registry says back of the credentials", async () => {
    const registry = await BadRegistry.start((asked, response) => {
      if (asked.headers.authorization === undefined) {
        response.writeHead(401, { "WWW-Authenticate": 'Basic realm="x"' }).end();
      } else response.writeHead(400).end(errors(`no ${asked.headers.authorization} here`));
    }, image);
    const desk = await Desk.make();
    desk.login(registry.host);
    assertFailure(await desk.run(["pull", `${registry.host}/team/some:1.0.0`]), /answers 400: no Basic \*\*\* here/);
    assert.ok(registry.asked.some(({ headers }) => headers.authorization === `Basic ${BASIC}`));
    await registry.close();
    desk.remove();
  });
});

describe("a pull that takes long", { concurrency: 2 }, () => {
  const slow: Behave = (asked, _, usual) => (isLayer(asked) ? void setTimeout(usual, 1300) : usual());

  it("shows a person how far it is, and wipes that out in the end", async () => {
    const registry = await BadRegistry.start(slow, image);
    const desk = await Desk.make();
    const env = { HOME: desk.folder };
    const args = ["pull", `${registry.host}/team/some:1.0.0`];
    const ran = await tidegate(args, { cwd: desk.cwd, env, stderrIsTerminal: true });
    assert.match(ran.err, /^(\rpulling \.\.\. \d+\.\d MiB)+\r\u001b\[Kwrote some\.wasm\n$/);
    assert.equal((await tidegate(args, { cwd: desk.cwd, env })).err, "wrote some.wasm\n");
    await registry.close();
    desk.remove();
  });

  it("leaves nothing when it is interrupted", async () => {
    const registry = await BadRegistry.start(
      only(isLayer, () => undefined),
      image,
    );
    const desk = await Desk.make();
    const args = [join(repoRoot, "dist", "tools", "bin.js"), "pull", `${registry.host}/team/some:1.0.0`];
    const child = spawn(process.execPath, args, { cwd: desk.cwd, env: { HOME: desk.folder }, stdio: "ignore" });
    await until("the layer is asked for", 20_000, () => registry.asked.some(isLayer));
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "exit"), [130, null]);
    assert.deepEqual(desk.files, []);
    await registry.close();
    desk.remove();
  });
});
