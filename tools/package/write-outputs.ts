import { lstat, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Finding, messageOf, UserError } from "../errors.js";
import { writeLayout } from "../oci/layout.js";
import type { Output } from "./outputs.js";

/** A file or folder to be written, and where. */
interface Placed {
  output: Output;
  path: string;
}

/**
 * What stands where outputs are to be written and is nothing that this command has made.
 * @param shown the folder as the user named it, for findings.
 */
export async function occupied(outputs: readonly Output[], folder: string, shown: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { output, path } of placed(outputs, folder)) {
    if (await mayReplace(path, output)) continue;
    const message = `something else than a package of the form ${output.form} stands here`;
    const remedy = "Move it away, give another --out, or --force to have it replaced";
    const file = join(shown, output.name);
    findings.push({ code: "TG9104", severity: "error", file, line: 1, column: 1, message, remedy });
  }
  return findings;
}

/**
 * Writes all outputs into a folder, or, when one of them cannot be written, none; what stood there is then there again.
 * Fails with a `UserError`, or with the reason of `signal` when that aborts before the first is in its place.
 */
export async function writeOutputs(outputs: readonly Output[], folder: string, signal: AbortSignal): Promise<void> {
  let staging: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    staging = await mkdtemp(join(folder, ".package-"));
    const parts = placed(outputs, staging);
    for (const { output, path } of parts) await writeOutput(output, path);
    signal.throwIfAborted();
    await moveAll(parts, folder, staging);
  } catch (error) {
    signal.throwIfAborted();
    throw new UserError(`nothing written: ${messageOf(error)}`, 3);
  } finally {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
  }
}

function placed(outputs: readonly Output[], folder: string): Placed[] {
  return outputs.map((output) => ({ output, path: join(folder, output.name) }));
}

async function writeOutput({ content }: Output, path: string): Promise<void> {
  if (content instanceof Uint8Array) await writeFile(path, content);
  else await writeLayout(content, path, "folder");
}

/** A folder cannot be renamed over another one that holds something, so what is there steps aside first. */
async function moveAll(parts: readonly Placed[], folder: string, staging: string): Promise<void> {
  const undo: (() => Promise<void>)[] = [];
  try {
    for (const { output, path } of parts) {
      const target = join(folder, output.name);
      const aside = join(staging, `${output.name}.old`);
      if (await isThere(target)) {
        await rename(target, aside);
        undo.unshift(() => rename(aside, target));
      }
      await rename(path, target);
      undo.unshift(() => rename(target, path));
    }
  } catch (error) {
    for (const step of undo) await step();
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

const BLOCK = 512;
const USTAR = 257;

/** Whether nothing is at a path, or what this command has written there before. */
async function mayReplace(path: string, { content, form }: Output): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return true;
  if (!(content instanceof Uint8Array)) return found.isDirectory() && isThere(join(path, "oci-layout"));
  if (!found.isFile()) return false;
  if (form === "sbom") return /^\{\s*"bomFormat": "CycloneDX"/.test(await readFile(path, "utf8"));
  const head = await firstBytes(path);
  if (form === "tar") return head[0] === 0x1f && head[1] === 0x8b;
  return Buffer.from(head).toString("latin1", USTAR, USTAR + "ustar".length) === "ustar";
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
