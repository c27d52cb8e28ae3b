import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { tidegate } from "./memory-io.js";

const folder = mkdtempSync(join(tmpdir(), "tidegate-cli-"));
after(() => rmSync(folder, { recursive: true }));

const GOOD = `apiVersion: tidegate.dev/v1alpha1
kind: PluginPolicy
metadata: { name: good, namespace: shop }
spec:
  workload: { labels: { app: a } }
  moduleUrl: file:///etc/tidegate/{plugin}.wasm
  plugins: [{ name: trace, config: { trust: full } }]
  tracer: none
`;
writeFileSync(join(folder, "good.yaml"), GOOD);
writeFileSync(join(folder, "bad.yaml"), GOOD.replace("trust: full", "trust: fulll"));
writeFileSync(join(folder, "latin1.yaml"), Buffer.from("a: \xe9", "latin1"));

describe("the command line", () => {
  it("answers wrong usage with one line and 2", async () => {
    for (const args of [
      ["bogus"],
      ["validate"],
      ["generate", "-t", "x", "-f", "-"],
      ["validate", "--nope"],
      ["validate", "-f", ""],
      ["generate", "-t", "envoy", "-f", "good.yaml", "--out", ""],
      ["run"],
      ["build", "-m", "x"],
      ["completion", "csh"],
    ]) {
      const { exitCode, out, err } = await tidegate(args);
      assert.equal(exitCode, 2, args.join(" "));
      assert.equal(out, "");
      assert.match(err, /^tidegate: [^\n]+\n$/);
    }
    assert.match((await tidegate(["generat"])).err, /Did you mean generate\?/);
    const wrongPart = await tidegate(["bench", "overlod"]);
    const err = 'tidegate: bench has no part "overlod". Did you mean "overload"?\n';
    assert.deepEqual(wrongPart, { exitCode: 2, out: "", err });
  });

  it("without a command shows the help as an error", async () => {
    const { exitCode, out, err } = await tidegate([]);
    assert.deepEqual({ exitCode, out }, { exitCode: 2, out: "" });
    assert.match(err, /^Usage: tidegate/);
  });

  it("prints the version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    assert.deepEqual(await tidegate(["--version"]), { exitCode: 0, out: `${version}\n`, err: "" });
  });

  it("validates files and standard input", async () => {
    const sound = await tidegate(["validate", "-f", "good.yaml"], { cwd: folder });
    assert.deepEqual(sound, { exitCode: 0, out: "", err: "1 policy checked: fine\n" });
    const broken = await tidegate(["validate", "-f", "good.yaml", "-f", "-"], { cwd: folder, stdin: "a: [" });
    assert.equal(broken.exitCode, 1);
    assert.match(broken.err, /^<stdin>:\d+:\d+: error TG1003 [^\n]+\n$/);
  });

  it("finds files that are missing, folders, or not text", async () => {
    const { exitCode, err } = await tidegate(["validate", "-f", "nope.yaml", "-f", ".", "-f", "latin1.yaml"], {
      cwd: folder,
    });
    assert.equal(exitCode, 1);
    assert.deepEqual(
      err.split("\n").map((line) => /^\S+ error TG\d+/.exec(line)?.[0]),
      ["nope.yaml:1:1: error TG1001", ".:1:1: error TG1001", "latin1.yaml:1:1: error TG1002", undefined],
    );
  });

  it("prints findings as JSON on standard output", async () => {
    const { exitCode, out, err } = await tidegate(["validate", "-f", "bad.yaml", "-o", "json"], { cwd: folder });
    assert.deepEqual({ exitCode, err }, { exitCode: 1, err: "" });
    const { findings } = JSON.parse(out) as { findings: object[] };
    assert.deepEqual(findings, [
      {
        code: "TG2004",
        severity: "error",
        file: "bad.yaml",
        line: 7,
        column: 45,
        message: '"fulll" is not allowed here',
        remedy: 'Did you mean "full"?',
      },
    ]);
  });

  it("colours findings for terminals only, and not under NO_COLOR", async () => {
    const args = ["validate", "-f", "bad.yaml"];
    const escape = (given: object): Promise<boolean> =>
      tidegate(args, { cwd: folder, ...given }).then(({ err }) => err.includes("\u001b["));
    assert.equal(await escape({ stderrIsTerminal: true }), true);
    assert.equal(await escape({ stderrIsTerminal: true, env: { NO_COLOR: "1" } }), false);
    assert.equal(await escape({}), false);
  });

  it("escapes what input would do to a terminal", async () => {
    const { err } = await tidegate(["validate", "-f", "-"], { stdin: 'apiVersion: "\\e[31m\\nerror"' });
    assert.ok(!err.includes("\u001b"));
    assert.equal(err.split("\n").length - 1, err.match(/error TG\d+/g)?.length);
  });
});

