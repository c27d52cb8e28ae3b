// What ratelimit sees of requests in a real Envoy: addresses behind proxies, paths, certificates.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { buildAll } from "../../tools/build/build-all.js";
import { locateEnvoy } from "../../tools/envoy/locate.js";
import { type EnvoyProcess, startEnvoy } from "../../tools/envoy/process.js";
import { modulesIn } from "../../tools/generate/built-modules.js";
import { envoyBootstrap } from "../../tools/generate/envoy-bootstrap.js";
import { freePorts } from "../../tools/ports.js";

/** One listener: how its connections are taken, and a rule of one request an hour. */
interface Site {
  manager?: object;
  rule: object;
  transport?: object;
}

const HOPS = (trusted_hops: number) => ({ key: { client_address: { trusted_hops } } });

const SITES = {
  edge: { manager: { use_remote_address: true }, rule: HOPS(0) },
  "behind-one": { manager: { use_remote_address: true }, rule: HOPS(1) },
  trusting: { manager: { use_remote_address: false }, rule: HOPS(0) },
  "trusting-two": { manager: { use_remote_address: false }, rule: HOPS(1) },
  told: { manager: { use_remote_address: true, xff_num_trusted_hops: 1 }, rule: { key: { client_address: true } } },
  raw: { manager: { normalize_path: false, merge_slashes: false }, rule: { match: { path: { exact: "/api/x" } } } },
  normal: { manager: { normalize_path: true, merge_slashes: true }, rule: { match: { path: { exact: "/api/x" } } } },
  query: { rule: { key: { query: "user" } } },
} satisfies Record<string, Site>;

interface Listener {
  address: { socket_address: { port_value: number } };
  filter_chains: { filters: { typed_config: object }[]; transport_socket?: object }[];
}

/** Listeners, each with a plugin of its own, from the bootstraps that the tool generates. */
function listenerOf(name: string, site: Site, port: number): Listener {
  const rule = { name, quota: { requests: 1, per: "hour" as const }, ...site.rule };
  const policy = {
    apiVersion: "tidegate.dev/v1alpha1" as const,
    kind: "PluginPolicy" as const,
    metadata: { name: "request" },
    spec: {
      workload: { labels: { app: "request" } },
      plugins: [{ name: "ratelimit", config: { rules: [rule] } }],
    },
  };
  const bootstrap = envoyBootstrap(policy, { module: modulesIn(), ports: { listener: port } });
  const [listener] = (bootstrap as { static_resources: { listeners: Listener[] } }).static_resources.listeners;
  const [chain] = listener!.filter_chains;
  Object.assign(chain!.filters[0]!.typed_config, site.manager);
  if (site.transport) chain!.transport_socket = site.transport;
  return { ...listener!, ...{ name } };
}

const TLS = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

