import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { parse } from "yaml";
import { encodeIds } from "../../tools/lists/encode.js";
import { IdList } from "../../tools/lists/id-list.js";
import { type Ran, tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-lists-"));
after(() => rmSync(folder, { recursive: true }));

/** A policy in a folder of its own, beside the lists. Its lists begin at line 10. */
function policyText(lists: string): string {
  return `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: reviews, namespace: shop }
spec:
  workload: { labels: { app: reviews } }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins:
    - name: canary
      config:
        lists: ${lists}
        rules: [{ name: testers, match: { header: { name: x-user, in_list: testers } }, arm: v2 }]
`;
}

let count = 0;
async function generate(lists: string, files: Record<string, string>, target = "istio-wasmplugin"): Promise<Ran> {
  const name = `case${count++}`;
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "policy.yaml"), policyText(lists));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  const ran = await tidegate(["generate", "-t", target, "-f", `${name}/policy.yaml`], { cwd: folder });
  return { ...ran, err: ran.err.replaceAll(`${name}/`, "") };
}

/** The lists that the generated WasmPlugin hands to the plugin. */
function listsOf({ out }: Ran): unknown {
  return (parse(out) as { spec: { pluginConfig: { lists: unknown } } }).spec.pluginConfig.lists;
}

function encoded(entries: readonly string[]): string {
  const list = new IdList();
  for (const entry of entries) list.add(entry);
  return encodeIds(list);
}

const LONG = Array.from({ length: 101 }, (_, i) => `user-${i}`);
const MANY = Array.from({ length: 300_000 }, (_, i) => `user-${i}`);

describe("lists of a policy", () => {
  it("travel encoded when they are in files beside it", async () => {
    const ran = await generate("{ testers: { file: testers.txt } }", { "testers.txt": "alice\n42\n1000-1999\n" });
    assert.deepEqual([ran.exitCode, ran.err], [0, ""]);
    assert.deepEqual(listsOf(ran), { testers: { encoded: encoded(["alice", "42", "1000-1999"]) } });
  });

  it("travel encoded when they are long, and as they are when they are short", async () => {
    const long = await generate(`{ testers: { ids: ${JSON.stringify(LONG)} } }`, {});
    assert.deepEqual(listsOf(long), { testers: { encoded: encoded(LONG) } });
    const short = await generate("{ testers: { ids: [alice, 42, 1000-1999] } }", {});
    assert.deepEqual(listsOf(short), { testers: { ids: ["alice", 42, "1000-1999"] } });
  });

  it("start at the working folder when the policy comes from standard input", async () => {
    writeFileSync(join(folder, "here.txt"), "alice\n");
    const stdin = policyText("{ testers: { file: here.txt } }");
    const { exitCode, err } = await tidegate(["validate", "-f", "-"], { cwd: folder, stdin });
    assert.deepEqual([exitCode, err], [0, "1 policy checked: fine\n"]);
  });

  it("that are wrong are placed in their own files, once", async () => {
    const { exitCode, out, err } = await generate("{ testers: { file: testers.txt } }", {
      "testers.txt": "alice\n 9-1\nalice\n",
    });
    assert.deepEqual([exitCode, out], [1, ""]);
    assert.deepEqual(
      err
        .replace(/: expected[^\n]*/, "")
        .split("\n")
        .slice(0, 2),
      [
        "testers.txt:2:2: error TG7001 this is no id",
        "testers.txt:3:1: warning TG7002 an id stands there again; here is the first such line. Remove repeated lines.",
      ],
    );
    assert.doesNotMatch(err, /TG4001|alice/);
  });

  it("that several lists and policies read are found wrong once", async () => {
    const lists = "{ testers: { file: testers.txt }, others: { file: testers.txt } }";
    const rest =
      "in_list: testers } }, arm: v2 }, { name: o, match: { header: { name: x-user, in_list: others } }, arm: v3 }]";
    const text = policyText(lists).replace("in_list: testers } }, arm: v2 }]", rest);
    mkdirSync(join(folder, "several"));
    writeFileSync(join(folder, "several", "testers.txt"), "alice\na\u0000b\n");
    writeFileSync(join(folder, "several", "one.yaml"), text);
    writeFileSync(
      join(folder, "several", "two.yaml"),
      text.replace("name: reviews,", "name: ratings,").replace("app: reviews", "app: ratings"),
    );
    const { err } = await tidegate(["validate", "-f", "several/one.yaml", "-f", "several/two.yaml"], { cwd: folder });
    assert.match(err, /^several\/testers\.txt:2:1: error TG7001 [^\n]*\n$/);
  });

  it("whose files cannot be read are placed in the policy, once", async () => {
    const missing = await generate("{ testers: { file: tester.txt } }", {});
    assert.equal(missing.exitCode, 1);
    assert.match(
      missing.err,
      /^policy\.yaml:10:35: error TG1001 tester\.txt: the file cannot be read: there is no such file/,
    );
    assert.doesNotMatch(missing.err, /TG4001/);
  });

  it("written out with a mistake are left to the plugin, which knows the place", async () => {
    const wrong = LONG.map((id, i) => (i === 99 ? "9-1" : id));
    const { exitCode, err } = await generate(`{ testers: { ids: ${JSON.stringify(wrong)} } }`, {});
    assert.equal(exitCode, 1);
    assert.match(err, /^policy\.yaml:10:\d+: error TG4001 canary: expected a range/);
    assert.doesNotMatch(err, /user-/);
  });

  it("make objects that Kubernetes may not take, which is said before it does", async () => {
    const files = { "testers.txt": MANY.join("\n") };
    const tooLarge = await generate("{ testers: { file: testers.txt } }", files, "istio-envoyfilter");
    assert.equal(tooLarge.exitCode, 1);
    assert.match(tooLarge.err, /^policy\.yaml:10:\d+: error TG7005 the EnvoyFilter reviews has \d{7} bytes, .* fetch/);
    const large = await generate("{ testers: { file: testers.txt } }", {
      "testers.txt": MANY.slice(0, 60_000).join("\n"),
    });
    assert.equal(large.exitCode, 0);
    assert.match(
      large.err,
      /^policy\.yaml:10:\d+: warning TG7006 the WasmPlugin reviews[-.]canary has \d{6} bytes, .*--server-side/,
    );
    const plain = await generate("{ testers: { file: testers.txt } }", files, "envoy");
    assert.doesNotMatch(plain.err, /TG7/);
  });
});
