import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { digestOf } from "../../tools/oci/digest.js";
import type { Image } from "../../tools/oci/image.js";

/** A request as it came. */
export interface Asked {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** What answers instead of the registry. `usual` answers as the registry would. */
export type Behave = (asked: Asked, response: ServerResponse, usual: () => void) => void;

/** A registry in memory that misbehaves as a test wants it to, on a port of this machine. */
export class BadRegistry {
  /** All requests, in their order. */
  readonly asked: Asked[] = [];
  private readonly blobs = new Map<string, Uint8Array>();
  private readonly manifests = new Map<string, { bytes: Uint8Array; mediaType: string }>();

  private constructor(
    private readonly server: Server,
    public behave: Behave,
  ) {}

  /** @param image that is there under each name. */
  static async start(behave: Behave = (_, __, usual) => usual(), image?: Image): Promise<BadRegistry> {
    const server = createServer();
    const registry = new BadRegistry(server, behave);
    if (image) registry.put(image, "1.0.0");
    server.on("request", (request: IncomingMessage, response) => void registry.answer(request, response));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    server.unref(); // a test that fails before it closes this one shall end all the same
    return registry;
  }

  /** Such as `127.0.0.1:5000`. */
  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `http://${this.host}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  put(image: Image, tag: string): void {
    for (const { descriptor, bytes } of [image.config, ...image.layers]) this.blobs.set(descriptor.digest, bytes);
    for (const name of [tag, image.digest])
      this.manifests.set(name, { bytes: image.manifest, mediaType: image.mediaType });
  }

  /** Requests of a method whose path holds a text. */
  count(method: string, part: string): number {
    return this.asked.filter((asked) => asked.method === method && asked.path.includes(part)).length;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    request.on("error", () => undefined);
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const { method = "", url: path = "", headers } = request;
    const asked = { method, path, headers, body: Buffer.concat(parts) };
    this.asked.push(asked);
    this.behave(asked, response, () => this.usual(asked, response));
  }

  private usual({ method, path, headers, body }: Asked, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(path, this.url);
    const [, kind = "", name = ""] = /\/(manifests|blobs|uploads)\/([^/]*)$/.exec(pathname) ?? [];
    const digest = searchParams.get("digest") ?? digestOf(body);
    const done = (status: number, more: Record<string, string> = {}): void =>
      void response.writeHead(status, more).end();
    if (pathname === "/v2/") return done(200);
    if (method === "POST") return done(202, { Location: `${pathname}one?_state=a%2Bb%3D` });
    if (method === "PUT" && kind === "uploads") {
      this.blobs.set(digest, body);
      return done(201);
    }
    if (method === "PUT") {
      for (const key of [name, digest]) this.manifests.set(key, { bytes: body, mediaType: headers["content-type"]! });
      return done(201, { "Docker-Content-Digest": digest });
    }
    const blob = { bytes: this.blobs.get(name), mediaType: "application/octet-stream" };
    const { bytes, mediaType } = kind === "blobs" ? blob : (this.manifests.get(name) ?? blob);
    if (!bytes) return done(404);
    const said = kind === "blobs" ? {} : { "Docker-Content-Digest": digestOf(bytes) };
    response.writeHead(200, { "Content-Type": mediaType, "Content-Length": bytes.length, ...said });
    response.end(method === "HEAD" ? undefined : bytes);
  }
}
