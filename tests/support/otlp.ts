// OTLP/JSON, strictly: what an ExportTraceServiceRequest may hold in protobuf's JSON mapping with OTLP's exceptions.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding; fields by opentelemetry-proto's trace.proto,
// resource.proto and common.proto.

/** A value of an attribute that spans of ours have. */
export type AttributeValue = string | bigint;

/** A span as people read it. */
export interface OtlpSpan {
  resource: Record<string, AttributeValue>;
  scope: string;
  traceId: string;
  spanId: string;
  /** "" for a root. */
  parentSpanId: string;
  traceState: string;
  flags: number;
  name: string;
  kind: number;
  startNs: bigint;
  endNs: bigint;
  attributes: Record<string, AttributeValue>;
  links: { traceId: string; spanId: string }[];
  /** 0 unset, 1 ok, 2 error. */
  status: number;
}

type Check = (value: unknown, path: string) => void;

class Malformed extends Error {}

function refuse(path: string, what: string, value: unknown): never {
  throw new Malformed(`${path}: ${what}, not ${JSON.stringify(value)}`);
}

function must(condition: boolean, path: string, what: string, value: unknown): void {
  if (!condition) refuse(path, what, value);
}

const string: Check = (value, path) => must(typeof value === "string", path, "a string", value);
const hex =
  (bytes: number): Check =>
  (value, path) => {
    const isId =
      typeof value === "string" && new RegExp(`^[0-9a-f]{${2 * bytes}}$`).test(value) && /[1-9a-f]/.test(value);
    must(isId, path, `${bytes} bytes in hexadecimal, not all 0`, value);
  };
/** 64-bit integers are texts. */
const decimal =
  (least: bigint, most: bigint): Check =>
  (value, path) => {
    const isNumber = typeof value === "string" && /^(0|-?[1-9][0-9]*)$/.test(value);
    must(isNumber && BigInt(value) >= least && BigInt(value) <= most, path, "a whole number as a text", value);
  };
const fixed64 = decimal(0n, 2n ** 64n - 1n);
const int64 = decimal(-(2n ** 63n), 2n ** 63n - 1n);
const integer =
  (most: number): Check =>
  (value, path) =>
    must(Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most, path, `0 to ${most}`, value);
const uint32 = integer(2 ** 32 - 1);
const list =
  (element: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) refuse(path, "a list", value);
    for (const [i, one] of value.entries()) element(one, `${path}[${i}]`);
  };

/** @param needed fields that must be there. */
function message(fields: Record<string, Check>, needed: string[] = []): Check {
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(path, "an object", value);
    for (const [name, field] of Object.entries(value)) {
      must(Object.hasOwn(fields, name), `${path}.${name}`, "a field that is known", field);
      fields[name]!(field, `${path}.${name}`);
    }
    for (const name of needed) must(Object.hasOwn(value, name), path, `a message with ${name}`, value);
  };
}

const anyValue: Check = (value, path) => {
  const kinds: Record<string, Check> = { stringValue: string, intValue: int64 };
  message(kinds)(value, path);
  must(Object.keys(value as object).length === 1, path, "one value", value);
};
const keyValue = message({ key: string, value: anyValue }, ["key", "value"]);
const attributes: Check = (value, path) => {
  list(keyValue)(value, path);
  const keys = (value as { key: string }[]).map(({ key }) => key);
  must(keys.every((key) => key !== "") && new Set(keys).size === keys.length, path, "keys that differ", keys);
};
const link = message({ traceId: hex(16), spanId: hex(8) }, ["traceId", "spanId"]);
const span = message(
  {
    traceId: hex(16),
    spanId: hex(8),
    traceState: string,
    parentSpanId: hex(8),
    flags: uint32,
    name: string,
    kind: integer(5),
    startTimeUnixNano: fixed64,
    endTimeUnixNano: fixed64,
    attributes,
    droppedAttributesCount: uint32,
    links: list(link),
    status: message({ message: string, code: integer(2) }),
  },
  ["traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano"],
);
const scope = message({ name: string, version: string });
const resource = message({ attributes, droppedAttributesCount: uint32 });
const scopeSpans = message({ scope, spans: list(span), schemaUrl: string }, ["scope", "spans"]);
const resourceSpans = message({ resource, scopeSpans: list(scopeSpans), schemaUrl: string }, [
  "resource",
  "scopeSpans",
]);
const exportRequest = message({ resourceSpans: list(resourceSpans) }, ["resourceSpans"]);

interface Wire {
  resourceSpans: {
    resource: { attributes?: WireAttribute[] };
    scopeSpans: { scope: { name?: string }; spans: WireSpan[] }[];
  }[];
}
interface WireAttribute {
  key: string;
  value: { stringValue?: string; intValue?: string };
}
type WireSpan = Record<"traceId" | "spanId" | "name" | "startTimeUnixNano" | "endTimeUnixNano", string> & {
  parentSpanId?: string;
  traceState?: string;
  flags?: number;
  kind: number;
  attributes?: WireAttribute[];
  links?: { traceId: string; spanId: string }[];
  status?: { code?: number };
};

/** The spans of a request's body. Fails, with the path, at whatever is not of the mapping. */
export function readOtlp(body: Uint8Array): OtlpSpan[] {
  const wire = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)) as Wire;
  exportRequest(wire, "$");
  return wire.resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((one) => ({
        ...plainSpan(one),
        scope: scope.name ?? "",
        resource: plainAttributes(resource.attributes ?? []),
      })),
    ),
  );
}

function plainSpan(wire: WireSpan): Omit<OtlpSpan, "scope" | "resource"> {
  const [startNs, endNs] = [BigInt(wire.startTimeUnixNano), BigInt(wire.endTimeUnixNano)];
  must(endNs >= startNs && wire.name !== "", "$", "a span with a name that ends after its start", wire);
  return {
    traceId: wire.traceId,
    spanId: wire.spanId,
    parentSpanId: wire.parentSpanId ?? "",
    traceState: wire.traceState ?? "",
    flags: wire.flags ?? 0,
    name: wire.name,
    kind: wire.kind,
    startNs,
    endNs,
    attributes: plainAttributes(wire.attributes ?? []),
    links: (wire.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: wire.status?.code ?? 0,
  };
}

function plainAttributes(wire: WireAttribute[]): Record<string, AttributeValue> {
  return Object.fromEntries(wire.map(({ key, value }) => [key, value.stringValue ?? BigInt(value.intValue!)]));
}
