// What is generated for Istio, as istioctl sees it.
import assert from "node:assert/strict";
import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { repoRoot } from "../../tools/root.js";
import { goldenFolder } from "../tools/golden-file.js";
import { type Form, FORMS, generated } from "../support/istio/generated.js";
import { istioFile } from "../support/istio/programs.js";

const goldens = readdirSync(goldenFolder("golden"), { encoding: "utf8" }).filter((file) =>
  /\.istio-[^.]*\.out\.yaml$/.test(file),
);
const rigs = readdirSync(join(repoRoot, "envoy-configs")).filter((name) => policyOf(name) !== undefined);
const folder = mkdtempSync(join(tmpdir(), "tidegate-istioctl-"));
after(() => rmSync(folder, { recursive: true }));

function policyOf(rig: string): string | undefined {
  try {
    return readFileSync(join(repoRoot, "envoy-configs", rig, "policy.yaml"), "utf8");
  } catch {
    return undefined;
  }
}

function istioctl(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(istioFile("istioctl"), args, { encoding: "utf8" });
}

/** What policies of golden files refer to and somebody else has: a gateway, and a subset of versions. */
const OTHERS = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: public, namespace: edge }
spec:
  selector: { istio: ingressgateway }
  servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: ["*"] }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: versions, namespace: shop }
spec: { host: reviews, subsets: [{ name: common, labels: { version: v1 } }] }
---
apiVersion: v1
kind: Pod
metadata: { name: gateway, namespace: istio-system, labels: { istio: ingressgateway } }
spec: { containers: [{ name: proxy, image: proxy }] }
`;

/** What `istioctl analyze` says, but that an EnvoyFilter is one. Without -A it looks into one namespace only. */
function analysis(file: string): string[] {
  const others = join(folder, "others.yaml");
  writeFileSync(others, OTHERS);
  const { stdout } = istioctl("analyze", "--use-kube=false", "-A", "--output", "json", file, others);
  const messages = JSON.parse(stdout) as { code: string; message: string }[];
  return messages.filter(({ code }) => code !== "IST0133").map(({ code, message }) => `${code} ${message}`);
}

function assertSound(file: string): void {
  const { status, stderr } = istioctl("validate", "-f", file);
  assert.equal(status, 0, stderr);
  assert.deepEqual(analysis(file), []);
}

describe("istioctl takes", () => {
  for (const file of goldens) it(`the golden file ${file}`, () => assertSound(join(goldenFolder("golden"), file)));

  for (const rig of rigs) {
    for (const form of Object.keys(FORMS) as Form[]) {
      it(`the rig ${rig} as ${form}`, async () => {
        const file = join(folder, `${rig}-${form}.json`);
        const items = await generated(form, policyOf(rig)!);
        writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
        assertSound(file);
      });
    }
  }
});

describe("istioctl refuses", () => {
  const golden = "sidecar.istio-envoyfilter.out.yaml";
  const text = readFileSync(join(goldenFolder("golden"), golden), "utf8");
  const spoilt = (name: string, changed: string): string => {
    assert.notEqual(changed, text, name);
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, changed);
    return file;
  };

  it("an operation that there is not", () => {
    const file = spoilt("operation", text.replace("INSERT_BEFORE", "INSERT_SOMEWHERE"));
    assert.notEqual(istioctl("validate", "-f", file).status, 0);
  });

  it("a filter of a type that there is not", () => {
    const file = spoilt("type", text.replaceAll("filters.http.wasm.v3.Wasm", "filters.http.wasm.v2.Wasm"));
    assert.notEqual(istioctl("validate", "-f", file).status, 0);
  });

  it("a route of a gateway that is not there, when it analyzes", () => {
    const routes = readFileSync(join(goldenFolder("golden"), "routes-gateway.istio-wasmplugin.out.yaml"), "utf8");
    const file = spoilt("gateway", routes.replace("edge/public", "edge/nowhere"));
    assert.match(analysis(file).join(), /IST0101/);
  });
});
