import { ByteView } from "../../core/bytes";
import { Direction, directionOf } from "../../core/traffic-direction";
import { Counter } from "../../host/metrics";
import { HostFacts } from "../../host/request-facts";
import { HeaderNames } from "../../request/facts";
import { AuthoritySource } from "../../request/source";
import { ANY_PORT } from "./place";
import { RequestPlace } from "./table";

/** Where the request is whose headers are at hand. Each is asked of the host when it is needed first, at most once. */
@final
export class HostPlace extends RequestPlace {
  private readonly facts: HostFacts;
  private readonly authority: AuthoritySource;
  private readonly routeName: i32;
  private readonly listenerPort: i32;
  private readonly listenerDirection: i32;
  private readonly none: ByteView = new ByteView();
  private errorsBefore: u64 = 0;
  private portRequest: u64 = 0;
  private foundPort: i32 = ANY_PORT;
  private directionRequest: u64 = 0;
  private foundDirection: Direction = Direction.Unspecified;

  /** Allocates. */
  constructor(private readonly hostErrors: Counter) {
    super();
    const names = new HeaderNames();
    this.authority = new AuthoritySource(names.add(":authority"));
    this.routeName = names.addProperty(["xds", "route_name"]);
    this.listenerPort = names.addProperty(["destination", "port"]);
    this.listenerDirection = names.addProperty(["xds", "listener_direction"]);
    this.facts = new HostFacts(names, hostErrors);
  }

  /** Another request. */
  begin(): void {
    this.facts.begin();
    this.errorsBefore = this.hostErrors.pending;
  }

  /** Whether the host did not answer to something that it was asked. */
  get isFailed(): bool {
    return this.hostErrors.pending != this.errorsBefore;
  }

  route(): ByteView {
    return this.orNone(this.facts.property(this.routeName));
  }

  host(): ByteView {
    return this.orNone(this.authority.value(this.facts));
  }

  path(): ByteView {
    return this.facts.path();
  }

  port(): i32 {
    if (this.portRequest == this.facts.request) return this.foundPort;
    this.portRequest = this.facts.request;
    const value = this.facts.property(this.listenerPort);
    const port = value != null && value.length == 8 ? load<i64>(value.ptr) : ANY_PORT;
    return (this.foundPort = port > 0 && port < 65_536 ? <i32>port : ANY_PORT);
  }

  direction(): Direction {
    if (this.directionRequest == this.facts.request) return this.foundDirection;
    this.directionRequest = this.facts.request;
    return (this.foundDirection = directionOf(this.orNone(this.facts.property(this.listenerDirection))));
  }

  private orNone(view: ByteView | null): ByteView {
    return view != null ? view : this.none;
  }
}
