import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { askHelper } from "../../../tools/oci/auth/helper.js";
import { UserError } from "../../../tools/errors.js";
import { type Asked, BadRegistry, type Behave } from "../../support/bad-registry.js";
import { assertFailure, assertNoSecret, BASIC, Desk, PASSWORD, USER } from "../../support/registry-cli.js";
import { smallImage } from "../../support/small-image.js";

const image = await smallImage();
const TOKEN = "t0ken.of.the.test";
const IDENTITY = "identity-t0ken-of-the-test";

const authorization = ({ headers }: Asked): string | undefined => headers.authorization;

/** A registry that lets in who has the token, and sends others to a place for tokens. */
const tokens =
  (realm: () => string, more = ""): Behave =>
  (asked, response, usual) => {
    if (authorization(asked) === `Bearer ${TOKEN}`) return usual();
    const challenge = `Bearer realm="${realm()}",service="the registry"${more}`;
    response.writeHead(401, { "WWW-Authenticate": challenge }).end();
  };

const basic: Behave = (asked, response, usual) => {
  if (authorization(asked) === `Basic ${BASIC}`) return usual();
  response.writeHead(401, { "WWW-Authenticate": 'Basic realm="all"' }).end();
};

const giveToken: Behave = (_, response) => void response.end(JSON.stringify({ token: TOKEN }));

interface Place {
  registry: BadRegistry;
  server: BadRegistry;
  desk: Desk;
  pull: () => ReturnType<Desk["run"]>;
}

/** A registry that gets its tokens made by a server on another port. */
async function withServer(behave: Behave, work: (place: Place) => Promise<void>): Promise<void> {
  const server = await BadRegistry.start(behave);
  const registry = await BadRegistry.start(
    tokens(() => `${server.url}/token?account=x`),
    image,
  );
  const desk = await Desk.make();
  const pull = (): ReturnType<Desk["run"]> => desk.run(["pull", `${registry.host}/team/some:1.0.0`, "--timeout", "2"]);
  try {
    await work({ registry, server, desk, pull });
  } finally {
    await Promise.all([registry.close(), server.close()]);
    desk.remove();
  }
}