describe("generate", () => {
  const generate = (args: string[], given: object = {}): ReturnType<typeof tidegate> =>
    tidegate(["generate", "-t", "istio-wasmplugin", ...args], { cwd: folder, ...given });

  it("writes the artefact to standard output, nothing else", async () => {
    const { exitCode, out, err } = await generate(["-f", "good.yaml"]);
    assert.deepEqual({ exitCode, err }, { exitCode: 0, err: "" });
    assert.match(
      out,
      /^# Generated by `tidegate generate -t istio-wasmplugin` from good\.yaml\. Do not edit\.\n# from good\.yaml:1\napiVersion: /,
    );
    const json = await generate(["-f", "good.yaml", "-o", "json"]);
    assert.equal((JSON.parse(json.out) as { kind: string }).kind, "WasmPlugin");
  });

  it("writes nothing when a policy has an error", async () => {
    const out = join(folder, "out.yaml");
    const { exitCode, err, out: text } = await generate(["-f", "good.yaml", "-f", "bad.yaml", "--out", out]);
    assert.deepEqual({ exitCode, text }, { exitCode: 1, text: "" });
    assert.match(err, /^bad\.yaml:7:45: error TG2004/m);
    assert.equal(existsSync(out), false);
  });

  it("writes a file, or a folder with a file for each policy", async () => {
    assert.equal((await generate(["-f", "good.yaml", "--out", "one.yaml"])).err, "wrote one.yaml\n");
    const other = GOOD.replace("name: good", "name: other").replace("app: a", "app: b");
    const { exitCode } = await generate(["-f", "good.yaml", "-f", "-", "--out", "many/"], { stdin: other });
    assert.equal(exitCode, 0);
    assert.deepEqual(readdirSync(join(folder, "many")), [
      "shop.good.istio-wasmplugin.yaml",
      "shop.other.istio-wasmplugin.yaml",
    ]);
    assert.match(readFileSync(join(folder, "one.yaml"), "utf8"), /name: good-trace/);
  });

  it("leaves no part behind when a file cannot be written", async () => {
    const { exitCode, err } = await generate(["-f", "good.yaml", "--out", "good.yaml/x/y.yaml"]);
    assert.equal(exitCode, 3);
    assert.match(err, /^tidegate: nothing written: [^\n]+\n$/);
    assert.deepEqual(
      readdirSync(folder).filter((file) => file.endsWith(".part")),
      [],
    );
  });

  it("wants to know where modules come from", async () => {
    const without = GOOD.replace(/ {2}moduleUrl.*\n/, "");
    const { exitCode, err } = await generate(["-f", "-"], { stdin: without });
    assert.equal(exitCode, 1);
    assert.match(err, /^<stdin>:6:13: error TG3008 /m);
    const given = await generate(["-f", "-", "--module-url", "oci://registry.example/{plugin}:1"], { stdin: without });
    assert.match(given.out, /url: oci:\/\/registry\.example\/trace:1/);
  });

  it("refuses a --module-url that is none", async () => {
    for (const url of ["registry.example/x", "file://relative/x", "ftp://a/b", "file:///a%2Fb", "https://[/x"]) {
      const { exitCode, err } = await generate(["-f", "good.yaml", "--module-url", url]);
      assert.equal(exitCode, 2, url);
      assert.match(err, /^tidegate: --module-url: [^\n]+\n$/);
    }
  });

  it("finds a module URL in a policy that is none", async () => {
    for (const url of ["file:///a%2Fb", "https://[/x", "file:///%zz"]) {
      const { exitCode, err } = await generate(["-f", "-"], {
        stdin: GOOD.replace(/moduleUrl: .*/, `moduleUrl: "${url}"`),
      });
      assert.equal(exitCode, 1);
      assert.match(err, /error TG3008 [^\n]+\n$/);
    }
  });

  it("makes an EnvoyFilter only of what Envoy can fetch, and warns of fetching", async () => {
    const filter = (url: string, more = ""): ReturnType<typeof tidegate> => {
      const stdin = GOOD.replace(/moduleUrl: .*/, `moduleUrl: ${url}`).replace("name: trace", `name: trace${more}`);
      return tidegate(["generate", "-t", "istio-envoyfilter", "-f", "-"], { stdin });
    };
    assert.match((await filter("oci://registry.example/{plugin}:1")).err, /error TG3008 Envoy itself cannot fetch oci/);
    const fetched = await filter("https://modules.example/{plugin}.wasm", `, sha256: "${"1".repeat(64)}"`);
    assert.equal(fetched.exitCode, 0);
    assert.match(fetched.err, /^<stdin>:7:13: warning TG3008 Envoy calls fetching modules unstable\./);
    assert.match(fetched.out, new RegExp(`sha256: "1{64}"`));
  });

  it("warns of a phase that only a WasmPlugin can have", async () => {
    const stdin = GOOD.replace("  plugins:", "  attach: { phase: authn }\n  plugins:");
    const warnings = async (target: string): Promise<string> =>
      (await tidegate(["generate", "-t", target, "-f", "-"], { stdin })).err;
    assert.match(await warnings("istio-envoyfilter"), /^<stdin>:7:20: warning TG3011 [^\n]*not before authn/m);
    assert.match(await warnings("envoy"), /TG3011/);
    assert.equal(await warnings("istio-wasmplugin"), "");
  });

  it("makes one bootstrap from one policy", async () => {
    const two = `${GOOD}---\n${GOOD.replace("name: good", "name: other")}`;
    const { exitCode, out, err } = await tidegate(["generate", "-t", "envoy", "-f", "-"], { stdin: two });
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /^<stdin>:12:19: error TG3013/m);
    assert.match(err, /^<stdin>:5:3: warning TG3009 the policy names no upstream/m);
  });
});

