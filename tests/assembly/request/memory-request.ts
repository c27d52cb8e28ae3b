import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { HeaderNames, RequestFacts } from "../../../assembly/request/facts";

/** A request in memory. */
export class MemoryRequest extends RequestFacts {
  private readonly headers: Map<string, Utf8> = new Map<string, Utf8>();
  private readonly values: Map<string, ByteView> = new Map<string, ByteView>();
  private address: Utf8 | null = null;
  private identity: Utf8 | null = null;
  /** Which headers were asked for, in order. */
  readonly reads: string[] = [];

  constructor(private readonly names: HeaderNames) {
    super();
    this.with(":method", "GET").with(":path", "/");
  }

  with(name: string, value: string): MemoryRequest {
    this.headers.set(name, new Utf8(value));
    return this;
  }

  without(name: string): MemoryRequest {
    this.headers.delete(name);
    return this;
  }

  from(address: string): MemoryRequest {
    this.address = new Utf8(address);
    return this;
  }

  header(index: i32): ByteView | null {
    const name = this.names.names[index];
    this.reads.push(name);
    return this.headers.has(name) ? this.headers.get(name) : null;
  }

  clientAddress(): ByteView | null {
    this.reads.push("address");
    return this.address;
  }

  /** With a property at this path, its segments with slashes between, in the bytes in which Envoy gives it. */
  having(path: string, value: ByteView): MemoryRequest {
    this.values.set(path.replaceAll("/", "\0"), value);
    return this;
  }

  property(index: i32): ByteView | null {
    const name = this.names.properties[index];
    this.reads.push(name);
    return this.values.has(name) ? this.values.get(name) : null;
  }

  identifiedBy(identity: string): MemoryRequest {
    this.identity = new Utf8(identity);
    return this;
  }

  sourceIdentity(): ByteView | null {
    this.reads.push("identity");
    return this.identity;
  }
}
