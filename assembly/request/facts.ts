import { ByteView } from "../core/bytes";
import { isPlainPath, normalizePath } from "../core/url-path";
import { ValueSource } from "./source";

/** Headers by number that every policy has; those that its rules name come after. */
export const PATH_HEADER: i32 = 0;
export const METHOD_HEADER: i32 = 1;

/**
 * What is derived of a request (a path in its normal form, a decoded parameter) has room here: more than the headers of
 * one request are by Envoy's default of 60 KB. What finds no room under a greater limit is cut.
 */
const SCRATCH_BYTES: i32 = 65_536;

/** The request headers and properties that rules read, each once, in the order of their numbers. Filled at configure. */
@final
export class HeaderNames {
  readonly names: string[] = [":path", ":method"];
  /** Paths of properties, their segments with NUL between. */
  readonly properties: string[] = [];
  private readonly sources: ValueSource[] = [];

  /** The number of the header `name`, a new one if need be. */
  add(name: string): i32 {
    const known = this.names.indexOf(name);
    return known >= 0 ? known : this.names.push(name) - 1;
  }

  /** The number of the property at this path of segments, a new one if need be. */
  addProperty(path: string[]): i32 {
    const name = path.join("\0");
    const known = this.properties.indexOf(name);
    return known >= 0 ? known : this.properties.push(name) - 1;
  }

  /** The first source that was shared under the same name, so that its value is found once for all rules. */
  share(source: ValueSource): ValueSource {
    for (let i = 0; i < this.sources.length; i++) if (this.sources[i].name == source.name) return this.sources[i];
    this.sources.push(source);
    return source;
  }
}

/** Of all facts of a VM, since callbacks come one after the other: the room begins anew with each `begin`. */
const SCRATCH: StaticArray<u8> = new StaticArray<u8>(SCRATCH_BYTES);
let used: i32 = 0;

/** Counts requests of all facts, so that a source knows whether it has looked at this one. */
let lastRequest: u64 = 0;

/**
 * What rules can know of a request. Asked only for what a rule needs, so that nothing is fetched for the others.
 * Views are valid from `begin` until the callback returns or facts of another reader begin. Allocates nothing after construction.
 */
export abstract class RequestFacts {
  /** Number of the request at hand; 0 before the first. */
  request: u64 = 0;
  private targetRequest: u64 = 0;
  private readonly pathView: ByteView = new ByteView();
  private readonly queryView: ByteView = new ByteView();
  private peerRequest: u64 = 0;
  private peerView: ByteView | null = null;

  /** The value of the header with this number, the first one if it is repeated; null when there is none. */
  abstract header(index: i32): ByteView | null;

  /** The property with this number as Envoy writes it; null when there is none. */
  property(index: i32): ByteView | null {
    return null;
  }

  /** The client's address as Envoy writes it, with port; null when it is not known. */
  abstract clientAddress(): ByteView | null;

  /** Who the client is by its certificate; null when it has shown none. */
  abstract sourceIdentity(): ByteView | null;

  /** What tells the client's connection from all others that are open; null when it is not known. */
  connectionId(): ByteView | null {
    return null;
  }

  /** Another request, or another callback of the same one: forgets what was derived before. */
  begin(): void {
    this.request = ++lastRequest;
    used = 0;
  }

  /** `clientAddress`, asked for once. */
  peer(): ByteView | null {
    if (this.peerRequest != this.request) {
      this.peerRequest = this.request;
      this.peerView = this.clientAddress();
    }
    return this.peerView;
  }

  /** The path up to `?` or `#` in its normal form (assembly/core/url-path.ts); empty when there is none, as for CONNECT. */
  path(): ByteView {
    this.readTarget();
    return this.pathView;
  }

  /** The query between `?` and `#`, encoded. */
  query(): ByteView {
    this.readTarget();
    return this.queryView;
  }

  /** Room for `length` bytes until the request is decided, less when that is all there is. @returns how many. */
  room(length: i32): i32 {
    return min(length, SCRATCH_BYTES - used);
  }

  /** Where the room begins. */
  get roomStart(): usize {
    return changetype<usize>(SCRATCH) + <usize>used;
  }

  /** Keeps the first `length` bytes of the room. */
  keep(length: i32, view: ByteView): void {
    view.set(this.roomStart, length);
    used += length;
  }

  private readTarget(): void {
    if (this.targetRequest == this.request) return;
    this.targetRequest = this.request;
    const path = this.pathView;
    const query = this.queryView;
    path.set(0, 0);
    query.set(0, 0);
    const target = this.header(PATH_HEADER);
    if (target == null) return;
    const length = lengthBefore(target, 0, true);
    path.set(target.ptr, length);
    if (length < target.length && target.at(length) == 0x3f) {
      query.set(target.ptr + <usize>(length + 1), lengthBefore(target, length + 1, false));
    }
    if (isPlainPath(path)) return;
    path.length = this.room(length);
    this.keep(normalizePath(path, this.roomStart), path);
  }
}

/** Bytes from `from` on before `#`, or before `?` too. */
function lengthBefore(target: ByteView, from: i32, question: bool): i32 {
  let i = from;
  for (; i < target.length; i++) {
    const byte = target.at(i);
    if (byte == 0x23 /* # */ || (question && byte == 0x3f) /* ? */) break;
  }
  return i - from;
}