describe("credentials", { concurrency: 8 }, () => {
  it("of docker's file are exchanged for a token, where the registry says", () =>
    withServer(giveToken, async ({ registry, server, desk, pull }) => {
      desk.login(registry.host);
      const { exitCode, err, out } = await pull();
      assert.equal(exitCode, 0, err);
      assertNoSecret(out + err, TOKEN);
      assert.equal(server.asked.length, 1);
      const [{ path }] = server.asked as [Asked];
      assert.equal(path, "/token?account=x&service=the+registry&scope=repository%3Ateam%2Fsome%3Apull");
      assert.equal(authorization(server.asked[0]!), `Basic ${BASIC}`);
      const seen = new Set(registry.asked.map(authorization));
      assert.deepEqual([...seen], [undefined, `Bearer ${TOKEN}`]); // never the password itself
    }));

  it("are not needed where everybody gets a token", () =>
    withServer(giveToken, async ({ server, pull }) => {
      assert.equal((await pull()).exitCode, 0);
      assert.equal(authorization(server.asked[0]!), undefined);
    }));

  it("that are an identity token are exchanged by OAuth 2, or by a GET where that is not known", async () => {
    for (const knows of [true, false]) {
      const behave: Behave = (asked, response, usual) =>
        asked.method === "POST" && !knows ? void response.writeHead(404).end() : giveToken(asked, response, usual);
      await withServer(behave, async ({ registry, server, desk, pull }) => {
        desk.config({ auths: { [registry.host]: { auth: BASIC, identitytoken: IDENTITY } } });
        const { exitCode, out, err } = await pull();
        assert.equal(exitCode, 0, err);
        assertNoSecret(out + err, IDENTITY);
        const [{ body }] = server.asked as [Asked];
        const form = Object.fromEntries(new URLSearchParams(body.toString()));
        const expected = { grant_type: "refresh_token", refresh_token: IDENTITY, service: "the registry" };
        assert.deepEqual(form, { ...expected, client_id: "tidegate", scope: "repository:team/some:pull" });
        assert.deepEqual(
          server.asked.map(({ method }) => method),
          knows ? ["POST"] : ["POST", "GET"],
        );
      });
    }
  });

  it("that are a registry's token are sent as they are", () =>
    withServer(giveToken, async ({ registry, server, desk, pull }) => {
      desk.config({ auths: { [registry.host]: { registrytoken: TOKEN } } });
      assert.equal((await pull()).exitCode, 0);
      assert.equal(server.asked.length, 0);
    }));

  it("are exchanged anew when a token is for less than is needed, or has expired", () =>
    withServer(giveToken, async ({ registry, server, pull }) => {
      let asked = 0;
      const first = registry.behave;
      registry.behave = (request, response, usual) => {
        if (request.path.includes("/blobs/") && asked++ === 0) {
          const challenge = `Bearer realm="${server.url}/token",scope="repository:other:pull"`;
          return void response.writeHead(401, { "WWW-Authenticate": challenge }).end();
        }
        first(request, response, usual);
      };
      assert.equal((await pull()).exitCode, 0);
      assert.match(server.asked[1]!.path, /scope=repository%3Aother%3Apull&scope=repository%3Ateam%2Fsome%3Apull$/);
    }));

  it("are not followed by others: a redirect to another host gets none", async () => {
    const store = await BadRegistry.start((_, response) => void response.end(image.layers[0]!.bytes));
    await withServer(giveToken, async ({ registry, desk, pull }) => {
      desk.login(registry.host);
      const first = registry.behave;
      registry.behave = (asked, response, usual) =>
        first(asked, response, () => {
          if (!asked.path.endsWith(image.layers[0]!.descriptor.digest)) return usual();
          response.writeHead(307, { Location: `${store.url}/blob?X-Signature=abc` }).end();
        });
      assert.equal((await pull()).exitCode, 0);
      assert.deepEqual(store.asked.map(authorization), [undefined]);
    });
    await store.close();
  });

  it("are not sent where a place for tokens redirects to", async () => {
    const other = await BadRegistry.start(giveToken);
    await withServer(
      (_, response) => void response.writeHead(302, { Location: `${other.url}/token` }).end(),
      async ({ registry, desk, pull }) => {
        desk.login(registry.host);
        assert.equal((await pull()).exitCode, 0);
        assert.deepEqual(other.asked.map(authorization), [undefined]);
      },
    );
    await other.close();
  });

  const REALMS: Record<string, RegExp> = {
    "http://tokens.invalid/": /a place for tokens that is not encrypted \(http\), so nothing is sent there/,
    "http://169.254.169.254/": /link-local/,
    "http://user:pass@127.0.0.1/": /has a user in it/,
    "file:///etc/passwd": /is a file: URL/,
    "": /does not say where from/,
    "http://[": /is no URL/,
  };
  for (const [realm, why] of Object.entries(REALMS)) {
    it(`are not sent to ${realm || "nowhere"}`, async () => {
      const registry = await BadRegistry.start(
        tokens(() => realm),
        image,
      );
      const desk = await Desk.make();
      desk.login(registry.host);
      assertFailure(await desk.run(["pull", `${registry.host}/team/some:1.0.0`]), why);
      assert.ok(registry.asked.every((asked) => authorization(asked) === undefined));
      await registry.close();
      desk.remove();
    });
  }

  const SERVERS: Record<string, [Behave, RegExp]> = {
    "refuses them": [
      (_, response) => void response.writeHead(401).end(),
      /refuses the credentials of .*config\.json \(401\); log in again/,
    ],
    "forbids it": [
      (_, response) => void response.writeHead(403).end(),
      /does not let the credentials of .* pull from this repository \(403\)/,
    ],
    "gives no JSON": [(_, response) => void response.end("<html>"), /gives no JSON with a token/],
    "gives no token": [(_, response) => void response.end("{}"), /\/token gives no token$/m],
    "gives a token that is none": [(_, response) => void response.end('{"token":"a\\r\\nX: y"}'), /gives no token/],
    "is silent": [() => undefined, /sends nothing for 2 s/],
    "has a fault": [(_, response) => void response.writeHead(418).end(), /sends for a token, answers 418/],
  };
  for (const [name, [behave, why]] of Object.entries(SERVERS)) {
    it(`end in one line when the place for tokens ${name}`, () =>
      withServer(behave, async ({ registry, desk, pull }) => {
        desk.login(registry.host);
        assertFailure(await pull(), why);
      }));
  }

  it("that the registry itself refuses end in one line", async () => {
    const registry = await BadRegistry.start(basic, image);
    const desk = await Desk.make();
    desk.config({ auths: { [registry.host]: { username: USER, password: `${PASSWORD}x` } } });
    assertFailure(
      await desk.run(["pull", `${registry.host}/team/some:1.0.0`]),
      /refuses the credentials of .* \(401\); log in/,
    );
    await registry.close();
    desk.remove();
  });
});

