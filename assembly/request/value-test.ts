import { ByteView, Utf8 } from "../core/bytes";
import { PathTemplate } from "../core/path-template";

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

/** The value is one of a few texts. */
@final
export class OneOfTest extends ValueTest {
  private readonly texts: Utf8[];

  constructor(texts: string[]) {
    super();
    this.texts = texts.map<Utf8>((text) => new Utf8(text));
  }

  passes(value: ByteView): bool {
    for (let i = 0; i < this.texts.length; i++) if (value.equals(unchecked(this.texts[i]))) return true;
    return false;
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

/** The value is a path of this form. */
@final
export class TemplateTest extends ValueTest {
  readonly template: PathTemplate;

  constructor(template: string) {
    super();
    this.template = new PathTemplate(template);
  }

  passes(value: ByteView): bool {
    return this.template.holds(value);
  }
}
