// The formats of Jaeger, AWS, Google and SkyWalking, as trace-oracle-formats.ts has those of W3C and Zipkin.
import type { HeaderList } from "../../tools/host/index.js";
import { datadog } from "./trace-oracle-datadog.js";
import {
  ABSENT,
  decimal,
  type Extracted,
  type Format,
  fromHex,
  hex,
  INVALID,
  isSameTrace,
  isSampled,
  LOW,
  type Sampling,
  single,
  traced,
  traceHex,
  trimmed,
  valuesOf,
} from "./trace-oracle-context.js";

/** https://www.jaegertracing.io/docs/1.76/sdk-migration/#trace-span-identity */
const jaeger: Format = {
  name: "jaeger",
  headers: ["uber-trace-id"],
  extract: single("uber-trace-id", (value) => {
    const match = /^([0-9a-f]{1,32}):([0-9a-f]{1,16}):[^:]*:0*?([0-9a-f]{1,2})$/i.exec(value.replaceAll(/%3a/gi, ":"));
    if (!match) return INVALID;
    const flags = Number.parseInt(match[3]!, 16);
    const sampling = (flags & 1) === 0 ? "dropped" : (flags & 2) === 0 ? "sampled" : "debug";
    const short = match[1]!.length <= 16;
    return traced({ trace: fromHex(match[1]!), parent: fromHex(match[2]!), sampling, short });
  }),
  inject: (context) => {
    const flags = context.sampling === "debug" ? 3 : Number(isSampled(context.sampling));
    return { "uber-trace-id": `${traceHex(context)}:${hex(context.parent, 16)}:0:${flags}` };
  },
};

/** Bytes of fields that are not ours. */
const XRAY_OTHERS = 256;
const XRAY_OWN = 74;

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
const xray: Format = {
  name: "xray",
  headers: ["x-amzn-trace-id"],
  extract: single("x-amzn-trace-id", (value) => {
    const fields = value.split(";").map(trimmed);
    const field = (name: string) =>
      fields.filter((text) => text.startsWith(name)).map((text) => text.slice(name.length));
    const [roots, parents, samples] = [field("Root="), field("Parent="), field("Sampled=")];
    if (Math.max(roots.length, parents.length, samples.length) > 1) return INVALID;
    const [parent, sampled] = [parents[0], samples[0]];
    const sampling: Sampling = sampled === "1" ? "sampled" : sampled === "0" ? "dropped" : undefined;
    if (sampled !== undefined && !/^[01?]$/.test(sampled)) return INVALID;
    if (parent !== undefined && (!/^[0-9a-f]{16}$/i.test(parent) || fromHex(parent) === 0n)) return INVALID;
    if (roots.length === 0) {
      const isDecision = parent === undefined && sampling !== undefined;
      return isDecision ? { found: "decision", context: { trace: 0n, parent: 0n, sampling } } : INVALID;
    }
    const id = /^1-([0-9a-f]{1,8})-([0-9a-f]{24})$/i.exec(roots[0]!);
    if (!id) return INVALID;
    return traced({ trace: fromHex(id[1]! + id[2]!), parent: fromHex(parent ?? "0"), sampling }, true);
  }),
  inject: (context, sent) => {
    const id = hex(context.trace, 32);
    const sampled = context.sampling === undefined ? "" : `;Sampled=${Number(isSampled(context.sampling))}`;
    const own = `Root=1-${id.slice(0, 8)}-${id.slice(8)};Parent=${hex(context.parent, 16)}${sampled}`;
    return { "x-amzn-trace-id": isSameTrace(xray.extract(sent), context) ? withOthers(own, sent) : own };
  },
};

/** The value with the fields that the caller sent and that are not ours, as far as there is room. */
function withOthers(own: string, sent: HeaderList): string {
  let value = own;
  for (const field of valuesOf(sent, "x-amzn-trace-id")[0]!.split(";").map(trimmed)) {
    const isLeft = field.startsWith("Sampled=") && !own.includes("Sampled=");
    const isOther = field.includes("=") && !/^(Root|Parent|Sampled)=/.test(field);
    if ((isLeft || isOther) && value.length + 1 + field.length <= XRAY_OWN + XRAY_OTHERS) value += `;${field}`;
  }
  return value;
}

