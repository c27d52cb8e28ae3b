import { ByteView } from "../core/bytes";
import { Problems } from "../core/config-reader";
import { reportProblems } from "../host/log";
import { Presence } from "../host/presence";
import { sharedScope } from "../host/shared-scope";
import { Context, RootContext } from "../runtime/context";
import { notePeriod } from "../runtime/root-contexts";
import { ConfigurationReader } from "./configuration-reader";
import { DisabledRoot, PluginFactory, ServingRoot } from "./plugin-root";

/**
 * The root context that Envoy knows: reads the text of the configuration and hands everything on to what that says shall
 * serve. Its streams are served by contexts of the plugin's own, with nothing between. A plugin's index registers it:
 *
 *   registerRootContext((id: u32) => new ConfiguredRoot(id, "mine", (id: u32) => new MyRoot(id)), "mine");
 */
@final
export class ConfiguredRoot extends RootContext {
  private serving: ServingRoot;

  /** @param plugin how its log lines and the keys of its shared data begin. */
  constructor(
    contextId: u32,
    private readonly plugin: string,
    private readonly make: PluginFactory,
  ) {
    super(contextId);
    this.serving = new DisabledRoot(contextId);
  }

  /** Streams that began under the configuration before end under it, since their contexts are that one's. */
  onConfigure(configurationSize: u32): bool {
    const problems = new Problems();
    const reader = new ConfigurationReader(this.plugin, this.make, this.contextId, problems);
    const text = new ByteView();
    let serving: ServingRoot | null = null;
    if (this.readConfiguration(text) != Presence.Failed) serving = reader.read(text);
    else problems.add("$", "the host did not hand over the configuration");
    if (!reportProblems(this.plugin, problems) || serving == null) return false;
    serving.begin(sharedScope(this.plugin));
    this.serving = serving;
    this.notePeriod();
    return true;
  }

  /** It is ticked as what serves wants to be. */
  private notePeriod(): void {
    notePeriod(this.serving);
    this.tickPeriodMs = this.serving.tickPeriodMs;
  }

  onTick(): void {
    this.serving.onTick();
    this.notePeriod();
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.serving.onHttpCallResponse(token, headers, bodySize, trailers);
    this.notePeriod();
  }

  onQueueReady(token: u32): void {
    this.serving.onQueueReady(token);
    this.notePeriod();
  }

  onDone(): bool {
    return this.serving.onDone();
  }

  onDelete(): void {
    this.serving.onDelete();
  }

  acquire(contextId: u32): Context {
    return this.serving.acquire(contextId);
  }

  shared(contextId: u32): Context {
    return this.serving.shared(contextId);
  }

  createContext(): Context {
    return this.serving.createContext();
  }
}
