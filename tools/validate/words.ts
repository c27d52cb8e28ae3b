const MAX_QUOTED = 60;

/** A value as it may stand in a message: strings in quotes, long ones cut. */
export function quote(value: unknown): string {
  const text = typeof value === "string" ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}...`;
}

/** What a value is, in JSON's words. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `the ${typeof value} ${quote(value)}`;
}

const NAMES: Record<string, string> = { array: "a list", object: "an object", integer: "an integer", null: "nothing" };

/** A JSON Schema type with its article. */
export function withArticle(type: string): string {
  return NAMES[type] ?? `a ${type}`;
}
