import { type Digest, digestOf, isDigest } from "../digest.js";
import type { Blob, Descriptor, Image } from "../image.js";
import { MAX_MANIFEST } from "../limits.js";
import { DOCKER_MANIFEST_LIST, MANIFESTS, OCI_INDEX } from "../media-types.js";
import { checkedBlob, chosenOf, imageFrom, isIndex, readIndex, readManifest } from "../read-manifest.js";
import { identifierOf, type Reference } from "../reference.js";
import { atOnce } from "./at-once.js";
import type { Session } from "./session.js";

const ACCEPT = [...MANIFESTS, OCI_INDEX, DOCKER_MANIFEST_LIST];

/** Of a manifest, and what messages call it. */
type Part = [blob: Descriptor, what: string];

interface Received {
  bytes: Uint8Array;
  digest: Digest;
  mediaType: string | undefined;
}

/** What a reference stands for. */
export interface Resolved {
  /** Of what a registry has there: a manifest, or an index of several. */
  digest: Digest;
  /** Of the one image that gateways take, which is what Istio's agent compares with a `sha256`. */
  image: Digest;
}

/** The image of a reference, whole and checked; of an index the image that gateways take. Fails with a `UserError`. */
export async function fetchImage(session: Session, reference: Reference): Promise<Image> {
  const { chosen } = await fetchChosen(session, reference);
  const { bytes, mediaType } = chosen;
  const manifest = session.checked(() => readManifest(bytes, mediaType));
  const layers = manifest.layers.map((layer, i): Part => [layer, `layer ${i + 1}`]);
  const parts: Part[] = [[manifest.config, "the config"], ...layers];
  const [config, ...blobs] = await atOnce(parts, (part) => fetchBlob(session, ...part));
  return imageFrom(bytes, manifest, config!, blobs);
}

/** What a reference stands for now, without its layers. */
export async function resolve(session: Session, reference: Reference): Promise<Resolved> {
  const { named, chosen } = await fetchChosen(session, reference);
  session.checked(() => readManifest(chosen.bytes, chosen.mediaType));
  return { digest: named.digest, image: chosen.digest };
}

async function fetchChosen(session: Session, reference: Reference): Promise<{ named: Received; chosen: Received }> {
  const named = await fetchManifest(session, identifierOf(reference), ACCEPT, reference.digest);
  const { bytes, mediaType } = named;
  if (!isIndex(mediaType)) return { named, chosen: named };
  const { digest } = session.checked(() => chosenOf(readIndex(bytes, mediaType)));
  return { named, chosen: await fetchManifest(session, digest, MANIFESTS, digest) };
}

async function fetchManifest(
  session: Session,
  identifier: string,
  accept: readonly string[],
  expected: Digest | undefined,
): Promise<Received> {
  const headers = { Accept: accept.join(", ") };
  const request = { method: "GET", at: `manifests/${identifier}`, headers, maxBytes: MAX_MANIFEST } as const;
  const { body: bytes, headers: got } = await session.request(request, [200]);
  const digest = digestOf(bytes);
  const claimed = expected ?? got["docker-content-digest"];
  if (isDigest(claimed) && claimed !== digest) {
    throw session.failure(`the registry gives another manifest than it says: ${digest}, not ${claimed}`);
  }
  return { bytes, digest, mediaType: typeOf(got["content-type"]) };
}

/** What a manifest came as. Servers of mere files send what they like, and then the manifest itself says what it is. */
function typeOf(contentType: string | undefined): string | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  return type !== undefined && ACCEPT.includes(type) ? type : undefined;
}

async function fetchBlob(session: Session, descriptor: Descriptor, what: string): Promise<Blob> {
  const { digest, size } = descriptor;
  const request = { method: "GET", at: `blobs/${digest}`, maxBytes: size, expectedBytes: size } as const;
  const { body } = await session.request(request, [200]);
  return session.checked(() => checkedBlob(descriptor, body, what));
}
