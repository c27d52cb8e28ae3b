import { isObject } from "./is-object.js";

/** One text for all ways to write the same value: JSON with keys in an order of their own, nothing between tokens. */
export function canonical(value: unknown): string {
  const text = JSON.stringify(value, (_, inner: unknown) =>
    isObject(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  ) as string | undefined;
  return text ?? "undefined";
}
