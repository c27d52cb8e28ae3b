import type { JsonSchema } from "../../../schema/policy-schema.js";

/** What has become of a schema so far. */
export interface Converted {
  schema: JsonSchema;
  /** False when it accepts more than the schema that it was made from. */
  isExact: boolean;
}

/** Converts the schemas inside a schema. */
export interface Converter {
  /** Of a value that a configuration holds. */
  valueOf(schema: unknown, path: string): Converted;
  /** Of a schema that stands anywhere. */
  of(schema: unknown, path: string): Converted;
  /** Notes that a keyword is left out. */
  drop(path: string, keyword: string): void;
}

/** A keyword that is to be converted. */
export interface Keyword {
  value: unknown;
  /** The whole schema that it stands in. */
  schema: JsonSchema;
  /** Of the value that it is about. */
  path: string;
  converter: Converter;
}

export type Convert = (result: Converted, keyword: Keyword) => void;

export function exact(schema: JsonSchema): Converted {
  return { schema, isExact: true };
}

/** A part's schema, after which the whole is no more exact than it. */
export function take(result: Converted, part: Converted): JsonSchema {
  result.isExact &&= part.isExact;
  return part.schema;
}

/** Has the result hold where this holds, too. */
export function also({ schema }: Converted, other: JsonSchema): void {
  schema["allOf"] = [...((schema["allOf"] ?? []) as JsonSchema[]), other];
}

/** Leaves a keyword out: the result accepts more. */
export function omit(result: Converted, { path, converter }: Keyword, name: string): void {
  converter.drop(path, name);
  result.isExact = false;
}
