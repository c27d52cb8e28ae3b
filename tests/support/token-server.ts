import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Auth } from "./real-registry.js";
import { BASIC } from "./registry-cli.js";

const SERVICE = "registry of the test";
const ISSUER = "tokens of the test";

/** Makes tokens that distribution's registry believes: anybody may pull from `public/`, the user may do all but push there. */
export class TokenServer {
  private readonly key = generateKeyPairSync("ec", { namedCurve: "P-256" });
  /** How many tokens were made. */
  made = 0;
  /** How long tokens hold, in seconds. */
  lifetime = 60;

  private constructor(private readonly server: Server) {}

  static async start(): Promise<TokenServer> {
    const server = createServer();
    const tokens = new TokenServer(server);
    server.on("request", (request, response) => {
      const { searchParams } = new URL(request.url ?? "", "http://tokens");
      const { authorization } = request.headers;
      if (authorization !== undefined && authorization !== `Basic ${BASIC}`) return void response.writeHead(401).end();
      const token = tokens.token(searchParams.getAll("scope"), authorization !== undefined);
      response.end(JSON.stringify({ access_token: token, expires_in: tokens.lifetime }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return tokens;
  }

  /** What a registry needs to know to believe them. */
  auth(folder: string): Auth {
    const jwks = join(folder, "jwks.json");
    writeFileSync(jwks, JSON.stringify({ keys: [{ ...this.jwk, kid: this.kid, use: "sig", alg: "ES256" }] }));
    const { port } = this.server.address() as AddressInfo;
    return { token: { realm: `http://127.0.0.1:${port}/token`, service: SERVICE, issuer: ISSUER, jwks } };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private get jwk(): object {
    return this.key.publicKey.export({ format: "jwk" });
  }

  private get kid(): string {
    return createHash("sha256").update(JSON.stringify(this.jwk)).digest("hex");
  }

  private token(scopes: readonly string[], isUser: boolean): string {
    this.made++;
    const access = scopes.map((scope) => {
      const [type, name = "", actions = ""] = scope.split(":");
      const allowed = name.startsWith("public/") ? ["pull"] : isUser ? ["pull", "push"] : [];
      return { type, name, actions: actions.split(",").filter((action) => allowed.includes(action)) };
    });
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, nbf: now - 5, exp: now + this.lifetime };
    const claims = { iss: ISSUER, sub: "", aud: SERVICE, jti: randomUUID(), access, ...times };
    const header = { typ: "JWT", alg: "ES256", kid: this.kid };
    const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = sign("sha256", Buffer.from(text), { key: this.key.privateKey, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }
}