describe("what ratelimit sees of a request in Envoy", { timeout: 60_000 }, () => {
  const ports: Record<string, number> = {};
  let folder: string;
  let envoy: EnvoyProcess;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tidegate-request-"));
    for (const [name, uri] of [
      ["server", "spiffe://mesh/server"],
      ["cart", "spiffe://mesh/ns/shop/sa/cart"],
      ["mail", "spiffe://mesh/ns/shop/sa/mail"],
    ] as const) {
      certify(name, uri);
    }
    await buildAll({ plugins: ["ratelimit"], modes: ["release"] });
    const sites: Record<string, Site> = {
      ...SITES,
      identity: { rule: { key: { source_identity: true } }, transport: mutualTls() },
    };
    const names = Object.keys(sites);
    const free = await freePorts(names.length + 1);
    const listeners = names.map((name, i) => listenerOf(name, sites[name]!, (ports[name] = free[i]!)));
    envoy = await startEnvoy({
      envoy: await locateEnvoy({ allowInstall: true }),
      config: {
        admin: { address: { socket_address: { address: "127.0.0.1", port_value: free.at(-1) } } },
        static_resources: { listeners },
      },
    });
  });
  after(async () => {
    await envoy?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** A key and a certificate that is its own authority. */
  function certify(name: string, uri: string): void {
    const key = [
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:prime256v1",
      "-nodes",
      "-keyout",
      join(folder, `${name}.key`),
    ];
    const subject = [
      "-subj",
      `/CN=${name}`,
      "-addext",
      `subjectAltName=URI:${uri}`,
      "-out",
      join(folder, `${name}.crt`),
    ];
    execFileSync("openssl", ["req", "-x509", "-days", "2", ...key, ...subject], { stdio: "ignore" });
  }

  function mutualTls(): object {
    const file = (name: string) => ({ filename: join(folder, name) });
    return {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": TLS,
        common_tls_context: {
          tls_certificates: [{ certificate_chain: file("server.crt"), private_key: file("server.key") }],
          validation_context: { trust_chain_verification: "ACCEPT_UNTRUSTED" },
        },
      },
    };
  }

  /** Status of a GET whose path is sent as it is. */
  function ask(site: string, path = "/", options: RequestOptions = {}): Promise<number> {
    const send = options.cert ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const all = {
        host: "127.0.0.1",
        port: ports[site],
        path,
        agent: false as const,
        rejectUnauthorized: false,
        ...options,
      };
      const request = send(all, (response) => {
        response.resume().on("end", () => resolve(response.statusCode!));
      });
      request.on("error", reject).end();
    });
  }

  const forwarded = (site: string, list: string | string[], localAddress = "127.0.0.1") =>
    ask(site, "/", { localAddress, headers: { "x-forwarded-for": list } });

  test("at the edge the peer, whatever it writes", async () => {
    assert.equal(await forwarded("edge", "1.1.1.1"), 200);
    assert.equal(await forwarded("edge", "2.2.2.2"), 429);
    assert.equal(await forwarded("edge", ["2.2.2.2", "3.3.3.3,"]), 429);
    assert.equal(await ask("edge"), 429);
    assert.equal(await forwarded("edge", "1.1.1.1", "127.0.0.2"), 200, "another peer");
  });

  test("behind one proxy what it wrote last, over any number of header lines", async () => {
    assert.equal(await forwarded("behind-one", "203.0.113.7"), 200);
    assert.equal(await forwarded("behind-one", "9.9.9.9, 203.0.113.7", "127.0.0.2"), 429);
    assert.equal(await forwarded("behind-one", ["9.9.9.9", "203.0.113.7:4711"]), 429);
    assert.equal(await forwarded("behind-one", "203.0.113.8"), 200);
    assert.equal(await ask("behind-one", "/", { localAddress: "127.0.0.3" }), 200, "the peer");
    assert.equal(await forwarded("behind-one", "unknown", "127.0.0.3"), 429, "the peer");
  });

  test("where Envoy trusts the header, the last address, or one before it", async () => {
    assert.equal(await forwarded("trusting", "9.9.9.9, 203.0.113.7"), 200);
    assert.equal(await forwarded("trusting", "8.8.8.8, 203.0.113.7"), 429);
    assert.equal(await forwarded("trusting-two", "9.9.9.9, 203.0.113.7, 10.0.0.1"), 200);
    assert.equal(await forwarded("trusting-two", "8.8.8.8, 203.0.113.7, 10.0.0.2"), 429);
  });

  test("as Envoy tells it, with hops that Envoy trusts", async () => {
    assert.equal(await forwarded("told", "9.9.9.9, 203.0.113.7"), 200);
    assert.equal(await forwarded("told", "8.8.8.8, 203.0.113.7"), 429);
  });

  test("one path for all its spellings, normalised by Envoy or not", async () => {
    const spellings = ["/api/x", "//api/x", "/%61pi/x", "/v/../api/./x", "/v/%2e%2e/api/x", "/api\\x", "/api/x?a"];
    for (const site of ["raw", "normal"]) {
      const answers = [];
      for (const path of spellings) answers.push(await ask(site, path));
      assert.deepEqual(answers, [200, ...spellings.slice(1).map(() => 429)], site);
      assert.equal(await ask(site, "/api/y"), 200);
    }
  });

  test("one query parameter for all its spellings", async () => {
    assert.equal(await ask("query", "/?user=al+ice"), 200);
    assert.equal(await ask("query", "/?%75ser=%61l%20ice&user=bob"), 429);
    assert.equal(await ask("query", "/?user=bob"), 200);
  });

  test("the first URI in a client's certificate", async () => {
    const credentials = async (name: string): Promise<RequestOptions> => ({
      cert: await readFile(join(folder, `${name}.crt`)),
      key: await readFile(join(folder, `${name}.key`)),
    });
    assert.equal(await ask("identity", "/", await credentials("cart")), 200);
    assert.equal(await ask("identity", "/", { ...(await credentials("cart")), localAddress: "127.0.0.2" }), 429);
    assert.equal(await ask("identity", "/", await credentials("mail")), 200);
  });
});
