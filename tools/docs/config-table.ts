type Schema = Record<string, unknown>;

interface Row {
  key: string;
  standard: string;
  what: string;
}

/**
 * A Markdown table of every key of a plugin's configuration, in the schema's order: path, default, description and
 * range. What a plugin's README says of its configuration is this, so that it cannot differ from the schema.
 */
export function configTable(schema: Schema): string {
  const rows = new Walk(schema).rowsOf(schema, "");
  return table([{ key: "key", standard: "default", what: "what" }, ...rows]);
}

const OPEN = "<!-- config: from schema.json, by npm run generate -->";
const CLOSE = "<!-- /config -->";

/** A README with its table of the configuration made anew; unchanged when it has no place for one. */
export function withConfigTable(readme: string, schema: Schema): string {
  const start = readme.indexOf(OPEN);
  const end = readme.indexOf(CLOSE);
  if (start < 0 || end < start) return readme;
  return `${readme.slice(0, start)}${OPEN}\n\n${configTable(schema)}\n\n${readme.slice(end)}`;
}

/** Walks a schema. A definition that is used in several places has its keys in the first; the others name that one. */
class Walk {
  readonly #places = new Map<string, string>();

  constructor(private readonly root: Schema) {}

  /** Rows of the keys that a value of this schema, in one of the shapes that it may have, can hold. */
  rowsOf(schema: Schema, path: string): Row[] {
    const reference = schema["$ref"] as string | undefined;
    if (reference !== undefined && this.#places.has(reference)) return [];
    // Before its keys are walked: one of them may be of the same definition.
    if (reference !== undefined) this.#places.set(reference, path);
    const resolved = resolve(schema, this.root);
    const rows = [...this.#properties(resolved, path), ...shapesOf(resolved).flatMap((one) => this.rowsOf(one, path))];
    if (reference !== undefined && rows.length === 0) this.#places.delete(reference);
    return rows;
  }

  #properties(schema: Schema, path: string): Row[] {
    const properties = (schema["properties"] ?? {}) as Record<string, Schema>;
    const required = (schema["required"] ?? []) as string[];
    return Object.entries(properties).flatMap(([name, property]) => {
      const key = path === "" ? name : `${path}.${name}`;
      return this.#property(key, property, required.includes(name));
    });
  }

  #property(key: string, property: Schema, required: boolean): Row[] {
    const resolved = resolve(property, this.root);
    const items = resolved["items"] as Schema | undefined;
    const known = this.#known(items ?? property).map((place) => ` Keys as in \`${place}\`.`);
    const named = resolved["additionalProperties"] as Schema | false | undefined;
    const rows = items
      ? this.rowsOf(items, `${key}[]`)
      : [...this.rowsOf(property, key), ...(named ? this.#property(`${key}.<name>`, named, false) : [])];
    return [
      { key: `\`${key}\``, standard: standardOf(resolved, required), what: whatOf(resolved) + known.join("") },
      ...rows,
    ];
  }

  /** Where the keys of this schema are that are not told again. */
  #known(schema: Schema): string[] {
    const place = this.#places.get(schema["$ref"] as string);
    if (place !== undefined) return [place];
    return shapesOf(resolve(schema, this.root)).flatMap((shape) => this.#known(shape));
  }
}

function shapesOf(schema: Schema): Schema[] {
  return [...((schema["oneOf"] ?? []) as Schema[]), ...((schema["anyOf"] ?? []) as Schema[])];
}

function resolve(schema: Schema, root: Schema): Schema {
  const reference = schema["$ref"];
  if (typeof reference !== "string") return schema;
  const definitions = root["$defs"] as Record<string, Schema>;
  return { ...definitions[reference.replace("#/$defs/", "")], ...schema };
}

function standardOf(schema: Schema, required: boolean): string {
  if (required) return "required";
  const { default: standard } = schema;
  if (Array.isArray(standard) && standard.length > 0) return `\`${JSON.stringify(standard).replaceAll(",", ", ")}\``;
  return standard === undefined || typeof standard === "object" ? "" : `\`${String(standard as string | number)}\``;
}

function whatOf(schema: Schema): string {
  const { description, enum: choices, minimum, maximum } = schema;
  const sentences = [String(description as string)];
  if (Array.isArray(choices)) sentences.push(`One of ${listed(choices)}.`);
  const { enum: items } = (schema["items"] ?? {}) as Schema;
  if (Array.isArray(items)) sentences.push(`Any of ${listed(items)}.`);
  if (typeof minimum === "number" && typeof maximum === "number")
    sentences.push(`${minimum.toLocaleString("en")} to ${maximum.toLocaleString("en")}.`);
  return sentences.join(" ").replaceAll("|", "\\|");
}

function listed(choices: readonly unknown[]): string {
  return choices.map((choice) => `\`${String(choice)}\``).join(", ");
}

function table(rows: readonly Row[]): string {
  const columns = ["key", "standard", "what"] as const;
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows.map((row) => line(columns.map((column) => row[column])));
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}
