import { HeaderEdits } from "../context/header-edits";
import { TraceHeaders } from "../context/trace-headers";
import { BaggageHeader } from "./baggage-header";
import { BaggageConfig } from "./config";
import { Items } from "./items";
import { UberctxHeaders } from "./uberctx-headers";

/**
 * Carries baggage on, one request after another, and from the form of W3C to that of Jaeger and back. The lists and limits
 * hold for both forms, whether or not they are read. Nothing is written that was not changed. Allocates nothing once made.
 */
@final
export class Baggage {
  /** Items of this request that do not go on; those of a header that is not looked into count as one. */
  dropped: i32 = 0;
  private readonly baggage: BaggageHeader;
  private readonly uberctx: UberctxHeaders;
  /** By this, people hand baggage to the first Jaeger client by hand: nothing behind the first proxy has a use for it. */
  private readonly manual: i32;

  /** Takes slots: only at configure. */
  constructor(
    private readonly config: BaggageConfig,
    private readonly headers: TraceHeaders,
  ) {
    this.baggage = new BaggageHeader(config, headers);
    this.uberctx = new UberctxHeaders(config, headers);
    this.manual = headers.slot("jaeger-baggage");
  }

  /**
   * Edits the headers of the request that was read last.
   * @param trusted whether all its sender says counts; otherwise only names on the allow list do, in a form that is read,
   *   and a form that is not written is taken away.
   */
  handle(
    trusted: bool,
    readsBaggage: bool,
    readsJaeger: bool,
    writesBaggage: bool,
    writesJaeger: bool,
    edits: HeaderEdits,
  ): void {
    const baggage = this.baggage;
    const uberctx = this.uberctx;
    this.dropped = 0;
    this.handleManual(trusted, edits);
    if (baggage.count == 0 && uberctx.count == 0) return;
    baggage.clear();
    uberctx.clear();
    if (trusted || readsBaggage) baggage.read(trusted);
    else this.refuseBaggage();
    if (trusted || readsJaeger) uberctx.read(trusted);
    else this.refuseUberctx();
    const fromBaggage = readsBaggage && writesJaeger ? baggage.items : null;
    const fromJaeger = readsJaeger && writesBaggage ? uberctx.items : null;
    // What is written without being read says nothing any more where the other form does.
    if (!readsBaggage && fromJaeger != null && fromJaeger.count > 0) baggage.retain(fromJaeger);
    if (!readsJaeger && fromBaggage != null && fromBaggage.count > 0) uberctx.retain(fromBaggage);
    if (trusted || writesBaggage) baggage.write(fromJaeger, edits);
    else baggage.remove(edits);
    if (trusted || writesJaeger) uberctx.write(fromBaggage, edits);
    else uberctx.remove(edits);
    this.dropped += baggage.dropped + uberctx.dropped;
  }

  private refuseBaggage(): void {
    this.dropped += this.baggage.count;
    this.baggage.discard();
  }

  private refuseUberctx(): void {
    this.dropped += this.uberctx.count;
  }

  /** Its form is no other's, so nothing can be said of the names in it. */
  private handleManual(trusted: bool, edits: HeaderEdits): void {
    const count = this.headers.count(this.manual);
    if (count == 0 || (trusted && !this.config.hasLists)) return;
    this.dropped += count;
    edits.remove(this.manual);
  }
}
