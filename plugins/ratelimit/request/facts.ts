import { dropPort } from "../../../assembly/core/address";
import { ByteView } from "../../../assembly/core/bytes";

/** Headers by number that every policy has; those that its rules name come after. */
export const PATH_HEADER: i32 = 0;
export const METHOD_HEADER: i32 = 1;

/** The request headers that rules read, each once, in the order of their numbers. Filled at configure. */
@final
export class HeaderNames {
  readonly names: string[] = [":path", ":method"];

  /** The number of the header `name`, a new one if need be. */
  add(name: string): i32 {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }
}

/**
 * What rules can know of a request. Asked only for what a rule needs, so that nothing is fetched for the others.
 * Views are valid while the request is being decided. Allocates: nothing.
 */
export abstract class RequestFacts {
  private pathKnown: bool = false;
  private hostKnown: bool = false;
  private hasHost: bool = false;
  private readonly pathView: ByteView = new ByteView();
  private readonly hostView: ByteView = new ByteView();

  /** The value of the header with this number, the first one if it is repeated; null when there is none. */
  abstract header(index: i32): ByteView | null;

  /** The client's address as Envoy writes it, with port; null when it is not known. */
  abstract clientAddress(): ByteView | null;

  /** Another request: forgets what was derived from the one before. */
  begin(): void {
    this.pathKnown = false;
    this.hostKnown = false;
  }

  /** The path up to `?` or `#`; empty when the request has none, as CONNECT. */
  path(): ByteView {
    if (!this.pathKnown) {
      this.pathKnown = true;
      const target = this.header(PATH_HEADER);
      if (target == null) this.pathView.set(0, 0);
      else this.pathView.set(target.ptr, pathLength(target));
    }
    return this.pathView;
  }

  /** The client's address without port; null when it is not known. */
  clientHost(): ByteView | null {
    if (!this.hostKnown) {
      this.hostKnown = true;
      const address = this.clientAddress();
      this.hasHost = address != null && address.length > 0;
      if (address != null) {
        this.hostView.set(address.ptr, address.length);
        dropPort(this.hostView);
      }
    }
    return this.hasHost ? this.hostView : null;
  }
}

function pathLength(target: ByteView): i32 {
  for (let i = 0; i < target.length; i++) {
    const byte = target.at(i);
    if (byte == 0x3f /* ? */ || byte == 0x23 /* # */) return i;
  }
  return target.length;
}
