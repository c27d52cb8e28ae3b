import { FilterDataStatusValues, FilterHeadersStatusValues, FilterTrailersStatusValues } from "../../../abi/types";
import { Context } from "../../../runtime/context";
import { Rollout } from "./rollout";

/** A stream whose answer is counted; all that is done with it, one of the configurations does. */
@final
export class WatchedContext extends Context {
  /** Whether it began under the new configuration. */
  isNew: bool = false;

  /** @param inner of the configuration that serves the stream. */
  constructor(
    private readonly rollout: Rollout,
    public inner: Context,
  ) {
    super();
  }

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    return this.inner.onRequestHeaders(headers, endOfStream);
  }

  onExplain(): void {
    this.inner.onExplain();
  }

  onRequestBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    return this.inner.onRequestBody(bodySize, endOfStream);
  }

  onRequestTrailers(trailers: u32): FilterTrailersStatusValues {
    return this.inner.onRequestTrailers(trailers);
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    this.rollout.answered(this.isNew, endOfStream);
    return this.inner.onResponseHeaders(headers, endOfStream);
  }

  onResponseBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    return this.inner.onResponseBody(bodySize, endOfStream);
  }

  onResponseTrailers(trailers: u32): FilterTrailersStatusValues {
    return this.inner.onResponseTrailers(trailers);
  }

  onLog(): void {
    this.inner.onLog();
  }

  onDone(): bool {
    return this.inner.onDone();
  }

  onDelete(): void {
    this.inner.onDelete();
  }
}
