import type { Fault } from "../../policy/fault.js";
import type { JsonSchema } from "../../schema/policy-schema.js";

/** Of zh-CN.json: English texts, and their Chinese. */
export const CHINESE_SCHEMA: JsonSchema = { type: "object", additionalProperties: { type: "string", minLength: 1 } };

/** What zh-CN.json lacks of the texts, and what of it is none of them any more. */
export function chineseFaults(chinese: Readonly<Record<string, string>>, texts: ReadonlySet<string>): Fault[] {
  const missing = [...texts].filter((text) => !Object.hasOwn(chinese, text));
  const stale = Object.keys(chinese).filter((text) => !texts.has(text));
  return [...missing.map(missingText), ...stale.map(staleText)];
}

function missingText(text: string): Fault {
  const message = `no Chinese for ${JSON.stringify(text)}`;
  return { code: "TG9131", severity: "warning", path: [], message, remedy: "Add it, or people read it in English" };
}

function staleText(text: string): Fault {
  const remedy = "Correct it to the text that the plugin has, or remove it";
  return {
    code: "TG9131",
    severity: "warning",
    path: [text],
    at: "key",
    message: "the plugin has no such text",
    remedy,
  };
}
