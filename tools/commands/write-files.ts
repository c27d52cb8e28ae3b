import { stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { messageOf, UserError } from "../errors.js";
import type { Io } from "../io.js";
import type { Generated } from "../output/generate-files.js";
import { type WholeFile, writeWhole } from "../write-whole.js";

/**
 * Writes what was generated to a file, or, when `out` is a folder or ends in a slash, to one file a policy in it.
 * Each file appears whole or not at all, and none appears unless all could be written.
 */
export async function writeFiles(generated: Pick<Generated, "files" | "whole">, out: string, io: Io): Promise<void> {
  const target = resolve(io.cwd, out);
  const isFolder = out.endsWith("/") || (await isDirectory(target));
  const files: WholeFile[] = isFolder
    ? generated.files().map(({ name, text }) => ({ path: join(target, name), content: text }))
    : [{ path: target, content: generated.whole() }];
  await writeAll(files);
  for (const { path } of files) io.err(`wrote ${relative(io.cwd, path)}\n`);
}

/** Writes all of the files, or fails with a `UserError` and writes none. */
export async function writeAll(files: readonly WholeFile[]): Promise<void> {
  try {
    await writeWhole(files);
  } catch (error) {
    throw new UserError(`nothing written: ${messageOf(error)}`, 3);
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
