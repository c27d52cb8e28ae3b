// What is wrong with Istio resources: every pitfall in both directions, whatever is generated, and anything at all.
import fc from "fast-check";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parse, parseDocument, stringify, visit } from "yaml";
import { type Finding, formatFinding } from "../../tools/errors.js";
import { checkResources, type ResourceOptions } from "../../tools/istio/check.js";
import { envoyGateway } from "../../tools/generate/envoy-gateway.js";
import { higress } from "../../tools/generate/higress.js";
import { istioEcds } from "../../tools/generate/istio-ecds.js";
import { istioWasmPlugin } from "../../tools/generate/istio-wasmplugin.js";
import type { Target } from "../../tools/generate/target.js";
import { yamlText } from "../../tools/generate/text.js";
import { discoverPlugins } from "../../tools/plugins.js";
import { isResource } from "../../tools/istio/resource.js";
import { parseYaml } from "../../tools/policy/yaml-documents.js";
import { goldenFolder } from "./golden-file.js";

/** No plugin is ours here: these tests are about what surrounds their configurations. */
const OPTIONS: ResourceOptions = { catalog: new Map() };

async function check(text: string, options = OPTIONS): Promise<Finding[]> {
  const parsed = parseYaml("r", text);
  const { findings } = await checkResources(
    parsed.documents.filter(({ value }) => isResource(value)),
    options,
  );
  return [...parsed.findings, ...findings];
}

async function codes(text: string, options = OPTIONS): Promise<string[]> {
  return (await check(text, options)).map(({ severity, code }) => `${severity} ${code}`).sort();
}

const ENVOY_FILTER = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: { name: limits, namespace: shop }
spec:
  workloadSelector: { labels: { app: reviews } }
  priority: 10
  configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_INBOUND
        listener:
          portNumber: 9080
          filterChain:
            filter:
              name: envoy.filters.network.http_connection_manager
              subFilter: { name: envoy.filters.http.router }
      patch:
        operation: INSERT_BEFORE
        value:
          name: limits
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm
            config:
              name: limits
              root_id: limits
              failure_policy: FAIL_OPEN
              vm_config:
                runtime: envoy.wasm.runtime.v8
                code: { local: { filename: /etc/limits.wasm } }
              configuration:
                "@type": type.googleapis.com/google.protobuf.StringValue
                value: '{"a":1}'
`;
const HASH = "ab".repeat(32);
const WASM_PLUGIN = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: limits, namespace: shop }
spec:
  selector: { matchLabels: { app: reviews } }
  url: oci://registry.example:5000/limits@sha256:${HASH}
  pluginName: limits
  failStrategy: FAIL_OPEN
  match: [{ mode: SERVER, ports: [{ number: 9080 }] }]
  vmConfig: { env: [{ name: MODE, value: fast }] }
  pluginConfig: { a: 1 }
`;
const TRAFFIC_EXTENSION = `apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata: { name: limits, namespace: shop }
spec:
  selector: { matchLabels: { app: reviews } }
  match: [{ mode: SERVER, ports: [{ number: 9080 }] }]
  wasm:
    url: oci://registry.example:5000/limits@sha256:${HASH}
    pluginName: limits
    failStrategy: FAIL_OPEN
    vmConfig: { env: [{ name: MODE, value: fast }] }
    pluginConfig: { a: 1 }
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata: { name: reviews, namespace: shop }
spec:
  selector: { app: reviews }
  ports: [{ name: http-web, port: 80, targetPort: 9080 }]
`;

/** What is written instead of what, and what is found then, nothing more. */
type Pitfall = [name: string, from: string | RegExp, to: string, expected: string[]];

