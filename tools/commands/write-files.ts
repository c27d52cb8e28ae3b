import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { messageOf, UserError } from "../errors.js";
import type { Io } from "../io.js";
import type { Generated, GeneratedFile } from "../output/generate-files.js";

/**
 * Writes what was generated to a file, or, when `out` is a folder or ends in a slash, to one file a policy in it.
 * Each file appears whole or not at all, and none appears unless all could be written.
 */
export async function writeFiles(generated: Pick<Generated, "files" | "whole">, out: string, io: Io): Promise<void> {
  const target = resolve(io.cwd, out);
  const isFolder = out.endsWith("/") || (await isDirectory(target));
  const files: GeneratedFile[] = isFolder
    ? generated.files().map(({ name, text }) => ({ name: join(target, name), text }))
    : [{ name: target, text: generated.whole() }];
  await writeAll(files);
  for (const { name } of files) io.err(`wrote ${relative(io.cwd, name)}\n`);
}

async function writeAll(files: readonly GeneratedFile[]): Promise<void> {
  const pending = files.map(({ name, text }) => ({ name, text, part: `${name}.${process.pid}.part` }));
  try {
    for (const { name, part, text } of pending) {
      await mkdir(dirname(name), { recursive: true });
      await writeFile(part, text, { flag: "wx" });
    }
    for (const { name, part } of pending) await rename(part, name);
  } catch (error) {
    for (const { part } of pending) await rm(part, { force: true }).catch(() => undefined); // its folder may not be one
    throw new UserError(`nothing written: ${messageOf(error)}`, 3);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
