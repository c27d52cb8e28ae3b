import { messageOf, UserError } from "../errors.js";
import type { ModuleSource } from "../generate/module-source.js";
import { MAX_MODULE } from "../oci/limits.js";
import { ConnectionFailed } from "../oci/registry/failure.js";
import { placeNamedBy, shownUrl } from "../oci/registry/place.js";
import { RETRY, retried } from "../oci/registry/retry.js";
import { type Answer, Transport } from "../oci/registry/transport.js";
import type { TransportOptions } from "../oci/registry/watch.js";
import { sha256Of } from "../sha256.js";
import { isWasm } from "../wasm/sections.js";

const MAX_REDIRECTS = 5;

/** The module at a URL of http or https, by its hash. Fails with a `UserError` when there is none. */
export async function modulePin(text: string, options: TransportOptions): Promise<ModuleSource> {
  const transport = new Transport(options);
  try {
    const { status, body } = await follow(new URL(text), transport, options.signal);
    if (status !== 200) throw new UserError(`${shownUrl(new URL(text))} answers ${status}`, 3);
    if (!isWasm(body)) throw new UserError(`what ${shownUrl(new URL(text))} gives is no WebAssembly`, 3);
    return { url: text, sha256: sha256Of(body) };
  } catch (error) {
    throw error instanceof ConnectionFailed ? new UserError(messageOf(error), 3) : error;
  } finally {
    transport.close();
  }
}

async function follow(first: URL, transport: Transport, signal: AbortSignal | undefined): Promise<Answer> {
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const ask = (): Promise<Answer> => transport.send({ method: "GET", url, maxBytes: MAX_MODULE });
    const answer = await retried(ask, RETRY, Date.now, signal);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || location === undefined) return answer;
    const next = placeNamedBy(url, location, true);
    if (typeof next === "string") throw new UserError(`${shownUrl(url)} redirects to a place that ${next}`, 3);
    url = next;
  }
  throw new UserError(`${shownUrl(first)} redirects more than ${MAX_REDIRECTS} times`, 3);
}