const IN_ENVOY_FILTER: Pitfall[] = [
  ["no selector", /  workloadSelector.*\n/, "", ["warning TG3704"]],
  ["an empty selector", "{ labels: { app: reviews } }", "{}", ["error TG3704"]],
  ["the root namespace", "namespace: shop", "namespace: istio-system", ["warning TG3705"]],
  [
    "a gateway of the root namespace",
    "shop }\nspec:\n  workloadSelector: { labels: { app",
    "istio-system }\nspec:\n  workloadSelector: { labels: { istio",
    [],
  ],
  ["selectors of two kinds", "  priority", "  targetRefs: [{ kind: Gateway, name: a }]\n  priority", ["error TG2008"]],
  ["another version", "v1alpha3", "v1", ["error TG3702"]],
  ["another kind", "kind: EnvoyFilter", "kind: EnvoyFiler", ["error TG3701"]],
  ["a name in capitals", "name: limits,", "name: Limits,", ["error TG3703"]],
  ["a name that is a number", "name: limits,", "name: 12,", ["error TG3703"]],
  ["no name", "name: limits, ", "", ["error TG3703"]],
  ["a port of Istio's", "9080", "15090", ["error TG3706"]],
  ["no priority", "  priority: 10\n", "", ["warning TG3708"]],
  ["a filter of others", "envoy.filters.http.router", "my.own", ["warning TG3710"]],
  ["a misspelt filter", "envoy.filters.http.router", "envoy.filters.http.ruoter", ["warning TG3710"]],
  ["a filter with a letter too much", "envoy.filters.http.router", "envoy.filters.http.routers", ["error TG3710"]],
  ["a filter's old name", "envoy.filters.http.router", "envoy.router", ["error TG3710"]],
  [
    "an old manager",
    "envoy.filters.network.http_connection_manager",
    "envoy.http_connection_manager",
    ["error TG3710"],
  ],
  ["a subFilter of no manager", "http_connection_manager", "tcp_proxy", ["error TG3709"]],
  ["an unnamed subFilter", "{ name: envoy.filters.http.router }", "{}", ["error TG3709"]],
  ["no context", "        context: SIDECAR_INBOUND\n", "", ["warning TG3726"]],
  ["ADD of a filter", "INSERT_BEFORE", "ADD", ["error TG3709"]],
  ["a misspelt operation", "INSERT_BEFORE", "INSERT_BEFOR", ["error TG2004"]],
  ["an unknown key", "applyTo", "appliesTo", ["error TG2001"]],
  ["ADD of a route", "applyTo: HTTP_FILTER", "applyTo: HTTP_ROUTE", ["error TG3709", "error TG3709"]],
  ["no @type", /            "@type": type.*Wasm\n/, "", ["error TG3711"]],
  ["another @type", "wasm.v3.Wasm", "wasm.v3.Wsam", ["error TG3711"]],
  ["a type of v2", "wasm.v3.Wasm", "wasm.v2.Wasm", ["error TG3711"]],
  ["no URL of a type", "type.googleapis.com/envoy.ext", "envoy.ext", ["error TG3711"]],
  ["a filter of connections", "filters.http.wasm", "filters.network.wasm", ["error TG3711"]],
  ["an unknown field", "root_id", "rootid", ["error TG3712"]],
  ["a field twice", "root_id: limits", "root_id: limits\n              rootId: limits", ["error TG3712"]],
  ["no text", "root_id: limits", "root_id: 7", ["error TG2003"]],
  ["no config", /            config:\n(              .*\n)+/, "", ["error TG3714"]],
  ["no code", /                code.*\n/, "", ["error TG3714"]],
  ["empty code", "filename: /etc/limits.wasm", "", ["error TG3714"]],
  ["an empty file name", "/etc/limits.wasm", '""', ["error TG3714"]],
  ["both failure fields", "failure_policy", "fail_open: true\n              failure_policy", ["error TG3715"]],
  ["the old failure field", "failure_policy: FAIL_OPEN", "fail_open: true", ["warning TG3715"]],
  ["another policy", "FAIL_OPEN", "FAIL_OPNE", ["error TG2004"]],
  ["no such runtime", "runtime.v8", "runtime.v9", ["error TG3716"]],
  ["another runtime", "runtime.v8", "runtime.wasmtime", ["warning TG3716"]],
  ["bytes", "StringValue", "BytesValue", ["warning TG3717"]],
  ["a value that is no text", `'{"a":1}'`, "{ a: 1 }", ["error TG3717"]],
  ["no value", /                value.*\n/, "", ["error TG3717"]],
  ["a configuration without @type", /                "@type".*\n/, "", ["error TG3711"]],
  [
    "an image in a listener",
    "local: { filename: /etc/limits.wasm }",
    `remote: { http_uri: { uri: "oci://a/b", cluster: _ }, sha256: "${HASH}" }`,
    ["error TG3722"],
  ],
  [
    "a fetched module in a listener",
    "local: { filename: /etc/limits.wasm }",
    `remote: { http_uri: { uri: "https://a/b", cluster: _ }, sha256: "${HASH}" }`,
    ["warning TG3722"],
  ],
  [
    "a fetched module without a hash",
    "local: { filename: /etc/limits.wasm }",
    `remote: { http_uri: { uri: "https://a/b", cluster: _ } }`,
    ["error TG3721", "warning TG3722"],
  ],
  [
    "a capability that there is not",
    "root_id",
    "capability_restriction_config: { allowed_capabilities: { proxy_log: {}, proxy_logs: {} } }\n              root_id",
    ["warning TG3718"],
  ],
];

