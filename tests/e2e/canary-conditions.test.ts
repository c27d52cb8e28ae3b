// What canary's conditions see in a real Envoy: claims of tokens that its jwt_authn filter verified, addresses.
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { HeaderList } from "../../tools/rig/exchange.js";
import { pluginModule } from "../support/plugin-module.js";
import { EchoEnvoy } from "../support/policy-envoy.js";

const ISSUER = "https://issuer.example";
const KEYS = generateKeyPairSync("rsa", { modulusLength: 2048 });

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** A signed token with these claims. */
function tokenOf(claims: object): string {
  const body = `${base64url({ alg: "RS256", typ: "JWT", kid: "k" })}.${base64url({ iss: ISSUER, ...claims })}`;
  return `${body}.${sign("sha256", Buffer.from(body), KEYS.privateKey).toString("base64url")}`;
}

const JWT_FILTER = {
  name: "envoy.filters.http.jwt_authn",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication",
    providers: {
      issuer: {
        issuer: ISSUER,
        payload_in_metadata: "jwt_payload",
        normalize_payload_in_metadata: { space_delimited_claims: ["scope"] },
        local_jwks: {
          inline_string: JSON.stringify({
            keys: [{ ...KEYS.publicKey.export({ format: "jwk" }), kid: "k", alg: "RS256", use: "sig" }],
          }),
        },
      },
    },
    rules: [
      {
        match: { prefix: "/" },
        requires: { requires_any: { requirements: [{ provider_name: "issuer" }, { allow_missing: {} }] } },
      },
    ],
  },
};

const claim = (name: string | string[], test: object) => ({ claim: { name, ...test } });

/** The first that holds names what was seen. */
const RULES = [
  ["listed", claim("user", { in_list: "testers" })],
  ["text", claim("user", { exact: "12345678" })],
  ["number", claim("uid", { in: ["7", "1700000000000", "-5"] })],
  ["true", claim("beta", { exact: "true" })],
  ["false", claim("beta", { exact: "false" })],
  ["role", claim(["realm_access", "roles"], { exact: "tester" })],
  ["list-of-numbers", claim("groups", { exact: "42" })],
  ["scope", claim("scope", { exact: "canary" })],
  ["key-of-object", claim("features", { exact: "next" })],
  ["dotted", claim("https://shop.example/plan", { prefix: "gold" })],
  ["fraction", claim("fraction", { present: true })],
  ["null", claim("nothing", { present: true })],
  ["local", { client_address: { in: ["127.0.0.0/8"], trusted_hops: 16 } }],
] as const;

const CANARY = {
  name: "canary",
  config: {
    lists: { testers: { ids: ["alice", "1000-1999"] } },
    rules: RULES.map(([name, match]) => ({ name, match, arm: name })),
  },
};

describe("what canary's conditions see in Envoy", { timeout: 60_000 }, () => {
  let echo: EchoEnvoy;

  before(async () => {
    await pluginModule("canary");
    echo = await EchoEnvoy.start({
      plugins: [CANARY],
      adjust: (_, manager) => void manager.http_filters.unshift(JWT_FILTER),
    });
  });
  after(() => echo?.stop());

  /** The rule that decided. */
  async function decided(headers: HeaderList): Promise<string | undefined> {
    const answer = await echo.send(headers);
    assert.equal(answer.status, 200);
    return answer.upstream!.received.find(([name]) => name === "x-canary")?.[1];
  }

  const withClaims = (claims: object) => decided([["authorization", `Bearer ${tokenOf(claims)}`]]);

  test("texts, and numbers as their digits", async () => {
    assert.equal(await withClaims({ user: "alice" }), "listed");
    assert.equal(await withClaims({ user: "1500" }), "listed");
    assert.equal(await withClaims({ user: 1500 }), "listed");
    assert.equal(await withClaims({ user: "12345678" }), "text", "8 bytes, as a number has");
    assert.equal(await withClaims({ user: 12345678 }), "text");
    for (const uid of [7, "7", 1_700_000_000_000, -5]) assert.equal(await withClaims({ uid }), "number");
    assert.equal(await withClaims({ uid: 7.5 }), "local");
    assert.equal(await withClaims({ fraction: 7.5 }), "fraction");
  });

  test("true and false as words, null as nothing", async () => {
    assert.equal(await withClaims({ beta: true }), "true");
    assert.equal(await withClaims({ beta: false }), "false");
    assert.equal(await withClaims({ nothing: null }), "local");
  });

  test("elements of lists, keys of objects, claims in claims", async () => {
    assert.equal(await withClaims({ realm_access: { roles: ["user", "tester"] } }), "role");
    assert.equal(await withClaims({ realm_access: { roles: ["user"] } }), "local");
    assert.equal(await withClaims({ realm_access: { roles: [] } }), "local");
    assert.equal(await withClaims({ realm_access: "tester" }), "local");
    assert.equal(await withClaims({ groups: [7, 42] }), "list-of-numbers");
    assert.equal(await withClaims({ groups: 42 }), "list-of-numbers");
    assert.equal(await withClaims({ scope: "openid canary" }), "scope", "split by Envoy");
    assert.equal(await withClaims({ features: { next: true } }), "key-of-object");
    assert.equal(await withClaims({ "https://shop.example/plan": "gold-2" }), "dotted");
  });

  test("nothing of a request without a token, nor of what a client claims in headers", async () => {
    assert.equal(await decided([]), "local");
    assert.equal(await decided([["x-jwt-payload", base64url({ user: "alice" })]]), "local");
  });
});
