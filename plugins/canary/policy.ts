import { ByteView, Utf8 } from "../../assembly/core/bytes";
import { IdSet } from "../../assembly/core/id-set";
import { ALL, StickyShare } from "../../assembly/core/percent";

/** No arm: no rule holds and there is no default. */
// @ts-ignore: decorator
@inline
export const NO_ARM: i32 = -1;

/** Where the headers of a request come from; asked only for those that a rule comes to need. */
export abstract class HeaderSource {
  /** The value of header `index` of `CanaryPolicy.headers`; of no bytes when it is absent or empty. */
  abstract value(index: i32): ByteView;
}

/** What a rule asks of a request: something about one header's value. */
export abstract class Condition {
  /** @param header index into `CanaryPolicy.headers`. */
  constructor(protected readonly header: i32) {}

  /** Allocates: nothing. */
  abstract holds(headers: HeaderSource): bool;
}

/** The value is this text, byte for byte. */
@final
export class ExactCondition extends Condition {
  private readonly text: Utf8;

  constructor(header: i32, text: string) {
    super(header);
    this.text = new Utf8(text);
  }

  holds(headers: HeaderSource): bool {
    return headers.value(this.header).equals(this.text);
  }
}

/** The value begins with this text. */
@final
export class PrefixCondition extends Condition {
  private readonly text: Utf8;

  constructor(header: i32, text: string) {
    super(header);
    this.text = new Utf8(text);
  }

  holds(headers: HeaderSource): bool {
    return headers.value(this.header).startsWith(this.text);
  }
}

/** The value is one of a list of ids. */
@final
export class ListCondition extends Condition {
  constructor(
    header: i32,
    private readonly ids: IdSet,
  ) {
    super(header);
  }

  holds(headers: HeaderSource): bool {
    const value = headers.value(this.header);
    return this.ids.has(value.ptr, value.length);
  }
}

/** The value belongs to a sticky share. A request without a value has no place in it, and belongs only to 100 %. */
@final
export class ShareCondition extends Condition {
  constructor(
    header: i32,
    private readonly share: StickyShare,
  ) {
    super(header);
  }

  holds(headers: HeaderSource): bool {
    const value = headers.value(this.header);
    if (value.length == 0) return this.share.share == ALL;
    return this.share.holds(value.ptr, value.length);
  }
}

/** A condition and the arm of the requests that meet it. */
@final
export class Rule {
  constructor(
    readonly name: string,
    readonly condition: Condition,
    /** Index into `CanaryPolicy.arms`. */
    readonly arm: i32,
  ) {}
}

/** A configuration, read and found good. */
@final
export class CanaryPolicy {
  decisionHeader: string = "";
  /** Names of the headers that rules look at, each once. */
  readonly headers: string[] = [];
  /** Values of the decision header, each once. */
  readonly arms: string[] = [];
  readonly rules: Rule[] = [];
  defaultArm: i32 = NO_ARM;

  /** The arm of the first rule that holds, else the default arm, else NO_ARM. Allocates: nothing. */
  decide(headers: HeaderSource): i32 {
    const rules = this.rules;
    for (let i = 0, count = rules.length; i < count; i++) {
      const rule = unchecked(rules[i]);
      if (rule.condition.holds(headers)) return rule.arm;
    }
    return this.defaultArm;
  }
}