const IN_WASM_PLUGIN: Pitfall[] = [
  ["no selector", /  selector.*\n/, "", ["warning TG3704"]],
  ["an empty selector", "{ app: reviews }", "{}", ["error TG3704"]],
  ["another version", "v1alpha1", "v1", ["error TG3702"]],
  ["no scheme", "oci://registry.example:5000/", "registry.example:5000/", ["error TG3720"]],
  ["an address without a scheme", "oci://registry.example:5000/", "10.0.0.1:5000/", ["error TG3720"]],
  ["an image without scheme and port", "oci://registry.example:5000/", "registry.example/", []],
  ["another scheme", "oci://", "ftp://", ["error TG3720"]],
  ["a relative file", /oci:.*/, "file://limits.wasm", ["error TG3720", "warning TG3724"]],
  ["a file", /oci:.*/, "file:///limits.wasm", ["warning TG3724"]],
  ["a file that fails closed", /oci:[^$]*FAIL_OPEN/, "file:///limits.wasm\n  failStrategy: FAIL_CLOSE", []],
  ["http", /oci:.*/, "http://registry.example/limits.wasm", ["warning TG3721"]],
  ["no tag", `@sha256:${HASH}`, "", ["warning TG3721"]],
  ["latest", `@sha256:${HASH}`, ":latest", ["warning TG3721"]],
  ["a tag", `@sha256:${HASH}`, ":1.2", []],
  ["half a digest", HASH, HASH.slice(4), ["error TG3721"]],
  ["another hash", "  pluginName", `  sha256: "${"cd".repeat(32)}"\n  pluginName`, ["error TG3721"]],
  ["a number as the hash", "  pluginName", `  sha256: ${"12".repeat(32)}\n  pluginName`, ["error TG1007"]],
  ["a port of Istio's", "9080", "15021", ["error TG3706"]],
  ["no mode", "mode: SERVER, ", "", ["warning TG3726"]],
  ["no match", /  match.*\n/, "", ["warning TG3726"]],
  ["no match for a gateway", /  selector.*\n([^]*)  match.*\n/, "  selector: { matchLabels: { istio: gw } }\n$1", []],
  ["the agent's variable", "name: MODE", "name: ISTIO_META_MODE", ["error TG3725"]],
  ["a variable twice", "value: fast }", "value: fast }, { name: MODE, value: slow }", ["error TG2007"]],
  ["a host's variable", "value: fast }", "value: fast, valueFrom: HOST }", ["error TG2008"]],
  ["a bare word", "{ a: 1 }", "{ a: no }", ["error TG3727"]],
  ["a bare key", "{ a: 1 }", "{ n: 1 }", ["error TG3727"]],
  ["a quoted key", "{ a: 1 }", '{ "n": "no" }', []],
  ["an octal number", "{ a: 1 }", "{ a: 0755 }", ["error TG3727"]],
  ["an unknown key", "pluginConfig", "pluginconfig", ["error TG2001"]],
  ["another strategy", "FAIL_OPEN", "FAIL_CLOSED", ["error TG2004"]],
];

