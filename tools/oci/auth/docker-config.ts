import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf, UserError } from "../../errors.js";
import { isObject } from "../../is-object.js";
import type { Reference } from "../reference.js";
import type { Env } from "../registry/proxy.js";
import type { Credentials } from "./credentials.js";
import { askHelper } from "./helper.js";

interface DockerConfig {
  auths: Record<string, unknown>;
  credHelpers: Record<string, unknown>;
  credsStore: unknown;
}

/** By which Docker's own tools know Docker Hub. */
const HUB = "https://index.docker.io/v1/";

/**
 * Files that may hold credentials, in the order of asking: podman's where a variable names it, Docker's, podman's own.
 * Only the first must be there.
 */
export function configFiles(env: Env): { path: string; mustExist: boolean }[] {
  const named = env["REGISTRY_AUTH_FILE"];
  const runtime = env["XDG_RUNTIME_DIR"];
  const home = env["HOME"] ?? homedir();
  return [
    ...(named ? [{ path: named, mustExist: true }] : []),
    { path: join(env["DOCKER_CONFIG"] || join(home, ".docker"), "config.json"), mustExist: false },
    ...(runtime ? [{ path: join(runtime, "containers", "auth.json"), mustExist: false }] : []),
    { path: join(env["XDG_CONFIG_HOME"] || join(home, ".config"), "containers", "auth.json"), mustExist: false },
  ];
}

/**
 * The credentials for a repository: what a login with docker, podman or crane left behind; undefined when there are none.
 * Fails with a `UserError` of exit code 3 on files that cannot be read, and on helpers that fail.
 */
export async function credentialsFor(reference: Reference, env: Env): Promise<Credentials | undefined> {
  for (const { path, mustExist } of configFiles(env)) {
    const config = readConfig(path, mustExist);
    const found = config && ((await fromHelper(config, path, reference, env)) ?? fromAuths(config, path, reference));
    if (found) return found;
  }
  return undefined;
}

function readConfig(path: string, mustExist: boolean): DockerConfig | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!mustExist && (code === "ENOENT" || code === "ENOTDIR")) return undefined;
    throw new UserError(messageOf(error), 3);
  }
  const config = parsed(text);
  if (!isObject(config)) throw new UserError(`${path}: no JSON object, so no credentials can be read from it`, 3);
  const { auths, credHelpers, credsStore } = config;
  const objectOf = (key: string, value: unknown): Record<string, unknown> => {
    if (isObject(value ?? {})) return (value ?? {}) as Record<string, unknown>;
    throw new UserError(`${path}: ${key} is no JSON object`, 3);
  };
  return { auths: objectOf("auths", auths), credHelpers: objectOf("credHelpers", credHelpers), credsStore };
}

/** No word of where JSON is wrong: it would quote what stands there. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function fromHelper(
  { credHelpers, credsStore }: DockerConfig,
  path: string,
  { domain }: Reference,
  env: Env,
): Promise<Credentials | undefined> {
  const key = Object.keys(credHelpers).find((name) => hostOf(name) === domain);
  const helper = key === undefined ? credsStore : credHelpers[key];
  if (helper === undefined || helper === null || helper === "") return undefined;
  if (typeof helper !== "string" || !/^[A-Za-z0-9][\w.-]*$/.test(helper)) {
    throw new UserError(`${path}: the name of a credential helper is none`, 3);
  }
  return askHelper(helper, key ?? (domain === "docker.io" ? HUB : domain), env);
}

/** The most exact of the keys: podman has them for repositories and what holds these too. */
function fromAuths(
  { auths }: DockerConfig,
  path: string,
  { domain, path: repository }: Reference,
): Credentials | undefined {
  const folders = repository.split("/");
  for (let depth = folders.length; depth >= 0; depth--) {
    const wanted = [domain, ...folders.slice(0, depth)].join("/");
    const key = Object.keys(auths).find((name) => (depth === 0 ? hostOf(name) : name) === wanted);
    const found = key === undefined ? undefined : fromEntry(auths[key], `${path}: auths of ${key}`);
    if (found) return { ...found, source: path };
  }
  return undefined;
}

/** The host of a key such as `https://registry.example/v2/`; Docker Hub's go by one name. */
function hostOf(key: string): string | undefined {
  const [, host, rest = ""] = /^(?:https?:\/\/)?([^/]+)(\/.*)?$/.exec(key) ?? [];
  if (!/^(\/|\/v[12]\/?)?$/.test(rest)) return undefined;
  return host === "index.docker.io" || host === "registry-1.docker.io" ? "docker.io" : host;
}

function fromEntry(entry: unknown, what: string): Omit<Credentials, "source"> | undefined {
  if (!isObject(entry)) throw new UserError(`${what} is no JSON object`, 3);
  const text = (key: string): string | undefined => {
    const value = entry[key];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") throw new UserError(`${what}: ${key} is no text`, 3);
    return value;
  };
  const [identityToken, registryToken, auth] = [text("identitytoken"), text("registrytoken"), text("auth")];
  const user = auth === undefined ? { username: text("username"), password: text("password") } : userOf(auth, what);
  const all = { ...user, identityToken, registryToken };
  const known = Object.entries(all).filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : Object.fromEntries(known);
}

function userOf(auth: string, what: string): { username: string; password: string } {
  const isBase64 = /^[A-Za-z0-9+/_-]+=*$/.test(auth);
  const text = isBase64 ? Buffer.from(auth, "base64").toString("utf8") : "";
  const at = text.indexOf(":");
  if (at <= 0) throw new UserError(`${what}: auth is no base64 of USER:PASSWORD; log in again`, 3);
  return { username: text.slice(0, at), password: text.slice(at + 1).replace(/\0+$/, "") };
}
