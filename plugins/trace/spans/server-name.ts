import { ByteView } from "../../../assembly/core/bytes";

/** No port is named, or none that is a number up to 65535. */
// @ts-ignore: decorator
@inline
export const NO_PORT: i32 = -1;

/** What a request's host names: an address and perhaps a port. Source: RFC 3986 section 3.2. */
@final
export class ServerName {
  /** Without the brackets of an IPv6 address. */
  readonly address: ByteView = new ByteView();
  port: i32 = NO_PORT;

  /** Takes `host` apart. Allocates: nothing. */
  read(host: ByteView): void {
    const colon = colonOf(host);
    this.port = colon < 0 ? NO_PORT : portAt(host, colon + 1);
    const end = colon < 0 ? host.length : colon;
    const isBracketed = end >= 2 && host.at(0) == 0x5b /* [ */ && host.at(end - 1) == 0x5d; /* ] */
    if (isBracketed) this.address.set(host.ptr + 1, end - 2);
    else this.address.set(host.ptr, end);
  }
}

/** Where the port's colon is; -1 for none, as in an IPv6 address without a port. */
function colonOf(host: ByteView): i32 {
  for (let i = host.length - 1; i >= 0; i--) {
    const byte = host.at(i);
    if (byte == 0x3a /* : */) return i;
    if (byte == 0x5d /* ] */) return -1;
  }
  return -1;
}

function portAt(host: ByteView, start: i32): i32 {
  if (start == host.length || host.length - start > 5) return NO_PORT;
  let port = 0;
  for (let i = start; i < host.length; i++) {
    const digit = <i32>host.at(i) - 0x30;
    if (digit < 0 || digit > 9) return NO_PORT;
    port = 10 * port + digit;
  }
  return port <= 65535 ? port : NO_PORT;
}
