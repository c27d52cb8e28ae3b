import { ConfigNode } from "../../../assembly/core/config-reader";
import { headerNameProblem } from "../../../assembly/core/header-name";

/** What people are told of a request's trace, beside what the upstream is. */
@final
export class TellingConfig {
  /** Whether the trace is an attribute of the request, for Envoy's access log. */
  accessLog: bool = false;
  /** Response header with the trace id; "" for none. */
  traceIdHeader: string = "";
  traceresponse: bool = false;
  serverTiming: bool = false;

  /** Whether responses tell anything. */
  get needsResponse(): bool {
    return this.traceIdHeader != "" || this.traceresponse || this.serverTiming;
  }
}

/** Headers that responses have for other reasons, or that this plugin writes by another key. */
const TAKEN: string[] = ["set-cookie", "server-timing", "traceresponse"];

/** Reads the keys of the root about telling. Only at configure: allocates. */
export function readTelling(root: ConfigNode, telling: TellingConfig): void {
  telling.accessLog = root.bool("access_log", false);
  const response = root.object("response");
  if (response == null) return;
  response.refuseUnknown(["trace_id", "traceresponse", "server_timing"]);
  telling.traceresponse = response.bool("traceresponse", false);
  telling.serverTiming = response.bool("server_timing", false);
  if (!response.has("trace_id")) return;
  const name = response.requiredString("trace_id");
  telling.traceIdHeader = name;
  if (name.length == 0) return;
  const problem = headerNameProblem(name, true);
  if (problem.length > 0) response.refuseAt("trace_id", problem);
  else if (TAKEN.includes(name)) response.refuseAt("trace_id", `expected another header than ${name}`);
}
