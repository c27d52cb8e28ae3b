/** What a JSON value is. The numbers are the tape's (json.ts). */
export const enum JsonKind {
  Null,
  Bool,
  Number,
  String,
  Array,
  Object,
}

/** The kind in words, with its article, for messages. */
export function describeKind(kind: JsonKind): string {
  switch (kind) {
    case JsonKind.Null:
      return "null";
    case JsonKind.Bool:
      return "a boolean";
    case JsonKind.Number:
      return "a number";
    case JsonKind.String:
      return "a string";
    case JsonKind.Array:
      return "an array";
    default:
      return "an object";
  }
}
