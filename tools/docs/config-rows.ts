import { referred } from "../schema/reference.js";

type Schema = Record<string, unknown>;

/** A key of a configuration. */
export interface ConfigRow {
  /** Its path, such as `rules[].quota.per`; `<name>` stands for a name of the user's. */
  key: string;
  /** What a value of it can be, its reference resolved. */
  schema: Schema;
  isRequired: boolean;
  /** Where the keys are told of that values of it have as well. */
  keysAsIn: readonly string[];
}

/**
 * Every key of a configuration, in the schema's order. The keys of a definition that is used in several places are in the
 * first; the others name that one.
 * @param closed references whose keys are told of elsewhere, such as `#/$defs/configuration`.
 */
export function configRows(schema: Schema, closed: readonly string[] = []): ConfigRow[] {
  return new Walk(schema, closed).rowsOf(schema, "");
}

/** References from one definition to the next; those that lead in a circle would go on for ever. */
const MAX_REFERENCES = 16;

/** A schema with the definitions that it refers to; what it says itself comes first. */
export function resolve(schema: Schema, root: Schema, depth = MAX_REFERENCES): Schema {
  const reference = schema["$ref"];
  const target = typeof reference === "string" && depth > 0 ? referred(reference, root) : undefined;
  return target === undefined ? schema : { ...resolve(target, root, depth - 1), ...schema };
}

/** The shapes that a value may have. */
export function shapesOf(schema: Schema): Schema[] {
  return [...((schema["oneOf"] ?? []) as Schema[]), ...((schema["anyOf"] ?? []) as Schema[])];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null;
}

class Walk {
  readonly #places = new Map<string, string>();

  constructor(
    private readonly root: Schema,
    private readonly closed: readonly string[],
  ) {}

  /** Rows of the keys that a value of this schema, in one of the shapes that it may have, can hold. */
  rowsOf(schema: Schema, path: string): ConfigRow[] {
    const reference = schema["$ref"] as string | undefined;
    if (reference !== undefined && (this.#places.has(reference) || this.closed.includes(reference))) return [];
    // Before its keys are walked: one of them may be of the same definition.
    if (reference !== undefined) this.#places.set(reference, path);
    const resolved = resolve(schema, this.root);
    const rows = [...this.#properties(resolved, path), ...shapesOf(resolved).flatMap((one) => this.rowsOf(one, path))];
    if (reference !== undefined && rows.length === 0) this.#places.delete(reference);
    return rows;
  }

  #properties(schema: Schema, path: string): ConfigRow[] {
    const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
    const required = (schema["required"] ?? []) as string[];
    return Object.entries(properties).flatMap(([name, property]) => {
      const key = path === "" ? name : `${path}.${name}`;
      return this.#property(key, property, required.includes(name));
    });
  }

  #property(key: string, property: Schema, isRequired: boolean): ConfigRow[] {
    const resolved = resolve(property, this.root);
    const items = isSchema(resolved["items"]) ? resolved["items"] : undefined;
    const keysAsIn = this.#known(items ?? property);
    const named = resolved["additionalProperties"];
    const rows = items
      ? this.rowsOf(items, `${key}[]`)
      : [...this.rowsOf(property, key), ...(isSchema(named) ? this.#property(`${key}.<name>`, named, false) : [])];
    return [{ key, schema: resolved, isRequired, keysAsIn }, ...rows];
  }

  /** Where the keys of this schema are that are not told again. */
  #known(schema: Schema): string[] {
    const place = this.#places.get(schema["$ref"] as string);
    if (place !== undefined) return [place];
    return shapesOf(resolve(schema, this.root)).flatMap((shape) => this.#known(shape));
  }
}
