import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** A file that is to be written. */
export interface WholeFile {
  path: string;
  content: string | Uint8Array;
}

/** Writes files and the folders that they lie in. Each appears whole or not at all, and none unless all could be written. */
export async function writeWhole(files: readonly WholeFile[]): Promise<void> {
  const pending = files.map(({ path, content }) => ({ path, content, part: `${path}.${process.pid}.part` }));
  try {
    for (const { path, content, part } of pending) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(part, content, { flag: "wx" });
    }
    for (const { path, part } of pending) await rename(part, path);
  } catch (error) {
    for (const { part } of pending) await rm(part, { force: true }).catch(() => undefined); // its folder may not be one
    throw error;
  }
}
