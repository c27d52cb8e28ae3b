import { Utf8 } from "../../../assembly/core/bytes";
import { jsonText } from "./json-text";

/** What the body of an answer is. */
export enum BodyFormat {
  Text,
  Json,
  /** RFC 9457. */
  Problem,
}

// The problem types and their titles are those of draft-ietf-httpapi-ratelimit-headers-10, section "Problem Types".
const PROBLEM_TYPES = "https://iana.org/assignments/http-problem-types";
const QUOTA_TITLE = "Request cannot be satisfied as assigned quota has been exceeded";
const CAPACITY_TITLE = "Request cannot be satisfied due to temporary server capacity constraints";

/** What bodies say; for configure: allocates. */
@final
export class Bodies {
  constructor(
    private readonly format: BodyFormat,
    private readonly status: u32,
    private readonly message: string,
  ) {}

  /** The value of content-type, or "" for what Envoy gives a text by itself. */
  get contentType(): string {
    if (this.format == BodyFormat.Json) return "application/json";
    return this.format == BodyFormat.Problem ? "application/problem+json" : "";
  }

  /** For a request beyond the quota of a rule. */
  quota(rule: string): Utf8 {
    return new Utf8(this.body("quota-exceeded", QUOTA_TITLE, rule));
  }

  /** For a request beyond what the upstream can carry; `policy` names what decided so. */
  capacity(policy: string): Utf8 {
    return new Utf8(this.body("temporary-reduced-capacity", CAPACITY_TITLE, policy));
  }

  /** What a gRPC client gets as grpc-message. */
  text(): Utf8 {
    return new Utf8(this.message);
  }

  private body(type: string, title: string, policy: string): string {
    const message = jsonText(this.message);
    if (this.format == BodyFormat.Text) return this.message;
    if (this.format == BodyFormat.Json) return `{"error":"${type}","message":${message},"policy":"${policy}"}`;
    const kind = `"type":"${PROBLEM_TYPES}#${type}","title":"${title}"`;
    return `{${kind},"status":${this.status},"detail":${message},"violated-policies":["${policy}"]}`;
  }
}
