import { FilterDataStatusValues, FilterHeadersStatusValues, FilterTrailersStatusValues } from "../abi/types";
import { Context } from "../runtime/context";

/** Hands the callbacks of a stream on to the context of whoever is chosen for it. */
export abstract class ForwardingContext extends Context {
  /** Chooses for the stream whose request headers are at hand. */
  protected abstract choose(): Context;

  /** Who was chosen; null: nobody, since the request never came this far. */
  protected abstract chosen(): Context | null;

  onRequestHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    return this.choose().onRequestHeaders(headers, endOfStream);
  }

  onExplain(): void {
    this.choose().onExplain();
  }

  onRequestBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    const context = this.chosen();
    return context != null ? context.onRequestBody(bodySize, endOfStream) : FilterDataStatusValues.Continue;
  }

  onRequestTrailers(trailers: u32): FilterTrailersStatusValues {
    const context = this.chosen();
    return context != null ? context.onRequestTrailers(trailers) : FilterTrailersStatusValues.Continue;
  }

  onResponseHeaders(headers: u32, endOfStream: bool): FilterHeadersStatusValues {
    const context = this.chosen();
    return context != null ? context.onResponseHeaders(headers, endOfStream) : FilterHeadersStatusValues.Continue;
  }

  onResponseBody(bodySize: u32, endOfStream: bool): FilterDataStatusValues {
    const context = this.chosen();
    return context != null ? context.onResponseBody(bodySize, endOfStream) : FilterDataStatusValues.Continue;
  }

  onResponseTrailers(trailers: u32): FilterTrailersStatusValues {
    const context = this.chosen();
    return context != null ? context.onResponseTrailers(trailers) : FilterTrailersStatusValues.Continue;
  }

  onLog(): void {
    const context = this.chosen();
    if (context != null) context.onLog();
  }

  onDone(): bool {
    const context = this.chosen();
    return context == null || context.onDone();
  }
}
