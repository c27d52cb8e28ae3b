import { PathTemplate } from "../core/path-template";
import { RequestFacts } from "./facts";
import { ValueSource } from "./source";
import { TemplateTest, ValueTest } from "./value-test";

/** A condition on one value of a request. Allocates nothing after construction. */
@final
export class Condition {
  /** @param test null: there need only be a value. @param negated holds when it does not. */
  constructor(
    private readonly source: ValueSource,
    private readonly test: ValueTest | null,
    private readonly negated: bool = false,
  ) {}

  /** The template that the value is compared with; null when it is another test. */
  get template(): PathTemplate | null {
    const test = this.test;
    return test instanceof TemplateTest ? (test as TemplateTest).template : null;
  }

  holds(facts: RequestFacts): bool {
    const value = this.source.value(facts);
    const test = this.test;
    return (value != null && (test == null || test.passes(value))) != this.negated;
  }
}

/** Which requests something is for: those that meet every condition given. */
@final
export class RequestMatch {
  /** Not by conditions: the requests that no rule's match holds for. */
  otherwise: bool = false;
  /** In the order in which they are looked at. */
  readonly conditions: Condition[] = [];

  /** The template of the path; null when there is none. */
  get template(): PathTemplate | null {
    for (let i = 0; i < this.conditions.length; i++) {
      if (this.conditions[i].template != null) return this.conditions[i].template;
    }
    return null;
  }

  /** Whether all conditions hold; true when there are none. `otherwise` is not for it to know. Allocates: nothing. */
  holds(facts: RequestFacts): bool {
    for (let i = 0; i < this.conditions.length; i++) if (!unchecked(this.conditions[i]).holds(facts)) return false;
    return true;
  }
}
