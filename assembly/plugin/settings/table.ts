import { ByteView, Utf8 } from "../../core/bytes";
import { IdTable, NO_ENTRY } from "../../core/id-table";
import { Direction } from "../../core/traffic-direction";
import { PathKind } from "./path-match";
import { ANY_PORT, compareRank, Place } from "./place";

/** A longer host is that of no setting: the longest that DNS has is of 253 bytes. */
const MAX_HOST_BYTES: i32 = 255;
/** The number of a route or host that is not named. */
const ANY: i32 = 0;
const NO_SETTING: i32 = 0;
/** The numbers of a route and a host, as bytes. */
const KEY: usize = memory.data(8, 4);

/** What settings ask of a request: each only when a place depends on it. A view of no bytes: the request has none. */
export abstract class RequestPlace {
  abstract route(): ByteView;
  /** In lower case, without port. */
  abstract host(): ByteView;
  /** Without query, in its normal form. */
  abstract path(): ByteView;
  /** Of the listener; ANY_PORT when it is not known. */
  abstract port(): i32;
  abstract direction(): Direction;
}

/**
 * Finds the setting of a request: the one with the most specific place that the request is at, by route, host, path, port
 * and direction in this order. Places lie in a bucket for each route and host that go together, most specific first, so
 * that a request meets only those of its own route and host.
 */
@final
export class SettingTable {
  private readonly routes: IdTable;
  private readonly hosts: IdTable;
  /** By the numbers of a route and a host, the number of their bucket. */
  private readonly numbers: IdTable;
  private readonly buckets: Place[][] = [];
  private added: i32 = 0;
  private namesRoutes: bool = false;
  private namesHosts: bool = false;
  private namesWildcards: bool = false;

  /** @param capacity how many places will be added at most. Allocates. */
  constructor(capacity: i32) {
    this.routes = new IdTable(capacity, 0, 0);
    this.hosts = new IdTable(capacity, 0, 0);
    this.numbers = new IdTable(capacity, 0, 0);
  }

  /** Adds a place, in the order written. @returns the setting that has the same already, which counts; 0: none. Allocates. */
  add(place: Place): i32 {
    const next = ++this.added;
    if (place.route != "") this.namesRoutes = true;
    if (place.host.startsWith("*")) this.namesWildcards = true;
    else if (place.host != "") this.namesHosts = true;
    setKey(numberOf(this.routes, place.route, next), numberOf(this.hosts, place.host, next));
    if (this.numbers.add(KEY, 8, this.buckets.length)) this.buckets.push([]);
    return insert(this.buckets[this.numbers.get(KEY, 8)], place);
  }

  /** The number of the request's setting, from 1 on; 0 when it has none. Allocates: nothing. */
  choose(request: RequestPlace): i32 {
    if (this.namesRoutes) {
      const name = request.route();
      const route = this.routes.get(name.ptr, name.length);
      const setting = route > ANY ? this.atRoute(route, request) : NO_SETTING;
      if (setting != NO_SETTING) return setting;
    }
    return this.atRoute(ANY, request);
  }

  private atRoute(route: i32, request: RequestPlace): i32 {
    if (this.namesHosts || this.namesWildcards) {
      const host = request.host();
      const setting = host.length <= MAX_HOST_BYTES ? this.atHost(route, host, request) : NO_SETTING;
      if (setting != NO_SETTING) return setting;
    }
    return this.inBucket(route, ANY, request);
  }

  /** By the host itself, then by what follows each of its dots, the longest first. */
  private atHost(route: i32, host: ByteView, request: RequestPlace): i32 {
    const isName = this.namesHosts && host.length > 0 && host.at(0) != 0x2e; // with a dot it would be found as a wildcard
    let setting = isName ? this.atName(route, host.ptr, host.length, request) : NO_SETTING;
    if (!this.namesWildcards) return setting;
    for (let i = 1; i < host.length && setting == NO_SETTING; i++) {
      if (host.at(i) != 0x2e /* . */) continue;
      setting = this.atName(route, host.ptr + <usize>i, host.length - i, request);
    }
    return setting;
  }

  private atName(route: i32, ptr: usize, length: i32, request: RequestPlace): i32 {
    const host = this.hosts.get(ptr, length);
    return host > ANY ? this.inBucket(route, host, request) : NO_SETTING;
  }

  private inBucket(route: i32, host: i32, request: RequestPlace): i32 {
    setKey(route, host);
    const number = this.numbers.get(KEY, 8);
    if (number == NO_ENTRY) return NO_SETTING;
    const places = unchecked(this.buckets[number]);
    for (let i = 0; i < places.length; i++) {
      const place = unchecked(places[i]);
      if (holds(place, request)) return place.setting;
    }
    return NO_SETTING;
  }
}

function holds(place: Place, request: RequestPlace): bool {
  if (place.path.kind != PathKind.Any && !place.path.holds(request.path())) return false;
  if (place.port != ANY_PORT && request.port() != place.port) return false;
  return place.direction == Direction.Unspecified || request.direction() == place.direction;
}

/** Puts a place behind all that are as specific or more so; answers as `SettingTable.add`. */
function insert(places: Place[], place: Place): i32 {
  let at = places.length;
  places.push(place);
  for (; at > 0 && compareRank(places[at - 1], place) > 0; at--) places[at] = places[at - 1];
  places[at] = place;
  for (let i = at - 1; i >= 0 && compareRank(places[i], place) == 0; i--) {
    if (places[i].isSame(place)) return places[i].setting;
  }
  return NO_SETTING;
}

/** A wildcard is known by what follows its star, which begins with a dot as no host does. @param next if it is new. */
function numberOf(table: IdTable, text: string, next: i32): i32 {
  if (text == "") return ANY;
  const bytes = new Utf8(text.startsWith("*") ? text.slice(1) : text);
  if (table.add(bytes.ptr, bytes.length, next)) return next;
  return table.get(bytes.ptr, bytes.length);
}

// @ts-ignore: decorator
@inline
function setKey(route: i32, host: i32): void {
  store<i32>(KEY, route);
  store<i32>(KEY, host, 4);
}