describe("where credentials come from", { concurrency: 8 }, () => {
  /** Pulls from a registry that wants user and password, with files in the home folder. */
  async function pullWith(
    files: Record<string, (host: string) => unknown>,
    env: (folder: string) => Record<string, string> = () => ({}),
  ): Promise<Awaited<ReturnType<Desk["run"]>>> {
    const registry = await BadRegistry.start(basic, image);
    const desk = await Desk.make();
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(desk.folder, name, ".."), { recursive: true });
      const made = content(registry.host);
      writeFileSync(join(desk.folder, name), typeof made === "string" ? made : JSON.stringify(made));
      if (name.startsWith("bin/")) chmodSync(join(desk.folder, name), 0o755);
    }
    const path = `${join(desk.folder, "bin")}:${process.env["PATH"]}`;
    const ran = await desk.run(["pull", `${registry.host}/team/some:1.0.0`], { PATH: path, ...env(desk.folder) });
    await registry.close();
    desk.remove();
    return ran;
  }
  const entry = { auth: BASIC };
  const helper = (script: string) => (): string => `#!/bin/sh\n${script}\n`;
  const answer = JSON.stringify({ ServerURL: "x", Username: USER, Secret: PASSWORD });

  const WORKS: Record<string, Parameters<typeof pullWith>> = {
    "docker's file": [{ "docker/config.json": (host) => ({ auths: { [host]: entry } }) }],
    "a key that is a URL": [{ "docker/config.json": (host) => ({ auths: { [`https://${host}/v2/`]: entry } }) }],
    "user and password apart": [
      { "docker/config.json": (host) => ({ auths: { [host]: { username: USER, password: PASSWORD } } }) },
    ],
    "the key of a repository, before that of its registry": [
      { "docker/config.json": (host) => ({ auths: { [host]: { auth: "eDp5" }, [`${host}/team`]: entry } }) },
    ],
    "the home folder": [
      { ".docker/config.json": (host) => ({ auths: { [host]: entry } }) },
      () => ({ DOCKER_CONFIG: "" }),
    ],
    "podman's file": [
      { "run/containers/auth.json": (host) => ({ auths: { [host]: entry } }) },
      (folder) => ({ XDG_RUNTIME_DIR: join(folder, "run") }),
    ],
    "podman's other file": [{ ".config/containers/auth.json": (host) => ({ auths: { [host]: entry } }) }],
    "the file that REGISTRY_AUTH_FILE names": [
      {
        "some.json": (host) => ({ auths: { [host]: entry } }),
        "docker/config.json": (host) => ({ auths: { [host]: { auth: "eDp5" } } }),
      },
      (folder) => ({ REGISTRY_AUTH_FILE: join(folder, "some.json") }),
    ],
    "the helper of a registry": [
      {
        "docker/config.json": (host) => ({ credHelpers: { [host]: "test" } }),
        "bin/docker-credential-test": (host) =>
          `#!/bin/sh\nread server; test "$1 $server" = "get ${host}" && echo '${answer}'\n`,
      },
    ],
    "the store of all registries": [
      {
        "docker/config.json": (host) => ({ credsStore: "test", auths: { [host]: {} } }),
        "bin/docker-credential-test": helper(`echo '${answer}'`),
      },
    ],
    "docker's file, when the store has none": [
      {
        "docker/config.json": (host) => ({ credsStore: "test", auths: { [host]: entry } }),
        "bin/docker-credential-test": helper("echo credentials not found in native keychain; exit 1"),
      },
    ],
  };
  for (const [name, given] of Object.entries(WORKS)) {
    it(`${name} has them`, async () => assert.deepEqual((await pullWith(...given)).err, "wrote some.wasm\n"));
  }

  const FAILS: Record<string, [Parameters<typeof pullWith>, RegExp]> = {
    "a file that is no JSON": [
      [{ "docker/config.json": () => `{"auths": "${PASSWORD}` }],
      /config\.json: no JSON object/,
    ],
    "auths that are no object": [[{ "docker/config.json": () => ({ auths: [] }) }], /auths is no JSON object/],
    "an entry that is none": [
      [{ "docker/config.json": (host) => ({ auths: { [host]: PASSWORD } }) }],
      /is no JSON object/,
    ],
    "an auth that is no base64": [
      [{ "docker/config.json": (host) => ({ auths: { [host]: { auth: `${USER}:${PASSWORD}` } } }) }],
      /auth is no base64 of USER:PASSWORD; log in again/,
    ],
    "a password that is no text": [
      [{ "docker/config.json": (host) => ({ auths: { [host]: { username: "a", password: 1 } } }) }],
      /password is no text/,
    ],
    "a file that is not there": [[{}, (folder) => ({ REGISTRY_AUTH_FILE: join(folder, "none") })], /ENOENT/],
    "a helper that is not there": [
      [{ "docker/config.json": () => ({ credsStore: "nowhere" }) }],
      /docker-credential-nowhere is not on PATH/,
    ],
    "a helper whose name is a path": [
      [{ "docker/config.json": () => ({ credsStore: "../../x" }) }],
      /the name of a credential helper is none/,
    ],
    "a helper that fails": [
      [
        {
          "docker/config.json": () => ({ credsStore: "test" }),
          "bin/docker-credential-test": helper("echo locked; exit 2"),
        },
      ],
      /docker-credential-test get: locked/,
    ],
    "a helper that fails and babbles": [
      [
        {
          "docker/config.json": () => ({ credsStore: "test" }),
          "bin/docker-credential-test": helper(`echo '${answer}'; exit 2`),
        },
      ],
      /docker-credential-test get: exit 2/,
    ],
    "a helper that answers with something else": [
      [
        {
          "docker/config.json": () => ({ credsStore: "test" }),
          "bin/docker-credential-test": helper(`echo ${PASSWORD}`),
        },
      ],
      /its answer is no JSON with Username and Secret/,
    ],
  };
  for (const [name, [given, why]] of Object.entries(FAILS)) {
    it(`${name} is one line`, async () => assertFailure(await pullWith(...given), why));
  }

  it("a helper that hangs is ended", async () => {
    const desk = await Desk.make();
    after(() => desk.remove());
    const file = join(desk.folder, "docker-credential-slow");
    writeFileSync(file, "#!/bin/sh\nsleep 2 & wait\n");
    chmodSync(file, 0o755);
    const asked = askHelper("slow", "x", { PATH: `${desk.folder}:${process.env["PATH"]}` }, 200);
    await assert.rejects(
      asked,
      (error) => error instanceof UserError && /does not answer in 0\.2 s/.test(error.message),
    );
  });
});