/** https://docs.cloud.google.com/trace/docs/trace-context#legacy-header */
const google: Format = {
  name: "google",
  headers: ["x-cloud-trace-context"],
  extract: single("x-cloud-trace-context", (value) => {
    const match = /^([0-9a-f]{32})(?:\/([0-9]+))?(?:;o=([0-9]))?$/i.exec(value);
    const parent = decimal(match?.[2] ?? "0");
    if (!match || parent === undefined) return INVALID;
    const sampling = match[3] === undefined ? undefined : match[3] === "0" ? "dropped" : "sampled";
    return traced({ trace: fromHex(match[1]!), parent, sampling }, true);
  }),
  inject: ({ trace, parent, sampling }) => {
    const options = sampling === undefined ? "" : `;o=${Number(isSampled(sampling))}`;
    return { "x-cloud-trace-context": `${hex(trace, 32)}/${parent}${options}` };
  },
};

/** Four bytes turned round. */
const swapped32 = (value: bigint): bigint => fromHex(Buffer.from(hex(value & 0xffff_ffffn, 8), "hex").reverse().toString("hex")); // prettier-ignore
const swapped64 = (value: bigint): bigint => fromHex(Buffer.from(hex(value, 16), "hex").reverse().toString("hex"));

/**
 * Ids as the OpenTelemetry collector has them: receiver/skywalkingreceiver/internal/trace/skywalkingproto_to_traces.go.
 * @returns undefined for a text that is none.
 */
function skywalkingId(text: string): bigint | undefined {
  const plain = /^([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})$/i.exec(text);
  if (plain) return fromHex(plain.slice(1).join(""));
  const match = /^([0-9a-f]{32})(?:\.([0-9]+)\.([0-9]+))?$/i.exec(text);
  if (!match) return undefined;
  if (match[2] === undefined) return fromHex(match[1]!);
  const [thread, sequence] = [decimal(match[2]), decimal(match[3]!)];
  if (thread === undefined || sequence === undefined) return undefined;
  return fromHex(match[1]!) ^ (swapped32(thread) << 64n) ^ swapped64(sequence);
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** The text of a field; undefined for what is no base64. */
function decoded(field: string): string | undefined {
  const digits = field.replace(/=+$/, "");
  const isPadded = field.length > digits.length;
  if (!BASE64.test(field) || digits.length % 4 === 1 || (isPadded && field.length % 4 !== 0)) return undefined;
  return Buffer.from(digits, "base64").toString("latin1");
}

const MOST_DIGITS = 128;

/** https://skywalking.apache.org/docs/main/next/en/api/x-process-propagation-headers-v3/ */
const skywalking: Format = {
  name: "skywalking",
  headers: ["sw8", "sw8-correlation", "sw8-x"],
  extract: single("sw8", (value): Extracted => {
    const [sample, trace, segment, span, ...rest] = value.split("-");
    const number = decimal(span ?? "");
    if (rest.length !== 4 || !/^[01]$/.test(sample!) || number === undefined || number > 0x7fff_ffffn) return INVALID;
    const id = decoded(trace!);
    if (trace!.length <= MOST_DIGITS && !id) return INVALID;
    const context = trace!.length > MOST_DIGITS ? undefined : skywalkingId(id!);
    if (!context) return ABSENT;
    const parent = segment!.length > MOST_DIGITS ? undefined : skywalkingId(decoded(segment!) ?? "");
    const ofSpan = parent === undefined ? 0n : parent ^ (swapped32(number) << 96n);
    return traced({ trace: context, parent: (ofSpan >> 64n) ^ (ofSpan & LOW), sampling: sample === "1" ? "sampled" : "dropped" }, true); // prettier-ignore
  }),
};

export const vendorFormats: readonly Format[] = [jaeger, xray, datadog, google, skywalking];
