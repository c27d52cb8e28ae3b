import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { findCookie } from "../../../assembly/core/cookie";
import { isLowerHex, writeLowerHex } from "../../../assembly/core/hex";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { RequestFacts } from "../../../assembly/request/facts";
import { lend, ValueSource } from "../../../assembly/request/source";

/** Hexadecimal digits of a token: 64 bits. */
// @ts-ignore: decorator
@inline
export const TOKEN_DIGITS: i32 = 16;

/**
 * A cookie that tells browsers apart, for shares of users who have no id: a random token, which is a key like any other.
 * It says nothing of an arm. So a browser keeps its place whichever arm it got, and moves only when the share does.
 */
@final
export class AssignmentCookie {
  private readonly name: Utf8;
  /** `name=0123456789abcdef; Path=/...`, with room for the token. */
  private readonly line: Utf8;
  private readonly digits: ByteView = new ByteView();
  private readonly rest: ByteView = new ByteView();

  /** @param name of ASCII. @param attributes what follows the token, from the first `;` on. Allocates. */
  constructor(name: string, attributes: string) {
    this.name = new Utf8(name);
    this.line = new Utf8(`${name}=${"0".repeat(TOKEN_DIGITS)}${attributes}`);
    this.digits.set(this.line.ptr + <usize>(name.length + 1), TOKEN_DIGITS);
  }

  /**
   * Lets `found` view the token that a request brings in a Cookie header, its first one of the right form: a browser may
   * send several cookies of a name, and keeps sending one that somebody else set.
   * @returns false, with `found` undefined, when there is none. Allocates: nothing.
   */
  find(header: ByteView | null, found: ByteView): bool {
    if (header == null) return false;
    const rest = this.rest;
    const end = header.ptr + <usize>header.length;
    rest.set(header.ptr, header.length);
    while (findCookie(rest, this.name, found)) {
      if (found.length == TOKEN_DIGITS && isLowerHex(found.ptr, TOKEN_DIGITS)) return true;
      const after = found.ptr + <usize>found.length;
      rest.set(after, <i32>(end - after));
    }
    return false;
  }

  /** The token of 64 random bits as text, valid until the next `token` or `setCookie`. Allocates: nothing. */
  token(random: u64): ByteView {
    writeLowerHex(random, TOKEN_DIGITS, this.digits.ptr);
    return this.digits;
  }

  /** The value of a Set-Cookie header that assigns the token, valid as long. Allocates: nothing. */
  setCookie(random: u64): ByteView {
    this.token(random);
    return this.line;
  }
}

/** The token of a request as a key: the one that it brings, or else a new one. */
@final
export class AssignmentSource extends ValueSource {
  private drawn: u64 = 0;
  private drawnFor: u64 = 0;

  /**
   * @param header number of the header `cookie`.
   * @param chance where new tokens come from; to be seeded so that no two proxies give the same.
   */
  constructor(
    readonly cookie: AssignmentCookie,
    private readonly header: i32,
    private readonly chance: Xoshiro256,
  ) {
    super("assignment");
  }

  /** The random bits of the token that this request was given and its response must assign; 0 for none. Allocates: nothing. */
  newToken(facts: RequestFacts): u64 {
    return this.drawnFor == facts.request ? this.drawn : 0;
  }

  protected find(facts: RequestFacts, view: ByteView): bool {
    if (this.cookie.find(facts.header(this.header), view)) return true;
    this.drawn = max<u64>(1, this.chance.next());
    this.drawnFor = facts.request;
    return lend(this.cookie.token(this.drawn), view);
  }
}
