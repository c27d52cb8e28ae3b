import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { isTracestateKey } from "../../../assembly/core/tracestate";
import { FORMATS } from "../formats/formats";
import { OT_KEY } from "./trace-state";

// Ranges and defaults are those of schema.json; a test compares the two.

/** What of the caller's trace context is taken over. */
export enum Trust {
  /** All of it that is valid. */
  Full,
  /** Whether the trace is sampled, and nothing else. */
  SampledOnly,
  /** Nothing: whatever the caller sent is replaced, or removed. */
  None,
}

/** Which span the upstream sees as its parent. */
export enum Span {
  /** The caller's: this hop does not show. */
  Pass,
  /** One of this hop. */
  New,
}

/** The format that tracestate belongs to. */
export const W3C: string = "tracecontext";
/** The header that is no format of contexts, though it is read and written in their company. */
export const BAGGAGE: string = "baggage";

const READABLE: string[] = FORMATS.concat([BAGGAGE]);
/** sw8 names the services between which a request goes: nobody can write it who does not know them. */
const WRITABLE: string[] = READABLE.filter((name) => name != "skywalking");

/** How contexts are carried on, defaults applied. */
@final
export class PropagationConfig {
  trust: Trust = Trust.None;
  /** Whether that is as configured, so that it does not depend on the listener. */
  isTrustTold: bool = false;
  /** Whether a request that has no trace, or loses its own, gets a new one. */
  start: bool = true;
  /** Names of formats, and BAGGAGE: the first that holds a trace counts. */
  extract: string[] = [W3C, BAGGAGE];
  inject: string[] = [W3C, BAGGAGE];
  span: Span = Span.Pass;
  /** Key of this hop's own entry in tracestate; "" for none. */
  tracestateKey: string = "";
  readsBaggage: bool = true;
  writesBaggage: bool = true;
  /** Whether Jaeger's form of baggage is read, and whether it is written. */
  readsUberctx: bool = false;
  writesUberctx: bool = false;
}

/** Reads the keys of the root that say how contexts are carried on. Only at configure: allocates. */
export function readPropagation(root: ConfigNode, config: PropagationConfig): void {
  const trust = root.oneOf("trust", ["full", "sampled-only", "none"], "none");
  config.trust = trust == "full" ? Trust.Full : trust == "none" ? Trust.None : Trust.SampledOnly;
  config.isTrustTold = root.has("trust");
  config.start = root.bool("start", true);
  if (root.has("extract")) config.extract = readFormats(root, "extract", READABLE);
  if (root.has("inject")) config.inject = readFormats(root, "inject", WRITABLE);
  config.readsBaggage = config.extract.includes(BAGGAGE);
  config.writesBaggage = config.inject.includes(BAGGAGE);
  config.readsUberctx = config.extract.includes("jaeger");
  config.writesUberctx = config.inject.includes("jaeger");
  config.span = root.oneOf("span", ["pass", "new"], "pass") == "new" ? Span.New : Span.Pass;
  if (root.has("tracestate_key")) readTracestateKey(root, config);
}

/** A list of formats, each once. */
function readFormats(root: ConfigNode, key: string, choices: string[]): string[] {
  const nodes = root.array(key, 0, choices.length);
  const names: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asOneOf(choices, "");
    if (names.includes(name)) nodes[i].refuse(`"${name}" stands here twice`);
    else if (name != "") names.push(name);
  }
  return names;
}

/** Length of the longest key: an entry of more than 128 bytes is the first to go where a tracestate is cut. */
const MAX_KEY: i32 = 111;

function readTracestateKey(root: ConfigNode, config: PropagationConfig): void {
  const key = root.requiredString("tracestate_key", 1, MAX_KEY);
  if (key.length == 0) return;
  const text = new Utf8(key);
  if (key == OT_KEY) root.refuseAt("tracestate_key", `expected another key than "${OT_KEY}", which is OpenTelemetry's`);
  else if (!isTracestateKey(text.ptr, text.ptr + <usize>text.length)) {
    root.refuseAt(
      "tracestate_key",
      "expected a key of tracestate: a-z, 0-9 and _-*/@, beginning with a letter or digit",
    );
  } else if (config.span != Span.New) root.refuseAt("tracestate_key", 'expected together with "span": "new" only');
  config.tracestateKey = key;
}
