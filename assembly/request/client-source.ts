import { ADDRESS_BYTES, dropPort, maskAddress, parseAddress } from "../core/address";
import { ByteView, Utf8 } from "../core/bytes";
import { findForwardedFor } from "../core/forwarded-for";
import { RequestFacts } from "./facts";
import { lend, ValueSource } from "./source";

/**
 * The client's address, grouped by the first bits: as Envoy tells it, or the one that stands before a number of trusted
 * proxies in X-Forwarded-For. If none stands there, or something else, Envoy's.
 */
@final
export class AddressSource extends ValueSource {
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(ADDRESS_BYTES);
  /** Whether the value found last is an IP address, in the bytes of `parseAddress`, and not some other text. */
  isAddress: bool = false;

  /** @param header number of the header `x-forwarded-for`. @param hops trusted proxies, -1 for Envoy's word. */
  constructor(
    private readonly header: i32,
    private readonly hops: i32,
    private readonly ipv4Prefix: i32,
    private readonly ipv6Prefix: i32,
  ) {
    super(`address ${hops} ${ipv4Prefix} ${ipv6Prefix}`);
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    this.isAddress = this.findForwarded(facts, view);
    if (this.isAddress) return true;
    if (!lend(facts.peer(), view)) return false;
    // What is no IP address, as that of a Unix socket, stays as it is.
    this.isAddress = this.parse(view);
    if (!this.isAddress) dropPort(view);
    return view.length > 0;
  }

  private findForwarded(facts: RequestFacts, view: ByteView): bool {
    if (this.hops < 0) return false;
    const list = facts.header(this.header);
    return list != null && findForwardedFor(list, this.hops, view) && this.parse(view);
  }

  /** Puts the bytes of the address in `view` in place of its text. */
  private parse(view: ByteView): bool {
    const to = changetype<usize>(this.bytes);
    dropPort(view);
    const family = parseAddress(view, to);
    if (family == 0) return false;
    maskAddress(to, family, family == 4 ? this.ipv4Prefix : this.ipv6Prefix);
    view.set(to, ADDRESS_BYTES);
    return true;
  }

  canonical(text: string): ByteView | null {
    const view = new Utf8(text);
    if (!this.parse(view)) return null;
    return copyOf(view);
  }
}

/** Who the client is by its certificate. */
@final
export class IdentitySource extends ValueSource {
  constructor() {
    super("identity");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(facts.sourceIdentity(), view);
  }
}

/** The client's connection, by its number in this Envoy. */
@final
export class ConnectionSource extends ValueSource {
  constructor() {
    super("connection");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(facts.connectionId(), view);
  }
}

/** Only at configure: allocates. */
function copyOf(view: ByteView): ByteView {
  const owner = new Utf8(" ".repeat(view.length));
  memory.copy(owner.ptr, view.ptr, <usize>view.length);
  return owner;
}
