import { ByteView, Utf8 } from "../../../assembly/core/bytes";
import { IdSet } from "../../../assembly/core/id-set";
import { PathTemplate } from "../../../assembly/core/path-template";
import { Regex } from "../../../assembly/core/regex";
import { IdList } from "../lists/named-lists";

/** What a value must be like. Allocates nothing after construction. */
export abstract class ValueTest {
  abstract passes(value: ByteView): bool;
}

/** The value is this text, byte for byte. */
@final
export class ExactTest extends ValueTest {
  private readonly text: Utf8;

  constructor(text: string) {
    super();
    this.text = new Utf8(text);
  }

  passes(value: ByteView): bool {
    return value.equals(this.text);
  }
}

/** The value begins with this text. */
@final
export class PrefixTest extends ValueTest {
  private readonly text: Utf8;

  constructor(text: string) {
    super();
    this.text = new Utf8(text);
  }

  passes(value: ByteView): bool {
    return value.startsWith(this.text);
  }
}

/** The value ends with this text. */
@final
export class SuffixTest extends ValueTest {
  private readonly text: Utf8;

  constructor(text: string) {
    super();
    this.text = new Utf8(text);
  }

  passes(value: ByteView): bool {
    return value.endsWith(this.text);
  }
}

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

/** The value is a path of this form. */
@final
export class TemplateTest extends ValueTest {
  private readonly template: PathTemplate;

  constructor(template: string) {
    super();
    this.template = new PathTemplate(template);
  }

  passes(value: ByteView): bool {
    return this.template.holds(value);
  }
}
