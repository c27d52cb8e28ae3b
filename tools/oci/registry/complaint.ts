import { oneLine } from "../../errors.js";
import type { Answer } from "./transport.js";

const MAX_WORDS = 200;

const STATUS: Record<number, string> = {
  404: "has no such image, or hides it (404)",
  405: "does not allow it (405)",
  413: "finds it too large (413)",
  429: "gets too many requests, and says to come later (429)",
};

/** What a registry's refusal comes to, with the reason that it gives. */
export function refusalWords({ status, body, headers }: Answer): string {
  if (status >= 300 && status < 400) return `redirects what is sent to it, or leads nowhere (${status})`;
  const known = STATUS[status] ?? (status >= 500 ? `has a fault of its own (${status})` : `answers ${status}`);
  const reason = reasonOf(body);
  const later = headers["retry-after"];
  const when = status === 429 && later !== undefined && /^[\w ,:]{1,40}$/.test(later) ? `, Retry-After: ${later}` : "";
  return `${known}${when}${reason === undefined ? "" : `: ${reason}`}`;
}

/** The first error of a registry's answer: its words, else its code. */
function reasonOf(body: Uint8Array): string | undefined {
  try {
    const { errors } = JSON.parse(Buffer.from(body).toString("utf8")) as {
      errors?: { code?: unknown; message?: unknown }[];
    };
    const { code, message } = errors?.[0] ?? {};
    const words = [message, code].find((text): text is string => typeof text === "string" && text !== "");
    return words === undefined ? undefined : oneLine(words.slice(0, MAX_WORDS));
  } catch {
    return undefined;
  }
}
