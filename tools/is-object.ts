/** Whether a value, such as one that came of JSON or YAML, is an object with keys: no list, and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
