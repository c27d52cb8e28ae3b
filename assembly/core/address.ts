import { ByteView } from "./bytes";

/**
 * Cuts the port off an address in Envoy's notation: `10.0.0.1:80`, `[2001:db8::1]:80`. What has no port is left as it
 * is: a bare address, `/run/app.sock`. Allocates: nothing.
 */
export function dropPort(address: ByteView): void {
  if (address.length == 0) return;
  let colon = -1;
  let colons = 0;
  for (let i = 0; i < address.length; i++) {
    const byte = address.at(i);
    if (byte == 0x5d /* ] */) colons = 0;
    if (byte != 0x3a /* : */) continue;
    colon = i;
    colons++;
  }
  // More than one colon outside brackets: a bare IPv6 address.
  if (colons == 1 && address.at(0) != 0x2f /* / */) address.length = colon;
}