describe("run", () => {
  it("starts nothing for a policy that a plugin refuses, and says where", async () => {
    const config = `config: { rules: [{ name: a, percent: 1.234, salt: s, key: { header: x-user }, arm: v2 }] }`;
    writeFileSync(join(folder, "refused.yaml"), GOOD.replace(/name: trace, config: .*?}/, `name: canary, ${config}`));
    const { exitCode, out, err } = await tidegate(["run", "refused.yaml"], { cwd: folder });
    assert.deepEqual({ exitCode, out }, { exitCode: 1, out: "" });
    assert.match(err, /^refused\.yaml:7:\d+: error TG4001 canary: [^\n]*1\.234[^\n]*\n$/);
  });
});

describe("completion and schema", () => {
  it("knows every command and option of the help, for each shell", async () => {
    const help = (await tidegate(["generate", "--help"])).out;
    const options = [...help.matchAll(/--[a-z-]+(?=[ ,])/g)].map(([option]) => option);
    for (const shell of ["bash", "zsh", "fish"]) {
      const { out } = await tidegate(["completion", shell]);
      for (const option of options)
        assert.ok(out.includes(shell === "fish" ? `-l ${option.slice(2)}` : option), `${shell} ${option}`);
      assert.ok(out.includes("istio-envoyfilter"));
      assert.match(out, shell === "fish" ? /from overload' -l scenarios/ : /bench overload".*--scenarios/);
    }
  });

  it("prints a schema that checks a plugin's configuration by its name", async () => {
    const { Ajv2020 } = await import("ajv/dist/2020.js");
    const schema = JSON.parse((await tidegate(["schema"])).out) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    const { parse } = await import("yaml");
    assert.equal(validate(parse(GOOD)), true);
    assert.equal(validate(parse(GOOD.replace("trust: full", "trust: fulll"))), false);
    assert.equal(validate(parse(GOOD.replace("name: trace", "name: tarce"))), false);
  });

  it("prints the schema of one plugin's configuration", async () => {
    const whole = JSON.parse((await tidegate(["schema"])).out) as { $defs: Record<string, object> };
    const { exitCode, out } = await tidegate(["schema", "trace"]);
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(out), whole.$defs["plugin-trace"]);
    assert.deepEqual(await tidegate(["schema", "tarce"]), {
      exitCode: 2,
      out: "",
      err: "tidegate: there is no plugin tarce, but there are canary, ratelimit, trace\n",
    });
  });
});
