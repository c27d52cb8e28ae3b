import type { HeaderList } from "./abi.js";
import {
  INLINE_REQUEST_HEADERS,
  INLINE_RESPONSE_HEADERS,
  INLINE_RESPONSE_TRAILERS,
  NO_INLINE_HEADERS,
} from "./inline-headers.js";

export type HeaderMapKind = "request-headers" | "request-trailers" | "response-headers" | "response-trailers";

const INLINE: Record<HeaderMapKind, ReadonlySet<string>> = {
  "request-headers": INLINE_REQUEST_HEADERS,
  "request-trailers": NO_INLINE_HEADERS,
  "response-headers": INLINE_RESPONSE_HEADERS,
  "response-trailers": INLINE_RESPONSE_TRAILERS,
};

/**
 * Envoy's HeaderMapImpl: names in lower case, order kept, pseudo headers before all others, repeats kept except for
 * the inline headers, which are joined with a comma. `host` in a request is `:authority`.
 */
export class HeaderMap {
  readonly #entries: HeaderList = [];
  readonly #inline: ReadonlySet<string>;
  readonly #hostIsAuthority: boolean;
  /** How many entries at the beginning are pseudo headers. */
  #pseudo = 0;

  constructor(kind: HeaderMapKind, headers: HeaderList = []) {
    this.#inline = INLINE[kind];
    this.#hostIsAuthority = kind === "request-headers";
    for (const [name, value] of headers) this.add(name, value);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Sum of the lengths of names and values. */
  get byteSize(): number {
    let size = 0;
    for (const [name, value] of this.#entries) size += name.length + value.length;
    return size;
  }

  entries(): Readonly<HeaderList> {
    return this.#entries;
  }

  /** The first value; undefined when there is none. */
  first(name: string): string | undefined {
    const key = this.#key(name);
    for (const entry of this.#entries) if (entry[0] === key) return entry[1];
    return undefined;
  }

  /** All values joined by commas, as Envoy's properties and header matchers see them. */
  joined(name: string): string | undefined {
    const key = this.#key(name);
    let joined: string | undefined;
    for (const [other, value] of this.#entries) {
      if (other === key) joined = joined === undefined ? value : `${joined},${value}`;
    }
    return joined;
  }

  add(name: string, value: string): void {
    const key = this.#key(name);
    if (this.#inline.has(key)) {
      const existing = this.#entries.find((entry) => entry[0] === key);
      if (existing) {
        if (value !== "") existing[1] = existing[1] === "" ? value : `${existing[1]},${value}`;
        return;
      }
    }
    if (key.startsWith(":")) this.#entries.splice(this.#pseudo++, 0, [key, value]);
    else this.#entries.push([key, value]);
  }

  /** Removes every value of a name; nothing happens when there is none. */
  remove(name: string): void {
    const key = this.#key(name);
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      if (this.#entries[index]![0] !== key) continue;
      this.#entries.splice(index, 1);
      if (index < this.#pseudo) this.#pseudo--;
    }
  }

  /** Removes every value of a name and adds the new one at the end. */
  replace(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  clear(): void {
    this.#entries.length = 0;
    this.#pseudo = 0;
  }

  #key(name: string): string {
    const key = lowerCase(name);
    return this.#hostIsAuthority && key === "host" ? ":authority" : key;
  }
}

/** ASCII letters only: a byte string has bytes over 127 that must stay as they are. */
function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}
