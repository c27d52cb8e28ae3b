/** One test of a text, as both plugins write it; a regular expression is one of canary's. */
export type TextTest =
  | { exact: string }
  | { prefix: string }
  | { suffix: string }
  | { in: string[] }
  | { present: boolean }
  | { regex: string };

/** A test without a regular expression that holds for the same texts; undefined when there is none. */
export function plainTest(regex: string): Exclude<TextTest, { regex: string }> | undefined {
  const body = regex.replace(/^\^/, "").replace(/(?<!\\)\$$/, "");
  if (body === ".*") return { present: true };
  const [, head, text = "", tail] = /^(\.\*)?(.*?)(\.\*)?$/s.exec(body) ?? [];
  const words = choices(text);
  if (!words) return undefined;
  if (head === undefined && tail === undefined) return words.length === 1 ? { exact: words[0]! } : { in: words };
  if (words.length > 1 || (head !== undefined && tail !== undefined)) return undefined;
  return head === undefined ? { prefix: words[0]! } : { suffix: words[0]! };
}

/** The texts of `a|b`, `(a|b)` or `a`, if each stands for itself. */
function choices(text: string): string[] | undefined {
  const inner = /^\((?:\?:)?([^()]*)\)$/.exec(text)?.[1] ?? text;
  const words = inner.split("|").map(literal);
  return words.some((word) => word === undefined || word === "") ? undefined : (words as string[]);
}

function literal(text: string): string | undefined {
  return /^(?:[^\\^$.|?*+()[\]{}]|\\[^\p{L}\p{N}])*$/su.test(text) ? text.replace(/\\(.)/gsu, "$1") : undefined;
}
