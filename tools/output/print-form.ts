import { jsonText, yamlText } from "../generate/text.js";

/** What `--output` asks for: words for people, or the same for machines. */
export type PrintForm = "text" | "json" | "yaml";

/** What a command found, in the form asked for. @param inWords gives the text. */
export function printedAs<T extends object>(form: PrintForm, found: T, inWords: (found: T) => string): string {
  if (form === "json") return jsonText([found]);
  return form === "yaml" ? yamlText([found], undefined) : inWords(found);
}
