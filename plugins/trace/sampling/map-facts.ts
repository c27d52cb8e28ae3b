import { ByteView } from "../../../assembly/core/bytes";
import { HeaderNames, RequestFacts } from "../../../assembly/request/facts";
import { NO_VALUE, TraceHeaders } from "../context/trace-headers";

/** The facts of a request that stand in its header map, which is read anyway: they cost no host call. */
@final
export class MapFacts extends RequestFacts {
  private readonly slots: i32[] = [];
  private readonly views: ByteView[] = [];

  /** Takes the slots of all headers that are named. Only at configure: allocates. */
  constructor(
    names: HeaderNames,
    private readonly headers: TraceHeaders,
  ) {
    super();
    for (let i = 0; i < names.names.length; i++) {
      this.slots.push(headers.slot(names.names[i]));
      this.views.push(new ByteView());
    }
  }

  header(index: i32): ByteView | null {
    const value = this.headers.first(unchecked(this.slots[index]));
    if (value == NO_VALUE) return null;
    const view = unchecked(this.views[index]);
    this.headers.view(value, view);
    return view;
  }

  clientAddress(): ByteView | null {
    return null;
  }

  sourceIdentity(): ByteView | null {
    return null;
  }
}
