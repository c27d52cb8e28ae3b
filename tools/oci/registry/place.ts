import { isIP } from "node:net";

/** Whether a URL's host is this machine. */
export function isLoopback({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || host.endsWith(".localhost") || host === "::1") return true;
  return isIP(host) === 4 && host.startsWith("127.");
}

/** Of clouds: what answers there hands out a machine's own credentials. */
function isLinkLocal({ hostname }: URL): boolean {
  return /^(169\.254\.|\[fe[89ab][0-9a-f]:|\[::ffff:a9fe:)/.test(hostname) || hostname === "metadata.google.internal";
}

/**
 * Reads a place that a registry names: where tokens come from, where a blob is, where to upload to.
 * @param from the registry. @param plainHttp whether the user lets the registry itself be asked without TLS.
 * @returns the place, or why nothing is sent there.
 */
export function placeNamedBy(from: URL, text: string, plainHttp: boolean): URL | string {
  if (!URL.canParse(text, from.href)) return "is no URL";
  const place = new URL(text, from);
  if (place.protocol !== "https:" && place.protocol !== "http:") return `is a ${place.protocol} URL`;
  if (place.username !== "" || place.password !== "") return "has a user in it";
  if (isLinkLocal(place)) return "is a link-local address";
  if (isLoopback(place) && !isLoopback(from)) return "is this machine, which the registry is not";
  if (place.protocol === "https:" || isLoopback(place)) return place;
  if (plainHttp && from.protocol === "http:" && place.hostname === from.hostname) return place;
  return "is not encrypted (http)";
}

/** A URL as a message may have it: what may sign a request is left out. */
export function shownUrl({ origin, pathname }: URL): string {
  return origin + pathname;
}
