import { ByteView, Counter, Presence, Utf8 } from "../../../assembly";
import { NO_ARM } from "../outcome/outcome";
import { OwnHeader } from "./own-header";

/** The header that carries the decision to the routes. */
@final
export class DecisionHeader {
  private readonly header: OwnHeader;
  private readonly values: Utf8[];

  /** @param values by arm. Only in onConfigure: allocates. */
  constructor(name: string, values: string[], hostErrors: Counter) {
    this.header = new OwnHeader(name, hostErrors);
    this.values = values.map<Utf8>((value: string) => new Utf8(value));
  }

  /** The arm that the request names already, by a single value; NO_ARM when it names none. Allocates: nothing. */
  given(): i32 {
    if (this.header.read() != Presence.Found) return NO_ARM;
    const value: ByteView = this.header.value;
    for (let arm = 0, count = this.values.length; arm < count; arm++) {
      if (value.equals(unchecked(this.values[arm]))) return this.header.isSingle() ? arm : NO_ARM;
    }
    return NO_ARM;
  }

  /** Names the arm. One host call for the header as it is, one if it must change. Allocates: nothing. */
  write(arm: i32): void {
    this.header.write(unchecked(this.values[arm]));
  }

  /** Takes away what the client sent. Allocates: nothing. */
  strip(): void {
    this.header.strip();
  }
}
