import {
  ByteView,
  Context,
  Counter,
  FilterHeadersStatusValues,
  Header,
  LocalResponse,
  PluginRoot,
  Presence,
  requestHeader,
  setTickPeriod,
  Utf8,
  WasmResultValues,
} from "../../assembly";
import { ConfigNode, Problems } from "../../assembly/core/config-reader";
import { lowerCase } from "../../assembly/core/lower-case";
import { AuthConfig, parseConfig } from "./config";
import { KeyRing, NOBODY, readKey } from "./policy";

/** How the names of its metrics begin. */
const METRICS: string = "tidegate_my_plugin";
/** How often counters are handed to Envoy. */
const TICK_MS: u32 = 1000;
const CHALLENGE_HEADER: Utf8 = new Utf8("www-authenticate");
const REALM: string = ' realm="my-plugin"';

/** One configuration in one VM. */
@final
export class AuthRoot extends PluginRoot {
  private config: AuthConfig | null = null;
  private gate: Gate | null = null;

  createContext(): Context {
    return new AuthContext(this);
  }

  parse(node: ConfigNode | null, problems: Problems): void {
    if (node != null) this.config = parseConfig(node);
    else problems.add("$", 'the configuration is empty; expected an object with the key "keys"');
  }

  begin(scope: string): void {
    this.gate = new Gate(this.config!);
    this.config = null;
    setTickPeriod(TICK_MS);
  }

  /** The request's headers are at hand. Before a configuration there are no streams. */
  request(): FilterHeadersStatusValues {
    const gate = this.gate;
    return gate != null ? gate.decide() : FilterHeadersStatusValues.Continue;
  }

  onTick(): void {
    const gate = this.gate;
    if (gate != null) gate.flush();
  }
}

/** Lets requests pass or answers them. All is encoded once, so a request costs host calls and no allocation. */
@final
class Gate {
  private readonly header: Header;
  private readonly scheme: Utf8;
  private readonly keys: KeyRing;
  private readonly users: Utf8[] = [];
  private readonly userHeader: Header;
  private readonly forwardKey: bool;
  private readonly unauthorized: LocalResponse;
  private readonly key: ByteView = new ByteView();
  private readonly allowed: Counter = new Counter(`${METRICS}_allowed_total`);
  private readonly rejected: Counter = new Counter(`${METRICS}_rejected_total`);
  private readonly hostErrors: Counter = new Counter(`${METRICS}_host_errors_total`);

  constructor(config: AuthConfig) {
    this.header = requestHeader(config.header);
    this.scheme = new Utf8(lowerCase(config.scheme));
    this.keys = new KeyRing(config.keys);
    this.userHeader = requestHeader(config.userHeader);
    this.forwardKey = config.forwardKey;
    const response = new LocalResponse(401, `${METRICS}{no_key}`, "a valid key is needed\n");
    const scheme = config.scheme.length > 0 ? config.scheme : "Key";
    response.headers.add(CHALLENGE_HEADER, new Utf8(scheme + REALM));
    this.unauthorized = response;
    for (let i = 0; i < config.names.length; i++) this.users.push(new Utf8(config.names[i]));
  }

  decide(): FilterHeadersStatusValues {
    const user = this.user();
    if (user != NOBODY && this.pass(unchecked(this.users[user]))) return FilterHeadersStatusValues.Continue;
    this.rejected.add(1);
    if (this.unauthorized.send() != WasmResultValues.Ok) this.hostErrors.add(1);
    return FilterHeadersStatusValues.StopIteration;
  }

  flush(): void {
    this.allowed.flush();
    this.rejected.flush();
    this.hostErrors.flush();
  }

  /** Whose key the request has. Of a repeated header the first counts. A host that does not answer: nobody's. */
  private user(): i32 {
    const presence = this.header.read();
    if (presence == Presence.Failed) this.hostErrors.add(1);
    if (presence != Presence.Found || !readKey(this.header.value, this.scheme, this.key)) return NOBODY;
    return this.keys.find(this.key);
  }

  /** Says who it is in place of the key. False when the host does not take that: who asks might name anyone then. */
  private pass(user: ByteView): bool {
    const told = this.userHeader.replace(user);
    const hidden = this.forwardKey ? WasmResultValues.Ok : this.header.remove();
    const isPassed = told == WasmResultValues.Ok && hidden == WasmResultValues.Ok;
    if (isPassed) this.allowed.add(1);
    else this.hostErrors.add(1);
    return isPassed;
  }
}

/** Serves all streams of a root context: nothing of a stream is kept in it. */
@final
class AuthContext extends Context {
  constructor(private readonly root: AuthRoot) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    return this.root.request();
  }
}
