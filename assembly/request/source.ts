import { dropPort } from "../core/address";
import { ByteView, Utf8 } from "../core/bytes";
import { findCookie } from "../core/cookie";
import { findSegment } from "../core/path-template";
import { isEncoded, percentDecode } from "../core/percent-encoding";
import { findParameter } from "../core/query-string";
import { METHOD_HEADER, RequestFacts } from "./facts";

/**
 * Something of a request that conditions compare and keys are made of. Found at most once a request, in a form that is
 * the same for all ways in which a client can write it. Allocates nothing after construction.
 */
export abstract class ValueSource {
  protected readonly view: ByteView = new ByteView();
  private request: u64 = 0;
  private found: bool = false;

  /** @param name the same for sources that find the same. */
  constructor(readonly name: string) {}

  /** Whether the value is the same for every request. */
  get constant(): bool {
    return false;
  }

  /** The value, null when the request has none. */
  value(facts: RequestFacts): ByteView | null {
    if (this.request != facts.request) {
      this.request = facts.request;
      this.found = this.find(facts, this.view);
    }
    return this.found ? this.view : null;
  }

  /** Lets `view` view the value; false when there is none. */
  protected abstract find(facts: RequestFacts, view: ByteView): bool;

  /** The value as a configuration writes it, in the form in which `value` would give it; null for what never comes. */
  canonical(text: string): ByteView | null {
    return new Utf8(text);
  }
}

/** A header, the first one if it is repeated. */
@final
export class HeaderSource extends ValueSource {
  constructor(
    name: string,
    private readonly header: i32,
  ) {
    super("header " + name);
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(facts.header(this.header), view);
  }
}

/** A query parameter, decoded, the first one if it is repeated. */
@final
export class QuerySource extends ValueSource {
  private readonly parameter: Utf8;

  constructor(parameter: string) {
    super("query " + parameter);
    this.parameter = new Utf8(parameter);
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    if (!findParameter(facts.query(), this.parameter, view)) return false;
    decode(facts, view, true);
    return true;
  }
}

/** A cookie without quotes, decoded, the first one if it is repeated. */
@final
export class CookieSource extends ValueSource {
  private readonly cookie: Utf8;

  /** @param header number of the header `cookie`. */
  constructor(
    cookie: string,
    private readonly header: i32,
  ) {
    super("cookie " + cookie);
    this.cookie = new Utf8(cookie);
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    const header = facts.header(this.header);
    if (header == null || !findCookie(header, this.cookie, view)) return false;
    decode(facts, view, false);
    return true;
  }
}

/** The path without query, in its normal form; none when it is empty. */
@final
export class PathSource extends ValueSource {
  constructor() {
    super("path");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(facts.path(), view) && view.length > 0;
  }
}

/** The method. */
@final
export class MethodSource extends ValueSource {
  constructor() {
    super("method");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(facts.header(METHOD_HEADER), view);
  }
}

/** A segment of the path, counted from 1; none when it is empty. */
@final
export class SegmentSource extends ValueSource {
  constructor(private readonly segment: i32) {
    super("segment " + segment.toString());
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return findSegment(facts.path(), this.segment, view);
  }
}

/** The host that the request is for, in lower case and without port and final dot. */
@final
export class AuthoritySource extends ValueSource {
  /** @param header number of the header `:authority`. */
  constructor(private readonly header: i32) {
    super("authority");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    if (!lend(facts.header(this.header), view)) return false;
    dropPort(view);
    if (view.length > 1 && view.at(view.length - 1) == 0x2e /* . */) view.length--;
    if (!hasCapital(view)) return true;
    const length = facts.room(view.length);
    const to = facts.roomStart;
    for (let i = 0; i < length; i++) store<u8>(to + <usize>i, lower(view.at(i)));
    facts.keep(length, view);
    return true;
  }

  canonical(text: string): ByteView | null {
    const host = new Utf8(text);
    for (let i = 0; i < host.length; i++) store<u8>(host.ptr + <usize>i, lower(host.at(i)));
    return host;
  }
}

/** The path of a gRPC request, `/package.Service/Method`. */
@final
export class GrpcMethodSource extends ValueSource {
  private readonly grpc: Utf8 = new Utf8("application/grpc");

  /** @param header number of the header `content-type`. */
  constructor(private readonly header: i32) {
    super("grpc");
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    const type = facts.header(this.header);
    return type != null && type.startsWith(this.grpc) && lend(facts.path(), view);
  }
}

/** The same for every request. */
@final
export class ConstantSource extends ValueSource {
  private readonly text: Utf8;

  constructor(text: string) {
    super("constant " + text);
    this.text = new Utf8(text);
  }

  get constant(): bool {
    return true;
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    return lend(this.text, view);
  }
}

/** Lets `to` view what `from` does; false when there is nothing. */
// @ts-ignore: decorator
@inline
export function lend(from: ByteView | null, to: ByteView): bool {
  if (from == null) return false;
  to.set(from.ptr, from.length);
  return true;
}

/** Undoes escapes in a copy, if there are any. */
function decode(facts: RequestFacts, view: ByteView, form: bool): void {
  if (!isEncoded(view, form)) return;
  view.length = facts.room(view.length);
  facts.keep(percentDecode(view, facts.roomStart, form), view);
}

function hasCapital(view: ByteView): bool {
  for (let i = 0; i < view.length; i++) if (lower(view.at(i)) != view.at(i)) return true;
  return false;
}

// @ts-ignore: decorator
@inline
function lower(byte: u8): u8 {
  return <u32>byte - 0x41 < 26 ? byte | 0x20 : byte;
}
