import { AddressSet } from "../../../assembly/core/address-set";
import { ClaimSource } from "../../../assembly/request/claim";
import { AddressSource } from "../../../assembly/request/client-source";
import { RequestFacts } from "../../../assembly/request/facts";
import { ValueSource } from "../../../assembly/request/source";
import { ValueTest } from "../../../assembly/request/value-test";

/** What a request must be like. Allocates nothing after construction. */
export abstract class Condition {
  /**
   * @param label what it asks, for people: without the texts to compare with, among which are ids.
   * @param children the conditions that it is made of, in the order in which they are asked.
   */
  constructor(
    readonly label: string,
    readonly children: Condition[] = [],
  ) {}

  /** Asks the request only for what the outcome depends on. */
  abstract holds(facts: RequestFacts): bool;
}

/** Every one of its conditions holds. */
@final
export class AllCondition extends Condition {
  holds(facts: RequestFacts): bool {
    const children = this.children;
    for (let i = 0; i < children.length; i++) if (!unchecked(children[i]).holds(facts)) return false;
    return true;
  }
}

/** At least one of its conditions holds. */
@final
export class AnyCondition extends Condition {
  holds(facts: RequestFacts): bool {
    const children = this.children;
    for (let i = 0; i < children.length; i++) if (unchecked(children[i]).holds(facts)) return true;
    return false;
  }
}

/** Its condition does not hold. */
@final
export class NotCondition extends Condition {
  constructor(private readonly child: Condition) {
    super("not", [child]);
  }

  holds(facts: RequestFacts): bool {
    return !this.child.holds(facts);
  }
}

/** The request has a value, or has none. */
@final
export class PresenceCondition extends Condition {
  constructor(
    label: string,
    private readonly source: ValueSource,
    private readonly wanted: bool,
  ) {
    super(label);
  }

  holds(facts: RequestFacts): bool {
    return (this.source.value(facts) != null) == this.wanted;
  }
}

/** The request has a value, and one that passes a test. */
@final
export class ValueCondition extends Condition {
  constructor(
    label: string,
    private readonly source: ValueSource,
    private readonly test: ValueTest,
  ) {
    super(label);
  }

  holds(facts: RequestFacts): bool {
    const value = this.source.value(facts);
    return value != null && this.test.passes(value);
  }
}

/** The token has a claim that passes a test; of a list one element does, of an object one key. */
@final
export class ClaimCondition extends Condition {
  constructor(
    label: string,
    private readonly source: ClaimSource,
    private readonly test: ValueTest,
  ) {
    super(label);
  }

  holds(facts: RequestFacts): bool {
    const source = this.source;
    if (!source.openList(facts)) {
      const value = source.value(facts);
      return value != null && this.test.passes(value);
    }
    for (let element = source.next(facts); element != null; element = source.next(facts)) {
      if (this.test.passes(element)) return true;
    }
    return false;
  }
}

/** The client's address is one of a set. */
@final
export class AddressCondition extends Condition {
  constructor(
    private readonly source: AddressSource,
    private readonly addresses: AddressSet,
  ) {
    super("client_address in");
  }

  holds(facts: RequestFacts): bool {
    const address = this.source.value(facts);
    return address != null && this.source.isAddress && this.addresses.has(address);
  }
}
