import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { messageOf, UserError } from "../errors.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import type { Image } from "../oci/image.js";
import { layoutFiles, writeLayout } from "../oci/layout.js";
import { moduleOf } from "../oci/module-of.js";
import { readLayout } from "../oci/read-layout.js";
import { formatReference, parseReference, type Reference } from "../oci/reference.js";
import { printedAs } from "../output/print-form.js";
import { sha256Of } from "../sha256.js";
import { checkSigner, requireCosign, verify } from "../sign/cosign.js";
import type { PullFlags } from "./pull.js";
import { withRegistry } from "./transfer.js";
import { writeAll } from "./write-files.js";

/** What was pulled, as machines get it. */
interface PullReport {
  reference: string;
  /** Of the image's manifest. */
  digest: string;
  /** In bytes and hexadecimal; of an image without one that gateways would find there is none. */
  module?: { size: number; sha256: string };
  /** File or folder that holds it now. */
  path: string;
}

/** Pulls an image, writes it or its module, and prints its hashes. @returns the exit code. */
export async function pull(text: string, flags: PullFlags, io: Io): Promise<number> {
  const reference = parseReference(text);
  if (flags.out !== undefined && flags.layout !== undefined) throw new UserError("give --out or --layout, not both");
  if (flags.verify) checkSigner(flags);
  else if (flags.key ?? flags.certificateIdentity ?? flags.certificateOidcIssuer ?? flags.cosign)
    throw new UserError("--key and what else is for cosign need --verify");
  if (flags.verify) requireCosign(io, "--verify");
  return interruptible(async (signal) => {
    const image = await fetched(reference, flags, io, signal);
    const module = flags.layout === undefined || flags.sha256 !== undefined ? moduleOf(image) : undefined;
    if (module) checkHash(image, module, flags.sha256);
    signal.throwIfAborted();
    const path = flags.layout ?? flags.out ?? `${reference.path.split("/").at(-1)}.wasm`;
    await write(image, flags.layout === undefined ? module : undefined, resolve(io.cwd, path), reference.tag);
    const hashes = module && { size: module.length, sha256: sha256Of(module) };
    const report: PullReport = { reference: formatReference(reference), digest: image.digest, path };
    io.out(printedAs(flags.output, hashes ? { ...report, module: hashes } : report, textOf));
    io.err(`wrote ${relative(io.cwd, resolve(io.cwd, path))}\n`);
    return 0;
  });
}

function fetched(reference: Reference, flags: PullFlags, io: Io, signal: AbortSignal): Promise<Image> {
  return withRegistry(io, "pulling", flags, signal, async (registry) => {
    if (!flags.verify) return registry.fetchImage(reference);
    const { digest } = await registry.resolve(reference);
    await verify(reference, digest, flags, io, signal);
    return registry.fetchImage({ ...reference, digest }); // a tag may have been moved meanwhile
  });
}

function checkHash({ digest }: Image, module: Uint8Array, sha256: string | undefined): void {
  const found = sha256Of(module);
  if (sha256 === undefined || sha256 === found) return;
  const isOther = digest.endsWith(sha256);
  const why = isOther ? "that is the manifest's: write it into the reference, as @sha256:..." : "nothing was written";
  throw new UserError(`the module has the sha256 ${found}, not ${sha256}; ${why}`, 3);
}

async function write(image: Image, module: Uint8Array | undefined, path: string, tag?: string): Promise<void> {
  if (module) return writeAll([{ path, content: module }]);
  if (existsSync(path)) {
    if (isSame(path, image)) return;
    throw new UserError(`nothing written: ${path} is there already, and is not this image`, 3);
  }
  const part = `${path}.${process.pid}.part`;
  try {
    await writeLayout(layoutFiles(image, tag), part, "folder");
    await rename(part, path);
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw new UserError(`nothing written: ${messageOf(error)}`, 3);
  }
}

function isSame(path: string, { digest }: Image): boolean {
  try {
    return readLayout(path).digest === digest;
  } catch {
    return false;
  }
}

function textOf({ reference, digest, module }: PullReport): string {
  const said = module ? [`  module of ${module.size} bytes, sha256 ${module.sha256}`] : [];
  return `${[reference, `  manifest ${digest}`, ...said].join("\n")}\n`;
}
