import { execFile } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repoRoot } from "../../tools/root.js";

/** A project in a folder that depends on tidegate, with the files of another folder. */
export function projectIn(
  folder: string,
  files: string,
  manifest: object = { devDependencies: { tidegate: "0.1.0" } },
): string {
  cpSync(files, folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(repoRoot, join(folder, "node_modules", "tidegate"), "dir");
  return folder;
}

/** What the tool did. */
export interface Ended {
  exitCode: number | null;
  out: string;
  err: string;
}

/** The tool as a process of its own, since the working directory says which project it is for. */
export function tidegateIn(cwd: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const file = join(cwd, "node_modules", "tidegate", "tools", "tidegate.mjs");
    const child = execFile(process.execPath, [file, ...args], { cwd }, (_, out, err) => {
      resolve({ exitCode: child.exitCode, out, err });
    });
    child.stdin?.end();
  });
}
