// Where Envoy's own tracers send their spans: Zipkin's JSON, or OTLP as protobuf over HTTP.
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { untilThere } from "./until.js";

/** A span as far as these tests care: ids in hexadecimal, parent "" when it has none. */
export interface TracerSpan {
  trace: string;
  id: string;
  parent: string;
}

/** A collector on 127.0.0.1 that keeps what it gets. */
export class TracerCollector {
  readonly spans: TracerSpan[] = [];

  private constructor(
    readonly port: number,
    readonly close: () => void,
  ) {}

  static async start(): Promise<TracerCollector> {
    const server = createServer((request, response) => {
      void receive(request).then((spans) => {
        collector.spans.push(...spans);
        response.writeHead(200).end();
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const collector = new TracerCollector((server.address() as AddressInfo).port, () => {
      server.close();
      server.closeAllConnections();
    });
    return collector;
  }

  /** The next span, taken out; fails when none comes within 5 s. */
  next(): Promise<TracerSpan> {
    return untilThere("Envoy reports a span", 5_000, () => this.spans.shift());
  }
}

async function receive(request: IncomingMessage): Promise<TracerSpan[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return request.headers["content-type"]?.includes("json") ? fromZipkin(body) : fromOtlp(body);
}

/** https://zipkin.io/zipkin-api/#/default/post_spans */
function fromZipkin(body: Buffer): TracerSpan[] {
  const spans = JSON.parse(body.toString()) as { traceId: string; id: string; parentId?: string }[];
  return spans.map(({ traceId, id, parentId = "" }) => ({ trace: traceId, id, parent: parentId }));
}

/** ExportTraceServiceRequest.resource_spans.scope_spans.spans, whose fields 1, 2 and 4 are the ids. */
function fromOtlp(body: Buffer): TracerSpan[] {
  const spans = parts(body, 1).flatMap((resource) => parts(resource, 2).flatMap((scope) => parts(scope, 2)));
  const id = (span: Buffer, field: number): string => parts(span, field)[0]?.toString("hex") ?? "";
  return spans.map((span) => ({ trace: id(span, 1), id: id(span, 2), parent: id(span, 4) }));
}

/** The values of a field of a protobuf message that are messages or bytes. */
function parts(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const skipped: Record<number, () => number> = { 0: number, 1: () => (at += 8), 5: () => (at += 4) };
  while (at < message.length) {
    const key = number();
    if (key % 8 !== 2) skipped[key % 8]!();
    else {
      const length = number();
      if (Math.floor(key / 8) === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
