// Who may push and pull: distribution's registry by htpasswd and by tokens, over HTTP, TLS and a proxy.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { layoutFiles, writeLayout } from "../../tools/oci/layout.js";
import { repoRoot } from "../../tools/root.js";
import { type Auth, crane, RealRegistry } from "../support/real-registry.js";
import { assertFailure, assertNoSecret, Desk, PASSWORD, USER } from "../support/registry-cli.js";
import { withoutRegistry } from "../support/registry-programs.js";
import { smallImage } from "../support/small-image.js";
import { TokenServer } from "../support/token-server.js";

const htpasswd = (folder: string): Auth => ({ htpasswd: { realm: "the test", path: join(folder, "htpasswd") } });

/** A folder with an image to push. */
async function deskWithImage(): Promise<Desk> {
  const desk = await Desk.make();
  await writeLayout(layoutFiles(await smallImage(), "1"), join(desk.cwd, "some.oci"), "folder");
  return desk;
}

describe("a registry that knows users", { skip: withoutRegistry }, () => {
  let registry: RealRegistry;
  let desk: Desk;
  before(async () => {
    registry = await RealRegistry.start(htpasswd);
    desk = await deskWithImage();
  });
  after(async () => {
    await registry.close();
    desk.remove();
  });

  const push = (): ReturnType<Desk["run"]> => desk.run(["push", "some.oci", `${registry.host}/team/some:1`]);

  it("lets nobody in without a login", async () => {
    assertFailure(await push(), /lets nobody push to this repository without credentials \(401\); log in/);
  });

  it("lets in who logged in with crane", async () => {
    const config = { DOCKER_CONFIG: join(desk.folder, "docker") };
    crane(["auth", "login", registry.host, "-u", USER, "-p", PASSWORD], config);
    assert.equal((await push()).exitCode, 0);
    assert.equal((await desk.run(["pull", `${registry.host}/team/some:1`])).exitCode, 0);
  });

  it("refuses a wrong password in one line", async () => {
    desk.config({ auths: { [registry.host]: { username: USER, password: "wrong" } } });
    assertFailure(await push(), /refuses the credentials of .*config\.json \(401\); log in again/);
  });
});

describe("a registry that takes tokens", { skip: withoutRegistry }, () => {
  let registry: RealRegistry;
  let tokens: TokenServer;
  let desk: Desk;
  before(async () => {
    tokens = await TokenServer.start();
    registry = await RealRegistry.start((folder) => tokens.auth(folder));
    desk = await deskWithImage();
  });
  after(async () => {
    await registry.close();
    tokens.close();
    desk.remove();
  });

  const push = (name: string): ReturnType<Desk["run"]> => desk.run(["push", "some.oci", `${registry.host}/${name}:1`]);

  it("lets the user push and pull, by one token for each", async () => {
    desk.login(registry.host);
    assert.equal((await push("team/some")).exitCode, 0);
    assert.equal((await desk.run(["pull", `${registry.host}/team/some:1`])).exitCode, 0);
    assert.equal(tokens.made, 2);
  });

  it("lets nobody push without a login", async () => {
    desk.config({});
    assertFailure(await push("team/some"), /lets nobody push to this repository without credentials \(401\)/);
  });

  it("says so when the user may pull alone", async () => {
    desk.login(registry.host);
    assertFailure(await push("public/some"), /does not let the credentials of .* push to this repository \(401\)/);
  });

  it("says so when the password is wrong", async () => {
    desk.config({ auths: { [registry.host]: { username: USER, password: "wrong" } } });
    assertFailure(await push("team/some"), /refuses the credentials of .* \(401\); log in again/);
  });
});

describe("a registry elsewhere", { skip: withoutRegistry }, () => {
  const NAME = "registry.test";
  let registry: RealRegistry;
  let desk: Desk;
  /** Hosts that the proxy was asked for, and what it was told of who asks. */
  const asked: [host: string | undefined, who: string | undefined][] = [];
  const proxy = createServer();
  before(async () => {
    registry = await RealRegistry.start(htpasswd, NAME);
    desk = await deskWithImage();
    desk.login(NAME);
    proxy.on("connect", ({ url, headers }, socket) => {
      asked.push([url, headers["proxy-authorization"]]);
      if (url !== `${NAME}:443`) return socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
      const upstream = connect(registry.port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [socket, upstream]) end.on("error", () => undefined);
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
  });
  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await registry.close();
    desk.remove();
  });

  /** In a process of its own, since Node reads what it trusts when it starts. */
  async function tidegate(
    args: readonly string[],
    env: Record<string, string>,
  ): Promise<{ code: number; err: string }> {
    const { port } = proxy.address() as AddressInfo;
    const own = { HOME: desk.folder, DOCKER_CONFIG: join(desk.folder, "docker"), PATH: process.env["PATH"] };
    const HTTPS_PROXY = `http://proxy-user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
    const child = spawn(process.execPath, [join(repoRoot, "dist", "tools", "bin.js"), ...args], {
      cwd: desk.cwd,
      env: { ...own, HTTPS_PROXY, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    const [code] = (await once(child, "close")) as [number];
    assertNoSecret(err);
    return { code, err };
  }

  it("is reached by TLS through a proxy, its authority being trusted", async () => {
    const trust = { NODE_EXTRA_CA_CERTS: registry.certificate };
    const pushed = await tidegate(["push", "some.oci", `${NAME}/team/some:1`], trust);
    assert.deepEqual([pushed.code, pushed.err], [0, ""]);
    const pulled = await tidegate(["pull", `${NAME}/team/some:1`, "--out", "elsewhere.wasm"], trust);
    assert.equal(pulled.code, 0, pulled.err);
    const who = `Basic ${Buffer.from(`proxy-user:${PASSWORD}`).toString("base64")}`;
    assert.deepEqual(new Set(asked.map(String)), new Set([`${NAME}:443,${who}`]));
  });

  it("is not trusted otherwise", async () => {
    const { code, err } = await tidegate(["pull", `${NAME}/team/some:1`, "--out", "none.wasm"], {});
    assert.equal(code, 3);
    assert.match(err, /its certificate is not trusted \(\w+\); NODE_EXTRA_CA_CERTS=FILE adds authorities/);
    assert.ok(!desk.files.includes("none.wasm"));
  });

  it("is in one line what a proxy refuses", async () => {
    const { code, err } = await tidegate(["pull", "other.test/team/some:1"], {});
    assert.equal(code, 3);
    assert.match(
      err,
      /^tidegate: other\.test\/team\/some:1: other\.test is behind the proxy 127\.0\.0\.1:\d+, which answers 502 to CONNECT\n$/,
    );
  });
});
