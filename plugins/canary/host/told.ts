import { Counter, Header, Property, responseHeader, WasmResultValues } from "../../../assembly";
import { CanaryConfig } from "../config";
import { DecisionText } from "../outcome/decision-text";
import { AssignmentCookie } from "../share/assignment-cookie";
import { StreamNote } from "./stream-notes";

/** What responses, and for those who look the attributes of requests, tell of decisions. Allocates nothing after construction. */
@final
export class Told {
  private readonly cookie: AssignmentCookie | null;
  private readonly setCookie: Header = responseHeader("set-cookie");
  private readonly text: DecisionText;
  private readonly debug: Header | null;
  private readonly attribute: Property | null;

  /** Only in onConfigure: allocates. */
  constructor(
    config: CanaryConfig,
    private readonly hostErrors: Counter,
  ) {
    const assignment = config.assignment;
    this.cookie = assignment != null ? assignment.cookie : null;
    const rules = config.rules.map<string>((rule) => rule.name);
    this.text = new DecisionText(config.arms, rules);
    this.debug = config.debugHeader == "" ? null : responseHeader(config.debugHeader);
    this.attribute = config.hasAttribute ? new Property(["tidegate.canary"]) : null;
  }

  /** Whether responses tell anything. */
  get needsResponse(): bool {
    return this.cookie != null || this.debug != null;
  }

  /** Only in onRequestHeaders. @param arm the number of arms for none. One host call if configured. */
  request(arm: i32, rule: i32): void {
    const attribute = this.attribute;
    if (attribute != null) this.take(attribute.write(this.text.of(arm, rule)));
  }

  /** Only in onResponseHeaders. One host call for a new cookie, one for the debug header. */
  response(note: StreamNote): void {
    const cookie = this.cookie;
    // Added: an upstream may set cookies, too.
    if (cookie != null && note.token != 0) this.take(this.setCookie.add(cookie.setCookie(note.token)));
    note.token = 0;
    const debug = this.debug;
    if (debug != null) this.take(debug.replace(this.text.of(note.arm, note.rule)));
  }

  private take(result: WasmResultValues): void {
    if (result != WasmResultValues.Ok) this.hostErrors.add(1);
  }
}
