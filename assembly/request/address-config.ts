import { ConfigNode } from "../core/config-reader";
import { AddressSource } from "./client-source";
import { HeaderNames } from "./facts";

const MAX_HOPS: i64 = 16;
/** By default one key for the /64 that a provider gives to one host or household. */
export const HOUSEHOLD_BITS: i32 = 64;

/** Reads the client's address as a key, grouped by its first bits. */
export function readAddressGroup(node: ConfigNode, names: HeaderNames): AddressSource {
  node.refuseUnknown(["trusted_hops", "ipv4_prefix", "ipv6_prefix"]);
  const hops = readHops(node);
  const ipv4Prefix = <i32>node.integer("ipv4_prefix", 32, 8, 32);
  const ipv6Prefix = <i32>node.integer("ipv6_prefix", HOUSEHOLD_BITS, 16, 128);
  return addressSource(names, hops, ipv4Prefix, ipv6Prefix);
}

/** Reads how many proxies in front of this one are trusted; -1: Envoy's word on the client's address counts. */
export function readHops(node: ConfigNode): i32 {
  return <i32>node.integer("trusted_hops", -1, 0, MAX_HOPS);
}

/** The client's address as a source. @param hops as of `readHops`. */
export function addressSource(names: HeaderNames, hops: i32, ipv4Prefix: i32, ipv6Prefix: i32): AddressSource {
  const header = hops < 0 ? -1 : names.add("x-forwarded-for");
  return names.share(new AddressSource(header, hops, ipv4Prefix, ipv6Prefix)) as AddressSource;
}
