import { ConfigNode } from "../../../assembly/core/config-reader";
import { readDuration } from "../../../assembly/core/duration";
import { headerNameProblem } from "../../../assembly/core/header-name";
import { JsonKind, JsonValue } from "../../../assembly/core/json";
import { SpanKind } from "./otlp-json";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_NAME: i32 = 256;
const MAX_PATH: i32 = 1024;
const MAX_VALUE: i32 = 1024;
const MAX_QUEUE: i64 = 16384;
const MAX_BATCH: i64 = 2048;
const MAX_HEADERS: i32 = 16;
const MAX_ATTRIBUTES: i32 = 32;
const NS_PER_MS: i64 = 1_000_000;

/** Headers that the export writes itself. */
const OWN_HEADERS: string[] = ["content-type", "accept"];

/** What a pair of an object of texts is checked with: "" or what is wrong. */
type PairProblem = (name: string, value: string) => string;

/** Where spans go, and what they say. */
@final
export class SpansConfig {
  cluster: string = "";
  authority: string = "";
  path: string = "/v1/traces";
  serviceName: string = "";
  /** 0: by the listener's direction. */
  kind: i32 = 0;
  readonly headerNames: string[] = [];
  readonly headerValues: string[] = [];
  /** Of the resource, beside its service's name. */
  readonly attributeNames: string[] = [];
  readonly attributeValues: string[] = [];
  maxQueue: i32 = 1024;
  maxBatch: i32 = 256;
  timeoutMs: u32 = 5_000;

  /** The kind of spans of a listener. @param isOutbound whether it carries what an application asks of others. */
  kindFor(isOutbound: bool): SpanKind {
    if (this.kind != 0) return <SpanKind>this.kind;
    return isOutbound ? SpanKind.Client : SpanKind.Server;
  }
}

/** Reads the object `spans`. Only at configure: allocates. */
export function readSpans(node: ConfigNode): SpansConfig {
  const config = new SpansConfig();
  node.refuseUnknown([
    "cluster",
    "authority",
    "path",
    "service_name",
    "kind",
    "headers",
    "resource",
    "max_queue",
    "max_batch",
    "timeout",
  ]);
  config.cluster = visible(node, "cluster", node.requiredString("cluster", 1, MAX_NAME));
  config.authority = visible(node, "authority", node.requiredString("authority", 1, MAX_NAME));
  if (config.authority.includes("/")) node.refuseAt("authority", "expected a host, or host:port, and no URL");
  config.path = visible(node, "path", node.string("path", config.path, 1, MAX_PATH));
  if (config.path.length > 0 && !config.path.startsWith("/"))
    node.refuseAt("path", 'expected a path that begins with "/"');
  config.serviceName = node.requiredString("service_name", 1, MAX_NAME);
  config.kind = readKind(node);
  readPairs(node, "headers", MAX_HEADERS, config.headerNames, config.headerValues, headerProblem);
  readPairs(node, "resource", MAX_ATTRIBUTES, config.attributeNames, config.attributeValues, attributeProblem);
  config.maxQueue = <i32>node.integer("max_queue", config.maxQueue, 1, MAX_QUEUE);
  config.maxBatch = <i32>node.integer("max_batch", config.maxBatch, 1, MAX_BATCH);
  config.timeoutMs = <u32>(readDuration(node, "timeout", 5_000 * NS_PER_MS, "100ms", "60s") / NS_PER_MS);
  return config;
}

function readKind(node: ConfigNode): i32 {
  if (!node.has("kind")) return 0;
  return node.oneOf("kind", ["server", "client"], "server") == "client" ? SpanKind.Client : SpanKind.Server;
}

/** An object of texts, into `names` and `values`. */
function readPairs(
  node: ConfigNode,
  key: string,
  most: i32,
  names: string[],
  values: string[],
  problemOf: PairProblem,
): void {
  const object = node.object(key);
  if (object == null || object.size(JsonKind.Object, 0, most) == 0) return;
  const document = object.value.document;
  const end = object.value.end;
  for (let i = object.value.firstChild; i < end; i = document.after(i + 1)) {
    const name = new JsonValue(document, i).text;
    const member = object.member(name);
    if (member == null || !member.is(JsonKind.String)) continue;
    const value = member.asString("", 0, MAX_VALUE);
    const problem = problemOf(name, value);
    if (problem.length > 0) object.refuseAt(name, problem);
    names.push(name);
    values.push(value);
  }
}

function headerProblem(name: string, value: string): string {
  const problem = headerNameProblem(name, true);
  if (problem.length > 0) return problem;
  if (OWN_HEADERS.includes(name)) return "expected another header; the export writes this one itself";
  const end = value.length - 1;
  const isBare = end < 0 || (value.charCodeAt(0) != 0x20 && value.charCodeAt(end) != 0x20);
  return isBare && isAscii(value, 0x20) ? "" : "expected printable ASCII characters, no spaces around them";
}

function attributeProblem(name: string, value: string): string {
  if (name.length == 0 || name.length > MAX_NAME || !isAscii(name, 0x21))
    return `expected a name of 1 to ${MAX_NAME} visible ASCII characters`;
  return name == "service.name" ? "expected this name under service_name only" : "";
}

/** Whether all characters are ASCII from `least` on, and none is a control character. */
function isAscii(text: string, least: i32): bool {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < least || code > 0x7e) return false;
  }
  return true;
}

/** The text, which must be of characters that can stand in a request line. */
function visible(node: ConfigNode, key: string, text: string): string {
  if (isAscii(text, 0x21)) return text;
  node.refuseAt(key, "expected visible ASCII characters only, no spaces");
  return "";
}
