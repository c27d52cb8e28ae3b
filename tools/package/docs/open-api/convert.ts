import type { JsonSchema } from "../../../schema/policy-schema.js";
import { referred } from "../../../schema/reference.js";
import type { Converted, Converter } from "./converted.js";
import { joined } from "./join.js";
import { ANNOTATIONS, KEYWORDS } from "./keywords.js";
import { inOrder, withItems } from "./order.js";
import { typeOf } from "./types.js";

/** Something of a JSON Schema that a schema of OpenAPI cannot say. */
export interface LeftOut {
  /** Of the configuration, such as `rules[].key`; empty for the whole of it. */
  path: string;
  keyword: string;
}

/** A schema of OpenAPI 3.0, without references. It accepts all that the JSON Schema does that it was made from. */
export interface OpenApiSchema {
  schema: JsonSchema;
  /** What it accepts more by, in the order of the configuration. */
  leftOut: readonly LeftOut[];
}

export interface OpenApiOptions {
  /** References that become any value of their type, such as `#/$defs/configuration`. */
  open?: readonly string[];
  /** What else a schema says that has these texts. */
  annotate?: (texts: { title?: string; description?: string }) => JsonSchema;
}

/** Turns a JSON Schema of draft 2020-12 into one of OpenAPI 3.0. A reference out of it is left out. */
export function openApiSchema(root: JsonSchema, options: OpenApiOptions = {}): OpenApiSchema {
  const conversion = new Conversion(root, options);
  const { schema } = conversion.valueOf(root, "");
  const once = new Map(conversion.leftOut.map((one) => [`${one.path} ${one.keyword}`, one]));
  return { schema, leftOut: [...once.values()] };
}

/** Definitions that are written out; a few that use each other twice can come to billions. */
const MAX_DEFINITIONS = 5_000;

/** One schema's conversion. */
class Conversion implements Converter {
  readonly leftOut: LeftOut[] = [];
  /** Those that are being followed. */
  readonly #references: string[] = [];
  #definitions = 0;

  constructor(
    private readonly root: JsonSchema,
    private readonly options: OpenApiOptions,
  ) {}

  /** Of a value that a configuration holds: its type is told where it has one. */
  valueOf(schema: unknown, path: string): Converted {
    const converted = this.of(schema, path);
    const type = converted.schema["type"] ?? typeOf(converted.schema);
    const typed = { ...(type === undefined ? {} : { type }), ...converted.schema };
    return { ...converted, schema: inOrder(withItems(typed)) };
  }

  /** Of a schema that stands anywhere. */
  of(schema: unknown, path: string): Converted {
    if (schema === true) return { schema: {}, isExact: true };
    if (schema === false) return { schema: { not: {} }, isExact: true };
    const { $ref: reference, ...own } = schema as JsonSchema;
    const said = this.#keywords(own, path);
    const all = typeof reference === "string" ? joined(this.#definition(reference, path), said) : said;
    return { ...all, schema: inOrder(withItems(all.schema)) };
  }

  /** Notes that a keyword is left out. */
  drop(path: string, keyword: string): void {
    this.leftOut.push({ path, keyword });
  }

  #definition(reference: string, path: string): Converted {
    const target = referred(reference, this.root);
    const isOpen = this.options.open?.includes(reference) || this.#references.includes(reference);
    if (!target || isOpen || this.#definitions++ >= MAX_DEFINITIONS) {
      this.drop(path, "$ref");
      return { schema: typeof target?.["type"] === "string" ? { type: target["type"] } : {}, isExact: false };
    }
    this.#references.push(reference);
    const converted = this.of(target, path);
    this.#references.pop();
    return converted;
  }

  #keywords(schema: JsonSchema, path: string): Converted {
    const result: Converted = { schema: {}, isExact: true };
    for (const [keyword, value] of Object.entries(schema)) {
      const convert = KEYWORDS.get(keyword);
      if (convert) convert(result, { value, schema, path, converter: this });
      else if (!ANNOTATIONS.has(keyword) && !keyword.startsWith("x-")) {
        this.drop(path, keyword);
        result.isExact = false;
      }
    }
    return { ...result, schema: { ...result.schema, ...this.options.annotate?.(schema) } };
  }
}
