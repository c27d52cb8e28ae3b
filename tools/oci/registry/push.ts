import { type Digest, isDigest } from "../digest.js";
import type { Blob, Image } from "../image.js";
import { MANIFESTS } from "../media-types.js";
import type { Reference } from "../reference.js";
import { atOnce } from "./at-once.js";
import type { Send, Session } from "./session.js";
import type { Answer } from "./transport.js";

const MAX_ANSWER = 64 * 1024;

/** What a push did. */
export interface Pushed {
  /** Of the manifest. */
  digest: Digest;
  /** Blobs that were sent, and those that were there already. */
  uploaded: number;
  skipped: number;
  /** Of the blobs that were sent. */
  bytes: number;
  /** What the tag stood for before, when that was something else. */
  replaced?: Digest;
}

/**
 * Sends an image: first what it consists of, the manifest last, so that whoever sees the manifest can have all of it.
 * What fails may be done again; what was sent is not sent twice. Fails with a `UserError`.
 */
export async function pushImage(session: Session, image: Image, reference: Reference): Promise<Pushed> {
  const { digest } = image;
  if (reference.digest !== undefined && reference.digest !== digest) {
    throw session.failure(`the image is ${digest}, and cannot be pushed as another digest`);
  }
  const blobs = new Map([image.config, ...image.layers].map((blob) => [blob.descriptor.digest, blob]));
  const sent = await atOnce([...blobs.values()], (blob) => pushBlob(session, blob));
  const before = reference.tag === undefined ? undefined : await tagged(session, reference.tag);
  await putManifest(session, image, reference.tag ?? digest);
  const uploaded = sent.filter((bytes) => bytes !== undefined);
  const bytes = uploaded.reduce((sum, one) => sum + one, 0);
  const pushed = { digest, uploaded: uploaded.length, skipped: sent.length - uploaded.length, bytes };
  return before === undefined || before === digest ? pushed : { ...pushed, replaced: before };
}

/** @returns how many bytes were sent; undefined when the registry had them. */
async function pushBlob(session: Session, { descriptor, bytes }: Blob): Promise<number | undefined> {
  const { digest } = descriptor;
  const head = await session.request({ method: "HEAD", at: `blobs/${digest}`, maxBytes: 0 }, [200, 404]);
  if (head.status === 200) return undefined;
  const upload = async (send: Send): Promise<Answer> => {
    const begun = await send({ method: "POST", at: "blobs/uploads/", maxBytes: MAX_ANSWER });
    if (begun.status !== 202) return begun;
    const at = session.place(begun.headers.location, "to upload to");
    at.searchParams.set("digest", digest);
    const headers = { "Content-Type": "application/octet-stream" };
    return send({ method: "PUT", at, headers, body: bytes, maxBytes: MAX_ANSWER });
  };
  await session.perform(upload, [201]);
  return bytes.length;
}

/** What a tag stands for; undefined when it is not there, or the registry does not say. */
async function tagged(session: Session, tag: string): Promise<Digest | undefined> {
  const headers = { Accept: MANIFESTS.join(", ") };
  const answer = await session.request({ method: "HEAD", at: `manifests/${tag}`, headers, maxBytes: 0 }, [200, 404]);
  const digest = answer.headers["docker-content-digest"];
  return answer.status === 200 && isDigest(digest) ? digest : undefined;
}

async function putManifest(session: Session, { manifest, mediaType, digest }: Image, name: string): Promise<void> {
  const headers = { "Content-Type": mediaType };
  const put = { method: "PUT", at: `manifests/${name}`, headers, body: manifest, maxBytes: MAX_ANSWER } as const;
  const answer = await session.request(put, [201]);
  const got = answer.headers["docker-content-digest"];
  if (got === undefined || got === digest) return;
  throw session.failure(`the registry took the manifest for ${String(got)}, but it is ${digest}`);
}
