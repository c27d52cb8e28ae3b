import type { Image } from "../image.js";
import type { Reference } from "../reference.js";
import type { Env } from "./proxy.js";
import { fetchImage, type Resolved, resolve } from "./pull.js";
import { type Pushed, pushImage } from "./push.js";
import type { RetryPolicy } from "./retry.js";
import { Session } from "./session.js";

export interface RegistryOptions {
  /** Where docker's credentials are, and proxies. */
  env: Env;
  /** Asks registries of other machines by HTTP. Those of this machine are asked by HTTP where they speak no TLS. */
  plainHttp?: boolean;
  /** How long nothing may come or go, in milliseconds; 30 s when absent. */
  timeoutMs?: number;
  retry?: RetryPolicy;
  /** Ends everything. */
  signal?: AbortSignal;
  /** Called with each number of bytes of a body that came or went. */
  onBytes?: (bytes: number) => void;
}

/** Registries of images. Whatever fails is a `UserError` of exit code 3 with one line, in which no secret stands. */
export class Registry {
  constructor(private readonly options: RegistryOptions) {}

  /** An image whole, each byte of it checked; of an index the image that gateways take. */
  fetchImage(reference: Reference): Promise<Image> {
    return this.within(reference, "pull", (session) => fetchImage(session, reference));
  }

  /** What a reference stands for now. */
  resolve(reference: Reference): Promise<Resolved> {
    return this.within(reference, "pull", (session) => resolve(session, reference));
  }

  /** Sends what is not there yet, then the manifest under its tag, or under its digest alone. */
  pushImage(image: Image, reference: Reference): Promise<Pushed> {
    return this.within(reference, "pull,push", (session) => pushImage(session, image, reference));
  }

  private async within<T>(reference: Reference, actions: string, work: (session: Session) => Promise<T>): Promise<T> {
    const session = await Session.open(reference, actions, this.options);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }
}