/** Those whose text would stand at another depth. */
const AT_ANOTHER_DEPTH = ["a file that fails closed", "another hash", "a number as the hash"];
const IN_TRAFFIC_EXTENSION: Pitfall[] = [
  ...IN_WASM_PLUGIN.filter(([name]) => !AT_ANOTHER_DEPTH.includes(name)),
  ["another hash", "    pluginName", `    sha256: "${"cd".repeat(32)}"\n    pluginName`, ["error TG3721"]],
  ["neither wasm nor lua", /  wasm:[^]*/, "  priority: 1\n", ["error TG2002"]],
  ["both", "  wasm:", "  lua: { inlineCode: x }\n  wasm:", ["error TG2008"]],
  ["lua", /  wasm:[^]*/, "  lua: { inlineCode: x }\n", []],
  ["lua for both directions", /  match[^]*/, "  lua: { inlineCode: x }\n", ["warning TG3726"]],
  ["a phase of WasmPlugin", "  wasm:", "  phase: UNSPECIFIED_PHASE\n  wasm:", ["error TG2004"]],
  ["a phase", "  wasm:", "  phase: AUTHN\n  wasm:", []],
];

function pitfalls(text: string, all: readonly Pitfall[]): void {
  it("finds nothing where nothing is wrong", async () => assert.deepEqual(await codes(text), []));
  for (const [name, from, to, expected] of all) {
    it(name, async () => {
      const spoilt = text.replace(from, to);
      assert.notEqual(spoilt, text);
      assert.deepEqual(await codes(spoilt), expected);
      for (const finding of await check(spoilt)) assert.match(formatFinding(finding), LINE);
    });
  }
}

const LINE = /^r:[1-9]\d*:[1-9]\d*: (error|warning) TG\d{4} [^\n\r]+[.?!]$/u;

describe("an EnvoyFilter", () => pitfalls(ENVOY_FILTER, IN_ENVOY_FILTER));
describe("a WasmPlugin", () => pitfalls(WASM_PLUGIN, IN_WASM_PLUGIN));
describe("a TrafficExtension", () => pitfalls(TRAFFIC_EXTENSION, IN_TRAFFIC_EXTENSION));

