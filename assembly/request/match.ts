import { ByteView, Utf8 } from "../core/bytes";
import { PathTemplate } from "../core/path-template";
import { RequestFacts } from "./facts";
import { ValueSource } from "./source";

/** How a value is compared. */
export enum Comparison {
  /** It is one of some texts. */
  In,
  Prefix,
  Suffix,
  /** There is one. */
  Present,
  /** It is a path of a form. */
  Template,
}

/** A condition on one value of a request. Allocates nothing after construction. */
@final
export class Condition {
  private readonly operands: Utf8[];
  /** Only for Comparison.Template. */
  readonly template: PathTemplate | null;

  /** @param operands texts of which one must do; of a template, the template. @param negated holds when it does not. */
  constructor(
    private readonly source: ValueSource,
    readonly comparison: Comparison,
    operands: string[],
    private readonly negated: bool = false,
  ) {
    this.operands = operands.map<Utf8>((text) => new Utf8(text));
    this.template = comparison == Comparison.Template ? new PathTemplate(operands[0]) : null;
  }

  holds(facts: RequestFacts): bool {
    const value = this.source.value(facts);
    return (value != null && this.meets(value)) != this.negated;
  }

  private meets(value: ByteView): bool {
    if (this.comparison == Comparison.Present) return true;
    const template = this.template;
    if (template != null) return template.holds(value);
    for (let i = 0; i < this.operands.length; i++) {
      const operand = unchecked(this.operands[i]);
      if (this.comparison == Comparison.In && value.equals(operand)) return true;
      if (this.comparison == Comparison.Prefix && value.startsWith(operand)) return true;
      if (this.comparison == Comparison.Suffix && value.endsWith(operand)) return true;
    }
    return false;
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
