import { FilterHeadersStatusValues } from "../../abi/types";
import { Context } from "../../runtime/context";
import { ForwardingContext } from "../forwarding-context";
import { Rollout } from "./host/rollout";

/** A stream whose answer is counted; all that is done with it, one of the configurations does. */
@final
export class WatchedContext extends ForwardingContext {
  /** Whether it began under the new configuration. */
  isNew: bool = false;

  /** @param inner of the configuration that serves the stream. */
  constructor(
    private readonly rollout: Rollout,
    public inner: Context,
  ) {
    super();
  }

  protected choose(): Context {
    return this.inner;
  }

  protected chosen(): Context | null {
    return this.inner;
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.rollout.answered(this.isNew, endOfStream);
    return super.onResponseHeaders(headers, endOfStream);
  }

  onDelete(): void {
    this.inner.onDelete();
  }
}
