import { type ConfigRow, configRows } from "./config-rows.js";

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
  return table([{ key: "key", standard: "default", what: "what" }, ...configRows(schema).map(rowOf)]);
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

function rowOf({ key, schema, isRequired, keysAsIn }: ConfigRow): Row {
  const elsewhere = keysAsIn.map((place) => ` Keys as in \`${place}\`.`).join("");
  return {
    key: `\`${key}\``,
    standard: isRequired ? "required" : standardOf(schema),
    what: whatOf(schema) + elsewhere,
  };
}

/** The default of a key, in Markdown; empty where there is none, or an empty one. */
export function standardOf(schema: Schema): string {
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

/** In Markdown. */
export function listed(choices: readonly unknown[]): string {
  return choices.map((choice) => `\`${String(choice)}\``).join(", ");
}

function table(rows: readonly Row[]): string {
  const columns = ["key", "standard", "what"] as const;
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  const [head, ...body] = rows.map((row) => line(columns.map((column) => row[column])));
  return [head, line(widths.map((width) => "-".repeat(width))), ...body].join("\n");
}
