import { type Finding, UserError } from "../errors.js";
import { interruptible } from "../interrupt.js";
import type { Io } from "../io.js";
import type { Image } from "../oci/image.js";
import { moduleOf } from "../oci/module-of.js";
import { formatReference, parseReference, type Reference, referenceUrl } from "../oci/reference.js";
import type { Pushed } from "../oci/registry/push.js";
import { printedAs } from "../output/print-form.js";
import { linesOf, type TargetLines } from "../package/lines.js";
import { linesText } from "../package/words.js";
import { sha256Of } from "../sha256.js";
import { requireCosign, sign } from "../sign/cosign.js";
import type { PushFlags } from "./push.js";
import { sourceOf } from "./push-source.js";
import { count, report } from "./report.js";
import { withRegistry } from "./transfer.js";

/** What was pushed, as machines get it. */
interface PushReport {
  reference: string;
  /** Of the image's manifest. */
  digest: string;
  /** In bytes and hexadecimal. */
  module: { size: number; sha256: string };
  /** What was sent; not there when nothing was to be. `bytes` are those of the blobs. */
  sent?: { uploaded: number; skipped: number; bytes: number };
  lines: TargetLines[];
}

/**
 * Pushes an image, and prints its hashes.
 * @param source a plugin, or a path; undefined for the plugin that the image is called. @returns the exit code.
 */
export async function push(source: string | undefined, text: string, flags: PushFlags, io: Io): Promise<number> {
  const given = parseReference(text);
  if (source === undefined && !text.includes("/")) {
    throw new UserError(`${text} names no registry. Say where to push to, such as registry.example.com/shop/${text}`);
  }
  const isForCosign = flags.key !== undefined || flags.cosign !== undefined;
  if (isForCosign && !flags.sign) throw new UserError("--key and --cosign need --sign");
  if (flags.dryRun && flags.sign) throw new UserError("--dry-run signs nothing: leave --sign out");
  if (flags.sign) requireCosign(io, "--sign");
  return interruptible(async (signal) => {
    const { image, findings, tag } = await sourceOf(
      source ?? given.path.split("/").at(-1)!,
      source === undefined,
      flags,
      io,
    );
    const exitCode = report(findings, io);
    if (!image) return exitCode;
    const reference = tagged(given, tag);
    const module = moduleOf(image); // fails where no gateway would find one
    const pushed = flags.dryRun
      ? undefined
      : await withRegistry(io, "pushing", flags, signal, (registry) => registry.pushImage(image, reference));
    if (flags.sign) await sign(reference, image.digest, flags, io, signal);
    io.out(printedAs(flags.output, reportOf(reference, image, module, pushed), textOf));
    return pushed?.replaced === undefined ? exitCode : report([moved(reference, pushed)], io);
  });
}

/** With a tag: to push without one would move `latest`, which nobody asked for. */
function tagged(reference: Reference, tag: string | undefined): Reference {
  if (reference.tag !== undefined || reference.digest !== undefined) return reference;
  if (tag !== undefined) return { ...reference, tag };
  throw new UserError(`${formatReference(reference)}: give it a tag, such as :1.2.0`);
}

function moved(reference: Reference, { replaced, digest }: Pushed): Finding {
  const message = `the tag ${reference.tag} was ${replaced} before, and is ${digest} now`;
  const remedy = "Proxies that have the old image may keep it: let each version have a tag of its own, or name digests";
  const file = `${reference.domain}/${reference.path}`;
  return { code: "TG9201", severity: "warning", file, line: 1, column: 1, message, remedy };
}

function reportOf(reference: Reference, image: Image, module: Uint8Array, pushed: Pushed | undefined): PushReport {
  const { digest } = image;
  const sha256 = sha256Of(module);
  const places = { image: { url: referenceUrl(reference), digest }, module: { url: "", sha256 } };
  const lines = linesOf(places).filter((each) => each.as === "image");
  const all = { reference: formatReference(reference), digest, module: { size: module.length, sha256 }, lines };
  if (!pushed) return all;
  const { uploaded, skipped, bytes } = pushed;
  return { ...all, sent: { uploaded, skipped, bytes } };
}

function textOf({ reference, digest, module, sent, lines }: PushReport): string {
  const heading = [
    reference,
    `  manifest ${digest}`,
    `  module of ${module.size} bytes, sha256 ${module.sha256}`,
    sent
      ? `  sent ${count(sent.uploaded, "blob")} of ${sent.bytes} bytes; ${sent.skipped} were there`
      : "  nothing sent",
  ];
  return `${[...heading, "", ...lines.map(linesText)].join("\n")}`;
}
