import { ByteView } from "../core/bytes";
import { HeaderNames, RequestFacts } from "../request/facts";
import { Header, requestHeader } from "./headers";
import { Counter } from "./metrics";
import { Presence } from "./presence";
import { Property } from "./properties";

/** The facts of the request whose callback runs. What the host does not answer counts as not there, and is counted. */
@final
export class HostFacts extends RequestFacts {
  private readonly headers: Header[] = [];
  private readonly properties: Property[] = [];
  private readonly address: Property = new Property(["source", "address"]);
  private readonly connection: Property = new Property(["connection", "id"]);
  private readonly uriSan: Property = new Property(["connection", "uri_san_peer_certificate"]);
  private readonly subject: Property = new Property(["connection", "subject_peer_certificate"]);

  constructor(
    names: HeaderNames,
    private readonly hostErrors: Counter,
  ) {
    super();
    for (let i = 0; i < names.names.length; i++) this.headers.push(requestHeader(names.names[i]));
    for (let i = 0; i < names.properties.length; i++) {
      this.properties.push(new Property(names.properties[i].split("\0")));
    }
  }

  header(index: i32): ByteView | null {
    const header = unchecked(this.headers[index]);
    return this.given(header.read()) ? header.value : null;
  }

  property(index: i32): ByteView | null {
    const property = unchecked(this.properties[index]);
    return this.given(property.read()) ? property.value : null;
  }

  clientAddress(): ByteView | null {
    return this.given(this.address.read()) ? this.address.value : null;
  }

  /** The first URI among the names in the client's certificate, as a mesh's SPIFFE id; its subject when there is none. */
  sourceIdentity(): ByteView | null {
    if (this.given(this.uriSan.read()) && this.uriSan.value.length > 0) return this.uriSan.value;
    return this.given(this.subject.read()) ? this.subject.value : null;
  }

  connectionId(): ByteView | null {
    return this.given(this.connection.read()) ? this.connection.value : null;
  }

  private given(presence: Presence): bool {
    if (presence == Presence.Failed) this.hostErrors.add(1);
    return presence == Presence.Found || presence == Presence.Empty;
  }
}
