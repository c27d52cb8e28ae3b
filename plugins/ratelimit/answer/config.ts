import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { headerNameProblem, headerValueProblem } from "../../../assembly/core/header-name";
import { JsonKind } from "../../../assembly/core/json";
import { BodyFormat } from "./bodies";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_HEADERS: i32 = 10;
const MAX_MESSAGE: i32 = 1024;
const FORMATS: string[] = ["text", "json", "problem"];
const MOMENTS: string[] = ["never", "rejected", "always"];
const GRPC_STATUSES: string[] = ["resource_exhausted", "unavailable"];
const GRPC_RESOURCE_EXHAUSTED: u32 = 8;
const GRPC_UNAVAILABLE: u32 = 14;

/** What the plugin itself writes on an answer, or Envoy: nothing that a configuration may write as well. */
const OWN_HEADERS: string[] = [
  "content-type",
  "grpc-message",
  "grpc-status",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
];

/** On which responses fields are sent. */
export enum Moment {
  Never,
  Rejected,
  /** On admitted responses too. */
  Always,
}

/** A header to be written as it is. */
@final
export class StaticHeader {
  constructor(
    readonly name: Utf8,
    readonly value: Utf8,
  ) {}
}

/** How requests are answered that are turned away, and what clients are told; defaults applied. */
@final
export class AnswerConfig {
  format: BodyFormat = BodyFormat.Text;
  message: string = "rate limit exceeded";
  capacityMessage: string = "overloaded";
  grpcStatus: u32 = GRPC_RESOURCE_EXHAUSTED;
  capacityGrpcStatus: u32 = GRPC_UNAVAILABLE;
  retryAfter: bool = true;
  /** Seconds; 0: none. */
  capacityRetryAfter: u32 = 1;
  retryAfterJitterPercent: u32 = 10;
  rateLimitHeaders: Moment = Moment.Rejected;
  legacyHeaders: Moment = Moment.Never;
  readonly headers: StaticHeader[] = [];
  /** Name of the request header that tells the upstream which rule would have turned the request away; "": none. */
  shadowHeader: string = "";

  /** Whether responses of admitted requests are written to. */
  get tellsAdmitted(): bool {
    return this.rateLimitHeaders == Moment.Always || this.legacyHeaders == Moment.Always;
  }
}

/** Reads the object `response`. For configure: allocates. @param node null when there is none. */
export function readAnswer(node: ConfigNode | null): AnswerConfig {
  const config = new AnswerConfig();
  if (node == null) return config;
  node.refuseUnknown([
    "format",
    "message",
    "capacity_message",
    "grpc_status",
    "capacity_grpc_status",
    "retry_after",
    "capacity_retry_after",
    "retry_after_jitter_percent",
    "rate_limit_headers",
    "legacy_headers",
    "headers",
    "shadow_header",
  ]);
  config.format = <BodyFormat>FORMATS.indexOf(node.oneOf("format", FORMATS, "text"));
  config.message = node.string("message", config.message, 1, MAX_MESSAGE);
  config.capacityMessage = node.string("capacity_message", config.capacityMessage, 1, MAX_MESSAGE);
  config.grpcStatus = readGrpcStatus(node, "grpc_status", GRPC_RESOURCE_EXHAUSTED);
  config.capacityGrpcStatus = readGrpcStatus(node, "capacity_grpc_status", GRPC_UNAVAILABLE);
  config.retryAfter = node.bool("retry_after", true);
  config.capacityRetryAfter = <u32>node.integer("capacity_retry_after", 1, 0, 3600);
  config.retryAfterJitterPercent = <u32>node.integer("retry_after_jitter_percent", 10, 0, 100);
  config.rateLimitHeaders = readMoment(node, "rate_limit_headers", Moment.Rejected);
  config.legacyHeaders = readMoment(node, "legacy_headers", Moment.Never);
  const headers = node.objects("headers", 1, MAX_HEADERS);
  for (let i = 0; i < headers.length; i++) config.headers.push(readHeader(headers[i]));
  const shadow = node.member("shadow_header");
  if (shadow != null) config.shadowHeader = readName(shadow, false);
  return config;
}

function readMoment(node: ConfigNode, key: string, otherwise: Moment): Moment {
  return <Moment>MOMENTS.indexOf(node.oneOf(key, MOMENTS, MOMENTS[otherwise]));
}

function readGrpcStatus(node: ConfigNode, key: string, otherwise: u32): u32 {
  const standard = GRPC_STATUSES[otherwise == GRPC_UNAVAILABLE ? 1 : 0];
  return node.oneOf(key, GRPC_STATUSES, standard) == "unavailable" ? GRPC_UNAVAILABLE : GRPC_RESOURCE_EXHAUSTED;
}

function readHeader(node: ConfigNode): StaticHeader {
  node.refuseUnknown(["name", "value"]);
  const name = node.required("name");
  const value = node.requiredString("value");
  const problem = headerValueProblem(value);
  if (problem != "") node.refuseAt("value", problem);
  return new StaticHeader(new Utf8(name == null ? "" : readName(name, true)), new Utf8(value));
}

/** @param onAnswer the header goes on answers, where some are written anyway. */
function readName(node: ConfigNode, onAnswer: bool): string {
  const name = node.asString();
  if (node.value.kind != JsonKind.String) return name;
  const problem = headerNameProblem(name, true);
  if (problem != "") node.refuse(problem);
  else if (onAnswer && OWN_HEADERS.includes(name))
    node.refuse("expected a header that the plugin does not write by itself");
  return name;
}
