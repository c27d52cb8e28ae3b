import { Counter, tagMetrics } from "../../host/metrics";
import { Context } from "../../runtime/context";
import { Children } from "../children";
import { ServingRoot } from "../plugin-root";
import { ChosenContext, SharedChoiceContext } from "./contexts";
import { HostPlace } from "./host-place";
import { SettingTable } from "./table";

/** Ticks come at least so often: what was counted here is handed on then. */
const MOST_MS: u32 = 1000;

/** Several configurations of a plugin, of which the request's route, host, path and listener choose one. */
@final
export class SettingsRoot extends ServingRoot {
  private readonly children: Children = new Children();
  private request: HostPlace | null = null;
  private hostErrors: Counter | null = null;
  private sharedContext: SharedChoiceContext | null = null;

  /**
   * @param plugin the plugin's name. @param roots what serves requests without a setting, then those of each setting.
   * @param names of the settings. @param table finds a request's among them.
   */
  constructor(
    contextId: u32,
    private readonly plugin: string,
    private readonly roots: ServingRoot[],
    private readonly names: string[],
    private readonly table: SettingTable,
  ) {
    super(contextId);
  }

  /** What a setting's workers share, and its metrics, are its own by its name: they outlast a change of the others. */
  begin(scope: string): void {
    const hostErrors = new Counter(`tidegate_${this.plugin}_host_errors_total`);
    this.hostErrors = hostErrors;
    this.request = new HostPlace(hostErrors);
    this.children.begin(this.roots[0], scope);
    for (let i = 1; i < this.roots.length; i++) {
      const name = this.names[i - 1];
      const before = tagMetrics("");
      tagMetrics(`${before}setting=.=${name};.;`);
      this.children.begin(this.roots[i], `${scope}.setting.${name}`);
      tagMetrics(before);
    }
    this.children.followPeriods(MOST_MS);
  }

  /** Who serves the request at hand: with a host that does not answer, as if there were no settings. Allocates: nothing. */
  choose(): i32 {
    const request = this.request;
    if (request == null) return 0;
    request.begin();
    const setting = this.table.choose(request);
    return request.isFailed ? 0 : setting;
  }

  // @ts-ignore: decorator
  @inline
  at(choice: i32): ServingRoot {
    return this.children.at(choice);
  }

  createContext(): Context {
    return new ChosenContext(this);
  }

  shared(contextId: u32): Context {
    let context = this.sharedContext;
    if (context == null) this.sharedContext = context = new SharedChoiceContext(this);
    context.contextId = contextId;
    return context;
  }

  onTick(): void {
    this.children.tick(this.tickPeriodMs, MOST_MS);
    const hostErrors = this.hostErrors;
    if (hostErrors != null) hostErrors.flush();
  }

  onHttpCallResponse(token: u32, headers: u32, bodySize: u32, trailers: u32): void {
    this.children.onHttpCallResponse(token, headers, bodySize, trailers);
  }

  onDone(): bool {
    return this.children.onDone();
  }

  onDelete(): void {
    this.children.onDelete();
  }
}
