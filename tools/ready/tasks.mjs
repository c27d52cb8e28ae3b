import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { npm } from "./dependencies.mjs";
import { root } from "./root.mjs";

const node = process.execPath;
const bin = (name) => join(root, "node_modules", ".bin", name);

/** The oldest Envoy in which is tested what differs between versions: changed headers, tracers, functions of WASI. */
const OLDEST_TESTED_ENVOY = "1.36.2";

/** Folders of our AssemblyScript; what the benchmark compiles for comparison has its own errors. */
const EDITOR_PROJECTS = ["assembly", "plugins", "tests/assembly", "tests/plugins"];

/**
 * What one can ask for: `node tools/ready.mjs <task> [arguments]`.
 * - `about`: one line for the list of tasks
 * - `needs`: set-up to do before, in the order of `setUp` in main.mjs
 * - `steps`: other tasks, done in turn; or
 * - `together`: other tasks, done at the same time; they print nothing unless they fail; or
 * - `command`: from the arguments to a command, arguments passed on
 * - `environment`: variables of that command besides our own
 * - `remedy`: what to do when it fails
 */
export const tasks = {
  demo: {
    about: "show all three plugins at work in a real Envoy (--embedded: in the Node host)",
    needs: ["dependencies", "tool", "plugins"],
    command: (args) => [node, "--enable-source-maps", "dist/tools/rig/demo.js", ...args],
  },
  build: {
    about: "build the plugins into build/",
    needs: ["dependencies", "tool"],
    command: (args) => [node, "--enable-source-maps", "dist/tools/bin.js", "build", ...args],
    remedy: "correct the errors above",
  },
  bench: {
    about: "measure what a request costs in Envoy",
    needs: ["dependencies", "tool", "plugins", "envoy"],
    command: (args) => [node, "--enable-source-maps", "dist/tools/bin.js", "bench", ...args],
  },
  simulate: {
    about: "compare the adaptive limit with others in a simulation",
    needs: ["dependencies", "tool", "plugins"],
    command: (args) => [node, "--enable-source-maps", "dist/tools/bin.js", "simulate", ...args],
  },
  generate: {
    about: "write the generated files anew: Envoy configurations of rigs, tables in READMEs",
    needs: ["dependencies", "tool", "plugins"],
    command: (args) => [node, "--enable-source-maps", "dist/tools/docs/generate-files.js", ...args],
    remedy: "correct the policies named above",
  },
  docs: {
    about: "make the library's API documentation from its docstrings, build/api/index.html; none may be missing",
    needs: ["dependencies"],
    command: (args) => [bin("typedoc"), "--options", "assembly/typedoc.json", "--logLevel", "Warn", ...args],
    remedy: "write the docstrings that are missing",
  },
  pack: {
    about: "make the npm package, build/tidegate-<version>.tgz",
    needs: ["dependencies"],
    command: (args) => [...npm(), "pack", "--pack-destination", "build", ...args],
    remedy: "correct the errors above",
  },
  prepack: {
    about: "make all that goes into the npm package; npm asks for it before it packs, so no half of it is ever packed",
    needs: ["dependencies", "tool", "plugins", "package"],
  },
  check: {
    about: "everything CI runs",
    steps: ["static", "test", "test:collector", "test:sdks:go"],
  },
  static: {
    about: "all that looks at sources without running them",
    needs: ["dependencies"],
    together: ["format", "lint", "lint:editor", "docs"],
  },
  test: {
    about: "all levels of tests",
    steps: ["test:as", "test:host", "test:tools", "test:registry", "test:e2e", "test:e2e:oldest"],
  },
  "test:as": {
    about: "specs of the pure AssemblyScript, by as-pect",
    needs: ["dependencies"],
    command: (args) => [bin("asp"), "--summary", ...args],
    remedy: "correct the specs above; one group alone: npm run test:as -- --group <its name>",
  },
  "test:host": nodeTests("host", "the release modules in the Node host", ["counting"]),
  "test:tools": nodeTests("tools", "the tool", ["envoy"]),
  "test:registry": nodeTests("registry", "transfers to and from a real registry of images (needs Go)", ["registry"]),
  "test:e2e": nodeTests("e2e", "the plugins in a real Envoy", ["envoy"]),
  "test:e2e:oldest": {
    ...nodeTests(
      "e2e",
      `how canary routes, what restrictions do, which modules it loads, what settings go by, trace's formats and trace beside tracers, in Envoy ${OLDEST_TESTED_ENVOY}`,
      ["oldestEnvoy"],
      ["canary-routes", "capabilities", "given-module", "settings", "trace-hops", "trace-tracer"],
    ),
    environment: { TIDEGATE_ENVOY: "", TIDEGATE_ENVOY_VERSION: OLDEST_TESTED_ENVOY },
  },
  "test:collector": nodeTests("collector", "spans in a real OpenTelemetry Collector (needs Go)", [
    "envoy",
    "collector",
  ]),
  "test:crds": nodeTests("crds", "what is generated, by the definitions of real clusters (needs Go)", []),
  "test:cosign": nodeTests("cosign", "signatures, by a real cosign (needs Go, which builds it for minutes)", [
    "cosign",
  ]),
  "test:istio": nodeTests("istio", "what is generated, by a real istiod, its agent and istioctl (needs Go)", [
    "envoy",
    "istio",
    "registry",
  ]),
  "test:sdks": nodeTests("sdks", "plugins on the Go and Rust SDKs, in Envoy and the host (needs Go and Rust)", [
    "envoy",
  ]),
  "test:sdks:go": nodeTests("sdks", "a plugin on the Go SDK, in Envoy and the host (needs Go)", ["envoy"], ["go.test"]),
  format: {
    about: "check the format of all files (--write: correct it)",
    needs: ["dependencies"],
    command: (args) => [bin("prettier"), "--log-level=warn", ...(args.length > 0 ? args : ["--check"]), "."],
    remedy: "run: npm run format -- --write",
  },
  lint: {
    about: "ESLint, with the directions of imports",
    needs: ["dependencies"],
    command: (args) => [bin("eslint"), "--max-warnings=0", ...args, "."],
    remedy: "correct the lines above; some of it: npm run lint -- --fix",
  },
  "lint:editor": {
    about: "that editors, which know TypeScript only, find no error in the AssemblyScript",
    needs: ["dependencies"],
    command: (args) => [bin("tsc"), "--build", ...args, ...EDITOR_PROJECTS],
    remedy: "asc may well accept the lines above, but people would see them in red: write them another way",
  },
};

