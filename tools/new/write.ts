import { type FileHandle, mkdir, open, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { parentOf, type Place } from "./place.js";
import type { TemplateFile } from "./templates.js";

/** Writes all files or none, and nothing over what is there. Fails with a `UserError` that says why nothing was written. */
export async function writeNew(place: Place, name: string, files: readonly TemplateFile[]): Promise<void> {
  try {
    await (place.kind === "alone" ? makeFolder(place, files) : addFiles(place.root, name, files));
  } catch (error) {
    throw new UserError(`nothing written: ${messageOf(error)}`, 3);
  }
}

/** A folder that is not there yet, or empty, appears with all files at once: it is made under another name beside. */
async function makeFolder(place: Place, files: readonly TemplateFile[]): Promise<void> {
  const { root } = place;
  await refuseContents(root);
  const part = join(parentOf(place), `.${basename(root)}.${process.pid}.part`);
  try {
    await mkdir(part);
    for (const { path, text } of files) {
      await mkdir(dirname(join(part, path)), { recursive: true });
      await writeFile(join(part, path), text);
    }
    await rename(part, root);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

async function refuseContents(folder: string): Promise<void> {
  const contents = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (contents.length > 0) throw new Error(`${folder} exists and is not empty`);
}

/** Adds files among others. What was made before one fails is removed. */
async function addFiles(root: string, name: string, files: readonly TemplateFile[]): Promise<void> {
  await refuseContents(join(root, "plugins", name));
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(root, path);
      for (const folder of await makeParents(file)) undo.unshift(() => rmdir(folder));
      const handle = await openNew(file, path);
      undo.unshift(() => rm(file));
      await handle.writeFile(text).finally(() => handle.close());
    }
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

async function openNew(file: string, shown: string): Promise<FileHandle> {
  return open(file, "wx").catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EEXIST" ? new Error(`${shown} is there already`) : error;
  });
}

/** @returns the folders that were made, outermost first. */
async function makeParents(file: string): Promise<string[]> {
  const folder = dirname(file);
  const outermost = await mkdir(folder, { recursive: true });
  if (outermost === undefined) return [];
  const made = [folder];
  while (made[0] !== outermost) made.unshift(dirname(made[0]!));
  return made;
}
