import type { ConfigRow } from "../../docs/config-rows.js";
import { listed, standardOf } from "../../docs/config-table.js";
import type { JsonSchema } from "../../schema/policy-schema.js";
import { typeInWords } from "./type-in-words.js";
import type { Words } from "./words.js";

/** Texts of the plugin in the language of a README. */
export type Say = (english: string) => string;

/** A Markdown table of these rows: key, type, whether it is required, default, and what it is. */
export function readmeTable(rows: readonly ConfigRow[], root: JsonSchema, words: Words, say: Say): string {
  const { key, type, required, default: standard, description, yes, no } = words;
  const cells = rows.map((row) => [
    `\`${row.key}\``,
    typeInWords(row.schema, root),
    row.isRequired ? yes : no,
    standardOf(row.schema),
    whatOf(row, words, say),
  ]);
  return markdownTable([key, type, required, standard, description], cells);
}

/** Cells are not padded: descriptions are long. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/\s*\n\s*/g, " ").replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function whatOf({ schema, keysAsIn }: ConfigRow, words: Words, say: Say): string {
  const { description, enum: choices, minimum, maximum, minItems, maxItems } = schema as Record<string, never>;
  const { enum: items } = (schema["items"] ?? {}) as { enum?: unknown[] };
  const sentences = typeof description === "string" ? [say(description)] : [];
  if (Array.isArray(choices)) sentences.push(words.oneOf(listed(choices)));
  if (Array.isArray(items)) sentences.push(words.anyOf(listed(items)));
  if (typeof minimum === "number" && typeof maximum === "number")
    sentences.push(words.range(grouped(minimum), grouped(maximum)));
  if (typeof maxItems === "number" && !says(sentences[0] ?? "", maxItems))
    sentences.push(words.items(typeof minItems === "number" ? minItems : 0, grouped(maxItems)));
  return [...sentences, ...keysAsIn.map(words.keysAs)].join(words.join);
}

/** Whether a text has the number, be its digits grouped or not. */
function says(text: string, number: number): boolean {
  return (text.match(/\d[\d,]*/g) ?? []).some((digits) => Number(digits.replaceAll(",", "")) === number);
}

function grouped(number: number): string {
  return number.toLocaleString("en");
}
