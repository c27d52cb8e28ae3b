import { type Document, isMap, isScalar, type Pair, parseAllDocuments, type YAMLMap } from "yaml";
import { isSame } from "../diff/json.js";

/** The documents of a policy file, to be changed; call it only with text that `parseYaml` finds nothing wrong with. */
export function documentsOf(text: string): Document.Parsed[] {
  return [...(parseAllDocuments(text, { schema: "core", uniqueKeys: true }) as Document.Parsed[])];
}

/** A change of a text: what stands between two offsets becomes something else. */
export interface Splice {
  from: number;
  to: number;
  text: string;
}

/**
 * The text with small changes where these do what they should; otherwise the documents written anew, which keeps comments,
 * too, but not the layout. @param documents already changed.
 */
export function spliced(
  text: string,
  splices: readonly (Splice | undefined)[],
  documents: readonly Document[],
): string {
  const known = splices.filter((splice) => splice !== undefined);
  if (known.length === splices.length) {
    const result = [...known].sort((one, other) => other.from - one.from).reduce(applied, text);
    const values = documentsOf(result);
    const isMeant = values.length === documents.length && values.every((one, i) => hasValueOf(one, documents[i]!));
    if (isMeant) return result;
  }
  return written(documents);
}

function applied(text: string, { from, to, text: inserted }: Splice): string {
  return text.slice(0, from) + inserted + text.slice(to);
}

function hasValueOf(one: Document.Parsed, other: Document): boolean {
  return one.errors.length === 0 && isSame(one.toJS({ maxAliasCount: -1 }), other.toJS({ maxAliasCount: -1 }));
}

function written(documents: readonly Document[]): string {
  const texts = documents.map((document) => document.toString({ lineWidth: 0 }));
  return texts.reduce((all, text) =>
    text.startsWith("---") || text.startsWith("%") ? all + text : `${all}---\n${text}`,
  );
}

/** The mapping `spec` of a document. */
export function specOf(document: Document): YAMLMap | undefined {
  const spec = document.get("spec", true);
  return isMap(spec) ? spec : undefined;
}

/** Puts lines at the end of a block mapping, as far in as its keys are; undefined where that cannot be. */
export function appended(text: string, map: YAMLMap, lines: string): Splice | undefined {
  const first = keyOffset(map.items[0]);
  const end = map.range?.[1];
  if (map.flow === true || first === undefined || end === undefined) return undefined;
  const margin = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  if (margin.trim() !== "") return undefined;
  const at = endOfLine(text, end);
  const head = at > 0 && text[at - 1] !== "\n" ? "\n" : "";
  const shifted = lines.replace(/^(?=.)/gm, margin);
  return { from: at, to: at, text: head + shifted };
}

/** Takes a key with its value out of a block mapping; undefined where that cannot be. */
export function removed(text: string, map: YAMLMap, key: string): Splice | undefined {
  const lines = linesOf(text, map, key);
  return lines && { from: lines.from, to: lines.to, text: "" };
}

/** Puts a key with its value, as it stands in another block mapping, in the place of that key of this one. */
export function replaced(text: string, map: YAMLMap, key: string, by: YAMLMap): Splice | undefined {
  const [old, now] = [linesOf(text, map, key), linesOf(text, by, key)];
  if (!old || !now) return undefined;
  const margin = " ".repeat(old.margin);
  const shifted = text.slice(now.from, now.to).replace(new RegExp(`^ {${now.margin}}`, "gm"), margin);
  return { from: old.from, to: old.to, text: shifted };
}

/** The whole lines of a key and its value, and how far in they are; undefined where there are none of their own. */
function linesOf(text: string, map: YAMLMap, key: string): { from: number; to: number; margin: number } | undefined {
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key);
  const start = keyOffset(pair);
  const end = (pair?.value as { range?: [number, number, number] } | null)?.range?.[1];
  if (map.flow === true || start === undefined || end === undefined) return undefined;
  const from = text.lastIndexOf("\n", start - 1) + 1;
  if (text.slice(from, start).trim() !== "") return undefined;
  return { from, to: endOfLine(text, end), margin: start - from };
}

/** The beginning of the line after the one that an offset is the end of something in. */
function endOfLine(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === "\n") return offset;
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end + 1;
}

function keyOffset(pair: Pair | undefined): number | undefined {
  return (pair?.key as { range?: [number] } | null | undefined)?.range?.[0];
}
