import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import { warning } from "./resource.js";

const SCHEMES = ["oci", "https", "http", "file"];
/** Without a scheme Istio takes an image of a registry; one with a port is no URL then. */
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):(\/\/)?/;

/** Where a WasmPlugin's module comes from: a URL that Istio takes for what it looks like, and a hash that is compared. */
export function moduleUrlFaults(spec: Node): Fault[] {
  const url = spec.at("url");
  if (url?.text === undefined) return [];
  const faults = urlFaults(url, url.text);
  return faults.length > 0 ? faults : hashFaults(url, url.text, spec.at("sha256"));
}

function urlFaults(node: Node, url: string): Fault[] {
  const [, scheme, slashes] = SCHEME.exec(url) ?? [];
  const hasPort = /^[^/]*:/.test(url) && slashes === undefined;
  if (hasPort && !SCHEMES.includes(scheme ?? "")) {
    const message = `${quote(url)} has no scheme, and the colon keeps Istio from taking it for an image: it drops the plugin`;
    return [{ code: "TG3720", path: node.path, message, remedy: `Write oci://${url}` }];
  }
  if (scheme !== undefined && !SCHEMES.includes(scheme)) {
    const message = `Istio fetches nothing from ${scheme}://`;
    return [
      { code: "TG3720", path: node.path, message, remedy: `Use ${SCHEMES.map((one) => `${one}://`).join(", ")}` },
    ];
  }
  if (scheme === "file" && !/^file:\/\/\/./.test(url)) {
    const message = `${quote(url)} is no absolute path, so Envoy looks for it where it was started`;
    return [{ code: "TG3720", path: node.path, message, remedy: "Write file:/// and the path from /" }];
  }
  return [];
}

const DIGEST = /@(.*)$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;

function hashFaults(node: Node, url: string, sha256: Node | undefined): Fault[] {
  if (url.startsWith("http")) return sha256 ? [] : [unhashed(node)];
  if (url.startsWith("file:")) return sha256?.text ? [unread(sha256)] : [];
  const digest = DIGEST.exec(url)?.[1];
  if (digest === undefined) return sha256 || isPinned(url) ? [] : [moving(node)];
  if (!SHA256.test(digest)) {
    const message = `${quote(digest)} is no digest of an image`;
    return [{ code: "TG3721", path: node.path, message, remedy: "Write @sha256: and 64 digits of 0-9 and a-f" }];
  }
  if (!sha256?.text || digest === `sha256:${sha256.text}`) return [];
  const message = "sha256 is not the digest that url has; for an image it is that of its manifest, not of the module";
  return [{ code: "TG3721", path: sha256.path, message, remedy: "Remove sha256, or correct it" }];
}

/** Whether an image has a tag, and one that is not meant to move. */
function isPinned(url: string): boolean {
  const [, tag] = /:([^:/]+)$/.exec(url.replace(/^oci:\/\//, "")) ?? [];
  return tag !== undefined && tag !== "latest";
}

function unhashed({ path }: Node): Fault {
  const message = "without sha256 proxies run whatever they are given there, and https without it needs Istio's agent";
  return warning({ code: "TG3721", path, message, remedy: "Add sha256, the hash of the module" });
}

function unread({ path }: Node): Fault {
  const message = "nobody compares the sha256 of a file";
  return warning({ code: "TG3721", path, at: "key", message, remedy: "Remove it, or fetch the module from oci://" });
}

function moving({ path }: Node): Fault {
  const message = "the image has no tag, or latest, so each proxy runs what was there when it started";
  return warning({ code: "TG3721", path, message, remedy: "Add @sha256: and the digest of the image's manifest" });
}
