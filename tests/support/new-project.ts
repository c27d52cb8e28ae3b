import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { repoRoot } from "../../tools/root.js";

/** What a command printed, and how it ended. */
export interface Ran {
  code: number | null;
  output: string;
}

/** Runs a command to its end. */
export function ran(command: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const [program, ...args] = command;
  // What node:test tells its files of itself would have a test within one report to nobody.
  const env = { ...process.env, ...environment, NODE_TEST_CONTEXT: undefined };
  const child = spawn(program!, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}

const BINARIES = ["asp", "prettier", "eslint", "tsc"];

/** Gives a project what `npm install` would, by links to this checkout and what that has installed. */
export function linkDependencies(project: string): void {
  const manifest = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as Record<string, object>;
  const modules = join(project, "node_modules");
  const installed = join(repoRoot, "node_modules");
  link(repoRoot, join(modules, "tidegate"));
  for (const name of Object.keys(manifest["devDependencies"]!)) link(join(installed, name), join(modules, name));
  // npm puts what a dependency depends on beside it.
  for (const name of readdirSync(join(installed, "@as-pect"))) {
    const target = join(modules, "@as-pect", name);
    if (!existsSync(target)) link(join(installed, "@as-pect", name), target);
  }
  for (const name of BINARIES) link(join(installed, ".bin", name), join(modules, ".bin", name));
  link(join(repoRoot, "tools", "tidegate.mjs"), join(modules, ".bin", "tidegate"));
}

/** A copy of this checkout that plugins can be added to; what no plugin changes is linked. */
export function copyCheckout(folder: string): void {
  for (const name of ["node_modules", "assembly", "tools", ".tidegate"]) link(join(repoRoot, name), join(folder, name));
  const copied = ["package.json", "package-lock.json", "README.md", "plugins", "envoy-configs", "build"];
  const compiled = ["tools", "tests/support", "tests/tools"].map((name) => join("dist", name));
  for (const name of [...copied, ...compiled]) cpSync(join(repoRoot, name), join(folder, name), { recursive: true });
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}