/** node:test on the compiled files of one level; `parts` and arguments choose those whose path contains all of them. */
function nodeTests(level, about, needs, parts = []) {
  return {
    about: `tests of ${about}; arguments choose files by part of their name`,
    needs: ["dependencies", "tool", "plugins", ...needs],
    command(given) {
      const isPart = (file) => parts.length === 0 || parts.some((part) => file.includes(part));
      // By the sources, since dist/ may still hold what a removed test compiled to.
      const all = sources(join("tests", level)).filter(isPart);
      const files = all.filter((file) => given.every((part) => file.includes(part)));
      if (files.length === 0) throw new Error(`no test of this level has ${given.join(" ")} in its path`);
      const flags = ["--enable-source-maps", "--test", "--test-reporter=spec", `--test-concurrency=${atOnce(level)}`];
      return [node, ...flags, ...files.map(compiled)];
    },
    remedy: `the failing tests are listed above; one file alone: npm run test:${level} -- <part of its name>`,
  };
}

/** Test files that run at a time: levels that run real Envoys under load leave a processor to them. */
function atOnce(level) {
  const runsEnvoys = ["e2e", "collector", "istio", "sdks"].includes(level);
  return Math.max(1, availableParallelism() - (runsEnvoys ? 1 : 0));
}

const sources = (folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => join(folder, file))
    .sort();

const compiled = (source) => join("dist", source.replace(/\.ts$/, ".js"));
