// Where a package says that it comes from: real repositories of git, in a folder of their own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { formatFinding } from "../../../tools/errors.js";
import { originOf, type PluginPlace, type SaidOrigin } from "../../../tools/package/origin.js";
import { repoRoot } from "../../../tools/root.js";
import { EPOCH } from "./some-package.js";

describe("the origin of a package", () => {
  let root: string;
  let place: PluginPlace;
  const write = async (name: string, text: string): Promise<void> => writeFile(join(root, name), text);
  const git = (...args: string[]): string =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", env: environment() }).trim();
  const commit = (...paths: string[]): string => {
    git("add", ...paths);
    git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "Commit");
    return git("rev-parse", "HEAD");
  };
  const origin = async (said: SaidOrigin = {}, env: Record<string, string> = {}) => {
    const found = await originOf(said, place, env);
    return { ...found.origin, findings: found.findings.map(formatFinding) };
  };

  before(async () => {
    root = await mkdtemp(join(tmpdir(), "tidegate-origin-"));
    const folder = join(root, "plugins", "some");
    place = { name: "some", folder, root, sources: ["plugins/some/index.ts", "library.ts", "node_modules/a/b.ts"] };
    await mkdir(folder, { recursive: true });
    await write("plugins/some/index.ts", "1");
    await write("library.ts", "1");
    await write("other.ts", "1");
    const links = { repository: { url: "git+https://example.com/shop.git" }, homepage: "https://example.com/docs" };
    await write("package.json", JSON.stringify({ name: "shop", license: "MIT", ...links }));
  });
  after(() => rm(root, { recursive: true }));

  const KNOWN = { licenses: "MIT", source: "https://example.com/shop", documentation: "https://example.com/docs" };

  it("is package.json's, and the beginning of time, without git", async () => {
    assert.deepEqual(await origin(), { ...KNOWN, created: "1970-01-01T00:00:00Z", findings: [] });
  });

  it("knows no commit while none has the plugin", async () => {
    git("init", "-q");
    assert.equal((await origin()).created, "1970-01-01T00:00:00Z");
    commit("other.ts");
    assert.deepEqual(await origin(), { ...KNOWN, created: "1970-01-01T00:00:00Z", findings: [] });
  });

  it("is the commit, and its time", async () => {
    const revision = commit(".");
    assert.deepEqual(await origin(), { ...KNOWN, revision, created: "2026-11-21T10:00:00Z", findings: [] });
  });

  it("takes no notice of a change that is none of the plugin's", async () => {
    await write("other.ts", "2");
    await write("untracked.ts", "2");
    assert.deepEqual((await origin()).findings, []);
  });

  it("is that of its own repository, within a hook of another one, too", async () => {
    process.env["GIT_DIR"] = join(repoRoot, ".git");
    try {
      assert.equal((await origin()).revision, git("rev-parse", "HEAD"));
    } finally {
      delete process.env["GIT_DIR"];
    }
  });

  it("warns of sources that are not committed", async () => {
    await write("library.ts", "2");
    await write("plugins/some/index.ts", "2");
    const head = git("rev-parse", "HEAD");
    const { revision, findings } = await origin();
    assert.equal(revision, `${head}-dirty`);
    assert.deepEqual(findings, [
      `plugins/some:1:1: warning TG9102 library.ts and 1 more differ from commit ${head.slice(0, 12)}, ` +
        "so nobody else can make this package. Commit first, or give --revision.",
    ]);
  });

  it("is what the command line says, before all else", async () => {
    const said = {
      revision: "v1",
      license: "Apache-2.0",
      source: "https://a.example",
      documentation: "https://b.example",
    };
    const { findings, ...known } = await origin(said, { SOURCE_DATE_EPOCH: String(EPOCH) });
    assert.deepEqual(findings, []);
    const { revision, source, documentation } = said;
    const created = "2026-11-22T00:00:00Z";
    assert.deepEqual(known, { revision, licenses: said.license, source, documentation, created });
  });

  for (const bad of ["yesterday", "-1", "1.5", "1e3", "999999999999999"]) {
    it(`refuses a SOURCE_DATE_EPOCH of ${bad}`, async () => {
      await assert.rejects(origin({}, { SOURCE_DATE_EPOCH: bad }), /SOURCE_DATE_EPOCH is no time/);
    });
  }

  it("warns when git is there and says nothing", async () => {
    await write(".git/HEAD", "ref: refs/heads/none\n");
    await write(".git/config", "[core\n");
    const { findings, created } = await origin();
    assert.equal(created, "1970-01-01T00:00:00Z");
    assert.match(
      findings.join("\n"),
      /^plugins\/some:1:1: warning TG9103 git does not say the revision: fatal: .*Give --revision\.$/,
    );
  });
});

/** No settings of whoever runs the tests, nor the repository of a hook that does. */
function environment(): NodeJS.ProcessEnv {
  const when = "2026-11-21T10:00:00Z";
  const own = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_COMMITTER_DATE: when, GIT_AUTHOR_DATE: when };
  return { PATH: process.env["PATH"], ...own };
}
