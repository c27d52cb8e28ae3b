import { ConfigNode } from "./config-reader";

/** Length of the longest name. */
// @ts-ignore: decorator
@inline
export const MAX_NAME: i32 = 63;

/**
 * Whether the text is a letter or digit, then up to 62 letters, digits and marks: what may become part of a metric's
 * name, of a log line or a header value as it is.
 */
export function isPlainName(text: string, marks: string, capitals: bool): bool {
  if (text.length == 0 || text.length > MAX_NAME) return false;
  for (let i = 0; i < text.length; i++) {
    const code = <u32>text.charCodeAt(i);
    if (code - 0x61 < 26 || code - 0x30 < 10 || (capitals && code - 0x41 < 26)) continue;
    if (i == 0 || !marks.includes(text.charAt(i))) return false;
  }
  return true;
}

/** "" or what is wrong with a text that is to be a plain name. */
export function plainNameProblem(text: string, marks: string, capitals: bool): string {
  if (isPlainName(text, marks, capitals)) return "";
  const letters = capitals ? "a-z, A-Z" : "a-z";
  const others = marks.split("").slice(0, -1).join(", ");
  return `expected a letter or digit, then up to ${MAX_NAME - 1} of ${letters}, 0-9, ${others} and ${marks.slice(-1)}`;
}

/** Reads the key `name` of a rule, or another `kind` of thing, and adds it to `earlier`, the names that it must differ from. */
export function readName(node: ConfigNode, earlier: string[], kind: string): string {
  const name = node.requiredString("name");
  if (name.length == 0) return name;
  const problem = plainNameProblem(name, "_-", false);
  if (problem.length > 0) node.refuseAt("name", problem);
  if (earlier.includes(name)) node.refuseAt("name", `"${name}" is the name of an earlier ${kind} too`);
  earlier.push(name);
  return name;
}
