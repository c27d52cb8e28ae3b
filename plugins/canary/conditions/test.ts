import { ByteView } from "../../../assembly/core/bytes";
import { IdSet } from "../../../assembly/core/id-set";
import { Regex } from "../../../assembly/core/regex";
import { ValueTest } from "../../../assembly/request/value-test";
import { IdList } from "../lists/named-lists";

/** The value is one of these texts. */
@final
export class InTest extends ValueTest {
  constructor(private readonly texts: IdSet) {
    super();
  }

  passes(value: ByteView): bool {
    return this.texts.has(value.ptr, value.length);
  }
}

/** The value is in a list as the list is now. */
@final
export class ListTest extends ValueTest {
  constructor(private readonly list: IdList) {
    super();
  }

  passes(value: ByteView): bool {
    return this.list.has(value.ptr, value.length);
  }
}

/** The whole value matches an expression. */
@final
export class RegexTest extends ValueTest {
  constructor(private readonly regex: Regex) {
    super();
  }

  passes(value: ByteView): bool {
    return this.regex.matches(value);
  }
}
