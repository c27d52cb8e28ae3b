import { UserError } from "../errors.js";
import { quote } from "../validate/words.js";
import { type Digest, isDigest } from "./digest.js";

/** Where an image is: what stands after `oci://`. */
export interface Reference {
  /** Host, and port where one is given: `registry.example:5000`, `[::1]:5000`, `docker.io`. */
  domain: string;
  /** The repository in the registry, such as `team/plugins/ratelimit`. */
  path: string;
  /** Without tag and digest `latest` is meant; see `identifierOf`. */
  tag?: string;
  /** Of the manifest. It decides where there is a tag too. */
  digest?: Digest;
}

const PREFIX = "oci://";
const DEFAULT_DOMAIN = "docker.io";
const DEFAULT_TAG = "latest";
const MAX_LENGTH = 1024;
const MAX_PATH = 255;
const MAX_PORT = 65535;

const LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
const DOMAIN = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::([0-9]+))?$`);
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const FULL_ID = /^[a-f0-9]{64}$/;

/**
 * Reads a reference, with `oci://` before it or without: `[domain/]path[:tag][@digest]`. Without a domain it is one of
 * docker.io, and without a folder there one of its `library/`, as Istio's agent reads it.
 * Fails with a `UserError` of exit code 2. Source: distribution/reference; other digests than SHA-256, ports that cannot
 * be, and a domain that only a capital tells from a folder are refused besides, since Istio's agent cannot use them.
 */
export function parseReference(text: string): Reference {
  const bare = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  if (bare === "") throw refused(text, "nothing names a repository");
  if (bare.length > MAX_LENGTH) throw refused(text, `more than ${MAX_LENGTH} characters`);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(bare)) throw refused(text, "only oci:// may stand before a registry's name");
  const at = bare.indexOf("@");
  const name = at < 0 ? bare : bare.slice(0, at);
  const digest = at < 0 ? undefined : bare.slice(at + 1);
  if (digest !== undefined && !isDigest(digest))
    throw refused(text, `${quote(digest)} is no digest: sha256: and 64 digits of 0-9 and a-f`);
  return { ...readName(text, name), ...(digest === undefined ? {} : { digest }) };
}

function readName(text: string, name: string): Reference {
  const [first = "", ...rest] = name.split("/");
  const hasDomain = rest.length > 0 && (first === "localhost" || /[.:]/.test(first));
  const [, path = "", tag] = /^(.*?)(?::([^/]*))?$/s.exec(hasDomain ? rest.join("/") : name) ?? [];
  if (tag !== undefined && !TAG.test(tag)) throw refused(text, `${quote(tag)} is no tag`);
  if (!hasDomain && FULL_ID.test(path)) throw refused(text, "that is an image's hash, and nothing says its repository");
  checkPath(text, path);
  const place = hasDomain ? { domain: readDomain(text, first), path } : { domain: DEFAULT_DOMAIN, path };
  return { ...withLibrary(place), ...(tag === undefined ? {} : { tag }) };
}

function readDomain(text: string, domain: string): string {
  const [found, port] = DOMAIN.exec(domain) ?? [];
  if (port !== undefined && !(Number(port) >= 1 && Number(port) <= MAX_PORT)) throw refused(text, `no port ${port}`);
  if (found === undefined || !URL.canParse(`https://${domain}/`))
    throw refused(text, `${quote(domain)} is no host, or no host and port`);
  return domain === "index.docker.io" ? DEFAULT_DOMAIN : domain;
}

function checkPath(text: string, path: string): void {
  const bad = path.split("/").find((component) => !COMPONENT.test(component));
  if (bad === undefined && path.length <= MAX_PATH) return;
  if (bad === undefined) throw refused(text, `a repository's name has at most ${MAX_PATH} characters`);
  if (COMPONENT.test(bad.toLowerCase())) throw refused(text, `a repository's name has no capitals (${quote(bad)})`);
  throw refused(text, bad === "" ? "a part of the repository's name is empty" : `${quote(bad)} names no repository`);
}

/** docker.io keeps what has no folder in `library/`. */
function withLibrary({ domain, path }: Reference): Reference {
  return { domain, path: domain === DEFAULT_DOMAIN && !path.includes("/") ? `library/${path}` : path };
}

function refused(text: string, why: string): UserError {
  return new UserError(`${quote(text)} is no image reference: ${why}`);
}

/** What a registry is asked for: the digest, else the tag, else `latest`. */
export function identifierOf({ tag, digest }: Reference): string {
  return digest ?? tag ?? DEFAULT_TAG;
}

/** `domain/path[:tag][@digest]`, all of it written out but a tag that is only meant. */
export function formatReference({ domain, path, tag, digest }: Reference): string {
  return `${domain}/${path}${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}

/** The same with `oci://`, as a policy's `moduleUrl` has it. */
export function referenceUrl(reference: Reference): string {
  return PREFIX + formatReference(reference);
}
