import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { UserError } from "../errors.js";
import type { Io } from "../io.js";
import type { Digest } from "../oci/digest.js";
import { formatReference, type Reference } from "../oci/reference.js";

/** By whom an image is signed, as cosign's own options say it. */
export interface Signer {
  /** Of --key; without it cosign asks who you are, and certifies that. */
  key?: string;
  /** Of whom the certificate must be, when there is no key. */
  certificateIdentity?: string;
  /** And who must have said so. */
  certificateOidcIssuer?: string;
  /** Whether the registry is asked without TLS. */
  plainHttp?: boolean;
  /** Further options, passed on as they are. */
  cosign?: readonly string[];
}

/** Signs an image by its digest. Fails with a `UserError` when there is no cosign, or it fails. */
export function sign(image: Reference, digest: Digest, signer: Signer, io: Io, signal?: AbortSignal): Promise<void> {
  return cosign(["sign", "--yes", ...optionsOf(signer), nameOf(image, digest)], io, signal);
}

/** Checks that an image is signed. Fails with a `UserError` when it is not, and as `sign` does. */
export function verify(image: Reference, digest: Digest, signer: Signer, io: Io, signal?: AbortSignal): Promise<void> {
  return cosign(["verify", ...optionsOf(signer), nameOf(image, digest)], io, signal);
}

/** Fails with a `UserError` when there is no cosign. @param option that needs it. */
export function requireCosign({ env }: Io, option: string): void {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const isThere = (folder: string): boolean => existsSync(join(folder, "cosign"));
  if (!folders.some(isThere))
    throw new UserError(`there is no cosign on PATH, and ${option} needs it: install it of sigstore`, 3);
}

/** Fails with a `UserError` of exit code 2 when nothing says whose signature is to be looked for. */
export function checkSigner({ key, certificateIdentity, certificateOidcIssuer, cosign = [] }: Signer): void {
  if (key !== undefined || cosign.some((option) => option.startsWith("--"))) return;
  if (certificateIdentity !== undefined && certificateOidcIssuer !== undefined) return;
  throw new UserError("--verify: give --key, or --certificate-identity and --certificate-oidc-issuer");
}

function optionsOf({ key, certificateIdentity, certificateOidcIssuer, plainHttp, cosign = [] }: Signer): string[] {
  const given = {
    "--key": key,
    "--certificate-identity": certificateIdentity,
    "--certificate-oidc-issuer": certificateOidcIssuer,
  };
  const pairs = Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [option, value]));
  return [...pairs, ...(plainHttp ? ["--allow-http-registry"] : []), ...cosign];
}

/** By its digest alone: a tag may be moved while cosign works. */
function nameOf({ domain, path }: Reference, digest: Digest): string {
  return formatReference({ domain, path, digest });
}

/** What it says goes to standard error. It may ask for a password, so it has the terminal. */
function cosign(args: readonly string[], io: Io, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const env = io.env as NodeJS.ProcessEnv;
    const child = spawn("cosign", args, { cwd: io.cwd, env, stdio: ["inherit", "ignore", "pipe"], signal });
    child.stderr.setEncoding("utf8").on("data", (text: string) => io.err(text));
    child.once("error", (error) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      reject(new UserError(`cosign cannot be started: ${error.message}`, 3));
    });
    child.once("close", (code) => {
      if (code === 0) return resolve();
      reject(new UserError(`cosign ${args[0]} failed (exit ${code}); what it says stands above`, 3));
    });
  });
}