describe("patches", () => {
  /** A patch of its own in the EnvoyFilter above. */
  const patched = (patch: string, priority = 10): string =>
    ENVOY_FILTER.replace("priority: 10", `priority: ${priority}`).replace(
      /configPatches:[^]*/,
      `configPatches:\n    - ${patch}\n`,
    );
  const manager = "filter: { name: envoy.filters.network.http_connection_manager, subFilter: { name: own } }";
  const insert = (value: string): string =>
    `{ applyTo: HTTP_FILTER, match: { context: GATEWAY }, patch: { operation: INSERT_FIRST, value: ${value} } }`;

  it("that istiod ignores", async () => {
    const ofRoutes = (applyTo: string, operation: string): string =>
      patched(`{ applyTo: ${applyTo}, patch: { operation: ${operation}, value: { name: a } } }`);
    assert.deepEqual(await codes(ofRoutes("HTTP_ROUTE", "ADD")), ["error TG3707"]);
    assert.deepEqual(await codes(ofRoutes("ROUTE_CONFIGURATION", "REMOVE")), ["error TG3707"]);
    assert.deepEqual(await codes(ofRoutes("CLUSTER", "REPLACE")), ["error TG3707"]);
    assert.deepEqual(await codes(ofRoutes("EXTENSION_CONFIG", "MERGE")), ["error TG3707"]);
    assert.deepEqual(await codes(ofRoutes("HTTP_ROUTE", "MERGE")), []);
  });

  it("by a filter of another EnvoyFilter, which must have been put there before", async () => {
    const after = `{ applyTo: HTTP_FILTER, match: { context: GATEWAY, listener: { filterChain: { ${manager} } } }, patch: { operation: REMOVE } }`;
    const other = patched(insert('{ name: own, typed_config: { "@type": type.googleapis.com/a.B } }'));
    assert.deepEqual(await codes(patched(after)), ["warning TG3710"]);
    assert.deepEqual(await codes(`${patched(after)}---\n${other}`), []);
    assert.deepEqual(await codes(`${patched(after, 0)}---\n${other}`), ["error TG3708"]);
  });

  it("of a kind that the match is not for", async () => {
    assert.deepEqual(
      await codes(patched("{ applyTo: CLUSTER, match: { listener: {} }, patch: { operation: REMOVE } }")),
      ["error TG3709"],
    );
    const all = "{ applyTo: HTTP_FILTER, match: { context: GATEWAY }, patch: { operation: OP, value: { name: a } } }";
    assert.deepEqual(await codes(patched(all.replace("OP", "MERGE"))), ["error TG3709"]);
    assert.deepEqual(await codes(patched(all.replace("OP", "REPLACE"))), ["error TG3709", "error TG3711"]);
  });

  it("without a name, a configuration or a value", async () => {
    assert.deepEqual(await codes(patched(insert("{}"))), ["error TG3711", "error TG3711"]);
    assert.deepEqual(await codes(patched(insert("{ name: a }"))), ["error TG3711"]);
    assert.deepEqual(await codes(patched("{ applyTo: CLUSTER, patch: { operation: ADD } }")), ["error TG2002"]);
  });

  it("with a TypedStruct, which nobody else checks", async () => {
    const struct = (inner: string): string =>
      patched(insert(`{ name: a, typed_config: { "@type": type.googleapis.com/xds.type.v3.TypedStruct, ${inner} } }`));
    const wasm = "type_url: type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
    const config = "config: { root_id: a, vm_config: { code: { local: { filename: /a } } } }";
    assert.deepEqual(await codes(struct(`${wasm}, value: { ${config} }`)), []);
    assert.deepEqual(await codes(struct(`${wasm}, value: { ${config.replace("root_id", "rootid")} }`)), [
      "error TG3712",
    ]);
    assert.deepEqual(await codes(struct(`${wasm}, ${config}`)), ["error TG3713"]);
    assert.deepEqual(await codes(struct(`${wasm}, value: 1`)), ["error TG3713", "error TG3714"]);
    assert.deepEqual(await codes(struct("value: {}")), ["error TG3713"]);
    assert.deepEqual(await codes(struct(`${wasm.replace(".Wasm", ".Wams")}, value: {}`)), ["error TG3711"]);
  });

  it("with a configuration that somebody must send", async () => {
    const waits = insert("{ name: a, config_discovery: { type_urls: [type.googleapis.com/a.B] } }");
    const sends =
      '{ applyTo: EXTENSION_CONFIG, patch: { operation: ADD, value: { name: a, typed_config: { "@type": type.googleapis.com/a.B } } } }';
    assert.deepEqual(await codes(patched(waits)), ["warning TG3723"]);
    assert.deepEqual(await codes(patched(`${waits}\n    - ${sends}`)), []);
    assert.deepEqual(await codes(patched(`${waits.replace("type.googleapis.com/a.B", "a.B")}\n    - ${sends}`)), [
      "error TG3723",
    ]);
    assert.deepEqual(await codes(patched(`${insert("{ name: a, config_discovery: {} }")}\n    - ${sends}`)), [
      "error TG3723",
    ]);
  });
});

