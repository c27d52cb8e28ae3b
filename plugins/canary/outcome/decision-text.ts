import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { MAX_NAME } from "../../../assembly/core/plain-name";

const BETWEEN: Utf8 = new Utf8("; rule=");

/**
 * A decision for people who debug: `v2; rule=ramp`. Without an arm it begins with `-`; when no rule decided, the rule is
 * called `default`. Allocates nothing after construction.
 */
@final
export class DecisionText {
  private readonly arms: Utf8[];
  private readonly rules: Utf8[];
  private readonly bytes: StaticArray<u8> = new StaticArray<u8>(2 * MAX_NAME + BETWEEN.length);
  private readonly view: ByteView = new ByteView();

  /** @param arms @param rules names by index, of at most MAX_NAME bytes. */
  constructor(arms: string[], rules: string[]) {
    this.arms = arms.concat(["-"]).map<Utf8>((name: string) => new Utf8(name));
    this.rules = rules.concat(["default"]).map<Utf8>((name: string) => new Utf8(name));
  }

  /** @param arm the number of arms for none. @param rule -1 for none. @returns what is valid until the next call. */
  of(arm: i32, rule: i32): ByteView {
    const arms = this.arms;
    const rules = this.rules;
    this.view.set(changetype<usize>(this.bytes), 0);
    this.append(arms[<u32>arm < <u32>arms.length ? arm : arms.length - 1]);
    this.append(BETWEEN);
    this.append(rules[<u32>rule < <u32>rules.length ? rule : rules.length - 1]);
    return this.view;
  }

  private append(text: Utf8): void {
    const view = this.view;
    memory.copy(view.ptr + <usize>view.length, text.ptr, <usize>text.length);
    view.length += text.length;
  }
}
