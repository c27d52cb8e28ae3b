import { isObject } from "../is-object.js";
import type { JsonSchema } from "./policy-schema.js";

/** The schema that a reference into the same schema leads to, such as `#/$defs/rule`; undefined where it leads nowhere. */
export function referred(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference !== "#" && !reference.startsWith("#/")) return undefined;
  const steps = reference.split("/").slice(1);
  const target = steps.reduce<unknown>((value, step) => inside(value, decoded(step)), root);
  return isObject(target) ? target : undefined;
}

function inside(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

/** A step of a JSON pointer in the fragment of a URI. */
function decoded(step: string): string {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return step;
  }
}
