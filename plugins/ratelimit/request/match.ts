import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { METHOD_HEADER, RequestFacts } from "./facts";

/** How a value is compared. */
export enum Comparison {
  Exact,
  Prefix,
  Present,
  Absent,
}

/** A comparison with a text, encoded once. Allocates nothing after construction. */
@final
export class ValueMatch {
  private readonly operand: Utf8;

  constructor(
    readonly comparison: Comparison,
    operand: string,
  ) {
    this.operand = new Utf8(operand);
  }

  /** @param value null when there is none. */
  holds(value: ByteView | null): bool {
    if (value == null) return this.comparison == Comparison.Absent;
    if (this.comparison == Comparison.Exact) return value.equals(this.operand);
    if (this.comparison == Comparison.Prefix) return value.startsWith(this.operand);
    return this.comparison == Comparison.Present;
  }
}

/** A condition on one header. */
@final
export class HeaderMatch {
  constructor(
    readonly header: i32,
    readonly value: ValueMatch,
  ) {}
}

/** Which requests a rule is for: those that meet every condition given. */
@final
export class RequestMatch {
  path: ValueMatch | null = null;
  /** One of these; empty: any. */
  readonly methods: Utf8[] = [];
  readonly headers: HeaderMatch[] = [];

  /** Allocates: nothing. */
  holds(facts: RequestFacts): bool {
    const path = this.path;
    if (path != null && !path.holds(facts.path())) return false;
    if (this.methods.length > 0 && !this.holdsMethod(facts.header(METHOD_HEADER))) return false;
    for (let i = 0; i < this.headers.length; i++) {
      const condition = unchecked(this.headers[i]);
      if (!condition.value.holds(facts.header(condition.header))) return false;
    }
    return true;
  }

  private holdsMethod(method: ByteView | null): bool {
    if (method == null) return false;
    for (let i = 0; i < this.methods.length; i++) if (method.equals(unchecked(this.methods[i]))) return true;
    return false;
  }
}