describe("the ports of Services", () => {
  const named = (port: string, other = WASM_PLUGIN): Promise<string[]> =>
    codes(`${other}---\n${SERVICE.replace("{ name: http-web, port: 80, targetPort: 9080 }", port)}`);

  it("tell the protocol", async () => {
    assert.deepEqual(await named("{ name: http-web, port: 80, targetPort: 9080 }"), []);
    assert.deepEqual(await named("{ name: grpc-web-a, port: 9080 }"), []);
    assert.deepEqual(await named("{ name: web, port: 9080, appProtocol: http }"), []);
    assert.deepEqual(await named("{ name: web, port: 9080, appProtocol: kubernetes.io/h2c }"), []);
  });

  it("are found when no plugin can run there, or Istio has to guess", async () => {
    assert.deepEqual(await named("{ name: tcp-web, port: 80, targetPort: 9080 }"), ["error TG3016"]);
    assert.deepEqual(await named("{ name: http-web, port: 9080, appProtocol: tcp }"), ["error TG3016"]);
    assert.deepEqual(await named("{ name: https, port: 9080 }"), ["error TG3016"]);
    assert.deepEqual(await named("{ name: web, port: 9080 }"), ["warning TG3016"]);
    assert.deepEqual(await named("{ port: 9080 }"), ["warning TG3016"]);
    assert.deepEqual(await named("{ name: tcp-web, port: 9080 }", ENVOY_FILTER), ["error TG3016"]);
  });

  it("that workloads ask are found where a plugin names them", async () => {
    const entry = (protocol: string): string => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: db, namespace: elsewhere }
spec: { hosts: [db.example], ports: [{ number: 9080, name: db, protocol: ${protocol} }] }
`;
    const asking = WASM_PLUGIN.replace("SERVER", "CLIENT");
    assert.deepEqual(await codes(asking + entry("TCP")), ["warning TG3016"]);
    assert.deepEqual(await codes(asking + entry("TLS")), ["warning TG3016"]);
    assert.deepEqual(await codes(asking + entry("HTTP")), []);
    assert.deepEqual(await codes(WASM_PLUGIN + entry("TCP")), []);
    assert.deepEqual(await codes(asking.replace("9080", "9081") + entry("TCP")), []);
  });

  it("do not matter to others' plugins", async () => {
    assert.deepEqual(await named("{ name: web, port: 81 }"), []);
    assert.deepEqual(
      await named("{ name: tcp-db, port: 5432 }", WASM_PLUGIN.replace(", ports: [{ number: 9080 }]", "")),
      [],
    );
    assert.deepEqual(await named("{ name: web, port: 9080 }", WASM_PLUGIN.replace("app: reviews", "app: ratings")), []);
    assert.deepEqual(await named("{ name: web, port: 9080 }", WASM_PLUGIN.replace("SERVER", "CLIENT")), []);
    assert.deepEqual(
      await named("{ name: web, port: 9080 }", WASM_PLUGIN.replace("namespace: shop", "namespace: other")),
      [],
    );
  });
});

describe("resources of a cluster", () => {
  it("come in Lists, with what the server wrote", async () => {
    const item = parse(ENVOY_FILTER.replace("  priority: 10\n", "")) as { metadata: object };
    const metadata = {
      ...item.metadata,
      uid: "1-2",
      generation: 3,
      managedFields: [{ manager: "kubectl", fieldsV1: {} }],
    };
    const list = {
      apiVersion: "v1",
      kind: "List",
      items: [{ ...item, metadata, status: {} }, parse(SERVICE) as object],
    };
    const text = stringify(list);
    const [finding] = await check(text);
    assert.equal(finding?.code, "TG3708");
    assert.match(text.split("\n")[finding.line - 1]!, /INSERT_BEFORE/);
    assert.deepEqual(await codes(text.replace("kind: List", "kind: EnvoyFilterList")), ["warning TG3708"]);
  });

  it("too large for Kubernetes, or for kubectl apply", async () => {
    const long = (length: number): string => WASM_PLUGIN.replace("{ a: 1 }", `{ a: ${"x".repeat(length)} }`);
    assert.deepEqual(await codes(long(1_600_000)), ["error TG7005"]);
    assert.deepEqual(await codes(long(300_000)), ["warning TG7006"]);
    assert.deepEqual(await codes(long(200_000)), []);
  });

  it("of other kinds, and of others' kinds of the same name, are left alone", async () => {
    const higress = WASM_PLUGIN.replace("extensions.istio.io", "extensions.higress.io").replace(/  selector.*\n/, "");
    assert.deepEqual(await codes(higress), []);
    assert.deepEqual(await codes("{ apiVersion: apps/v1, kind: Deployment, metadata: { name: a } }"), []);
  });

  it("name files, which are looked for only when asked", async () => {
    const local = { ...OPTIONS, localFiles: true };
    const existing = join(goldenFolder("golden"), "sidecar.in.yaml");
    assert.deepEqual(await codes(ENVOY_FILTER, local), ["error TG3728"]);
    assert.deepEqual(await codes(ENVOY_FILTER.replace("/etc/limits.wasm", existing), local), []);
    assert.deepEqual(await codes(ENVOY_FILTER.replace("/etc/limits.wasm", "/"), local), ["error TG3728"]);
    const plugin = WASM_PLUGIN.replace(/oci:.*/, "file:///nowhere.wasm").replace("FAIL_OPEN", "FAIL_CLOSE");
    assert.deepEqual(await codes(plugin, local), ["error TG3728"]);
  });
});

describe("what generate makes", () => {
  const files = readdirSync(goldenFolder("golden")).filter((file) => file.endsWith(".out.yaml"));

  for (const file of files) {
    it(file, async () => {
      const text = readFileSync(join(goldenFolder("golden"), file), "utf8");
      const found = await check(text);
      assert.deepEqual(found.filter(({ severity }) => severity === "error").map(formatFinding), []);
    });
  }

  it("has both of the kinds that are looked into", () => {
    const kinds = files.flatMap(
      (file) => readFileSync(join(goldenFolder("golden"), file), "utf8").match(/^kind: .*/gm) ?? [],
    );
    for (const kind of ["EnvoyFilter", "WasmPlugin"]) assert.ok(kinds.includes(`kind: ${kind}`), kind);
  });
});

describe("whatever the resource says", () => {
  const seeds = [ENVOY_FILTER, WASM_PLUGIN, SERVICE].map((text) => parse(text) as unknown);
  const value = fc.oneof(
    fc.json().map((text) => JSON.parse(text) as unknown),
    fc.constantFrom<unknown>(
      null,
      -1,
      2 ** 40,
      "",
      "\n",
      ":",
      "a:b",
      "oci://",
      "file://",
      "@",
      "x".repeat(3000),
      [],
      {},
      [[]],
      [null],
    ),
    fc.constantFrom<unknown>(
      { "@type": 1 },
      { "@type": "type.googleapis.com/xds.type.v3.TypedStruct" },
      { items: [{}] },
    ),
  );
  const change = fc.record({ steps: fc.array(fc.nat(12), { minLength: 1, maxLength: 14 }), value });
  const text = fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([seed, changes]) =>
      stringify(changes.reduce((one, { steps, value: other }) => mutate(one, steps, other), seed) ?? null),
    );

  it("there are findings of one line, or nothing", async () => {
    const checked = fc.asyncProperty(text, async (one) => {
      for (const finding of await check(one)) {
        assert.match(formatFinding(finding), LINE);
        assert.ok(finding.line <= one.split("\n").length);
      }
    });
    await fc.assert(checked, { numRuns: 400, seed: 20261122 });
  });

  it("and so of whatever JSON a plugin of ours is configured with", async () => {
    const catalog = discoverPlugins();
    const named = ENVOY_FILTER.replaceAll("limits", "ratelimit");
    const json = fc.oneof(
      fc.json(),
      fc.string(),
      change.map(({ steps, value: other }) => JSON.stringify(mutate(RULES, steps, other))),
    );
    const checked = fc.asyncProperty(json, fc.constantFrom("BLOCK_LITERAL", "QUOTE_DOUBLE"), async (config, type) => {
      const document = parseDocument(named);
      visit(document, {
        Scalar: (_, node) => void (node.value === '{"a":1}' && Object.assign(node, { value: config, type })),
      });
      const one = document.toString();
      for (const finding of await check(one, { catalog })) {
        assert.match(formatFinding(finding), LINE);
        assert.ok(finding.line <= one.split("\n").length);
      }
    });
    await fc.assert(checked, { numRuns: 25, seed: 20261122 });
  });
});

function mutate(value: unknown, [step = 0, ...rest]: readonly number[], other: unknown): unknown {
  const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) return other;
  const index = step % entries.length;
  const changed = rest.length === 0 ? other : mutate(entries[index]![1], rest, other);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === index ? changed : item));
  return Object.fromEntries(entries.map(([key, inner], i) => [key, i === index ? changed : inner]));
}

describe("our plugins in resources", () => {
  const catalog = discoverPlugins();
  const rules = { rules: [{ name: "a", quota: { requests: 1, per: "second" } }] };
  const text = (target: Target, config: object): string => {
    const plugins = [{ name: "ratelimit", config: config as Record<string, unknown> }];
    const spec = { workload: { labels: { app: "reviews" } }, attach: { ports: [80] }, plugins };
    const gateway = { gateway: { name: "public" }, plugins };
    const policy = { ...POLICY, spec: target.host?.version === "gatewayVersion" ? gateway : spec };
    return yamlText(target.generate(policy, { moduleUrl: `oci://registry.example/{plugin}@sha256:${HASH}` }), "x");
  };

  for (const target of [istioWasmPlugin, istioEcds, higress, envoyGateway]) {
    it(`are asked for their opinion in ${target.name}, at the right line`, async () => {
      assert.deepEqual(await codes(text(target, rules), { catalog }), []);
      const spoilt = text(target, { rules: [{ name: "a", quota: { requests: 0, per: "second" } }] });
      const [finding, ...others] = await check(spoilt, { catalog });
      assert.deepEqual([finding?.code, others], ["TG2005", []]);
      assert.match(spoilt.split("\n")[finding!.line - 1]!, /requests"?: ?0|"requests\\":0/);
      const refused = text(target, { rules: [{ ...rules.rules[0], conditions: [BROKEN] }] });
      assert.deepEqual(await codes(refused, { catalog }), ["error TG4001"]);
    });
  }

  it("are asked in a TrafficExtension", async () => {
    const configured = (requests: number): string =>
      TRAFFIC_EXTENSION.replace(/limits@/, "ratelimit@")
        .replace("pluginName: limits", "pluginName: ratelimit")
        .replace("{ a: 1 }", `{ rules: [{ name: a, quota: { requests: ${requests}, per: second } }] }`);
    assert.deepEqual(await codes(configured(1), { catalog }), []);
    const [finding, ...others] = await check(configured(0), { catalog });
    assert.deepEqual([finding?.code, finding?.line, others], ["TG2005", 12, []]);
  });

  it("are told by their name and their module", async () => {
    const other = (url: string, name = "ratelimit"): string =>
      WASM_PLUGIN.replace(/url: .*/, `url: ${url}`).replace("pluginName: limits", `pluginName: ${name}`);
    assert.deepEqual(await codes(other("oci://a/ratelimit:1.0"), { catalog }), ["error TG2001"]);
    assert.deepEqual(await codes(other("oci://a/tidegate/all:1.0"), { catalog }), ["error TG2001"]);
    assert.deepEqual(await codes(other("oci://a/somebody-elses:1.0"), { catalog }), []);
    assert.deepEqual(await codes(other("oci://a/ratelimit:1.0", "limits"), { catalog }), []);
  });

  it("are told of at their line where the JSON has several", async () => {
    const json = JSON.stringify({ rules: [{ name: "a", quota: { requests: 0, per: "second" } }] }, null, 2);
    for (const [mark, pad] of [
      ["|", 18],
      ["|-", 20],
    ] as const) {
      const block = `${mark}\n${json.replace(/^/gm, " ".repeat(pad))}`;
      const named = ENVOY_FILTER.replaceAll("limits", "ratelimit").replace(`'{"a":1}'`, block);
      const [finding] = await check(named, { catalog });
      assert.equal(named.split("\n")[finding!.line - 1]!.slice(finding!.column - 1), "0,");
    }
  });

  it("must have JSON objects for configurations", async () => {
    const named = ENVOY_FILTER.replaceAll("limits", "ratelimit");
    for (const value of ["[]", "1", '{"rules":', ""])
      assert.deepEqual(await codes(named.replace('{"a":1}', value), { catalog }), ["error TG4001"]);
  });
});

const RULES = { rules: [{ name: "a", quota: { requests: 1, per: "second" }, key: { header: "x-user" } }] };
const BROKEN = { name: "slow", when: "latency > 3", then: { percent: 50 } };
const POLICY = {
  apiVersion: "tidegate.dev/v1alpha1",
  kind: "PluginPolicy",
  metadata: { name: "reviews", namespace: "shop" },
} as const;
