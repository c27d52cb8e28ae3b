import type { ErrorObject } from "ajv/dist/2020.js";
import type { Code } from "../policy/codes.js";
import type { Fault, Path } from "../policy/fault.js";
import { nearest, suggestion } from "../policy/suggest.js";
import { kindOf, quote, withArticle } from "./words.js";

type Explained = Omit<Fault, "path"> & { path?: Path };
type Explain = (error: ErrorObject) => Explained;

/** Says in words, with a code and a remedy, what ajv found. */
export function explainError(error: ErrorObject): Fault {
  const explain = Object.hasOwn(EXPLANATIONS, error.keyword) ? EXPLANATIONS[error.keyword] : undefined;
  const path = pathOf(error.instancePath);
  if (error.propertyName !== undefined) {
    const message = `the key ${quote(error.propertyName)} is not allowed here`;
    const remedy = remedyOf(formRemedy(error));
    return { code: "TG2006", path: [...path, error.propertyName], at: "key", message, ...remedy, isVague: true };
  }
  return { path, ...(explain ?? other)(error) };
}

const EXPLANATIONS: Record<string, Explain | undefined> = {
  additionalProperties: unknownKey,
  unevaluatedProperties: unknownKey,
  required: missingKey,
  dependentRequired: (error) => ({
    code: "TG2008",
    message: `${quote(error.params["property"])} needs ${quote(error.params["missingProperty"])} beside it`,
    remedy: `Add ${error.params["missingProperty"]}, or remove ${error.params["property"]}`,
  }),
  type: wrongType,
  enum: (error) => notAllowed(error, error.schema as unknown[]),
  const: (error) => notAllowed(error, [error.schema]),
  minimum: outOfRange,
  maximum: outOfRange,
  exclusiveMinimum: outOfRange,
  exclusiveMaximum: outOfRange,
  multipleOf: (error) => range(`${quote(error.data)} is not a multiple of ${error.schema}`, "Round it"),
  minLength: (error) =>
    range(`${quote(error.data)} is shorter than ${count(error.schema, "character")}`, "Write a longer one"),
  maxLength: (error) => range(`${quote(error.data)} is longer than ${count(error.schema, "character")}`, "Shorten it"),
  minItems: (error) => range(`a list of fewer than ${count(error.schema, "item")}`, "Add to it"),
  maxItems: (error) => range(`a list of more than ${count(error.schema, "item")}`, "Shorten it"),
  minProperties: (error) => ({
    ...range(`fewer than ${count(error.schema, "key")} here`),
    ...remedyOf(knownKeys(error)),
    isVague: true,
  }),
  maxProperties: (error) => ({
    ...range(`more than ${count(error.schema, "key")} here`),
    ...remedyOf(knownKeys(error)),
  }),
  pattern: (error) => ({
    code: "TG2006",
    message: `${quote(error.data)} has the wrong form`,
    ...remedyOf(formRemedy(error)),
    isVague: true,
  }),
  uniqueItems: (error) => ({
    code: "TG2007",
    // Which of the two numbers is the later item depends on what the items may be.
    path: [...pathOf(error.instancePath), Math.max(error.params["i"] as number, error.params["j"] as number)],
    message: "this item stands twice in the list",
    remedy: "Keep one of the two",
  }),
  oneOf: choice,
  anyOf: choice,
  not: forbidden,
  "false schema": unwanted,
};

function unknownKey(error: ErrorObject): Explained {
  const name = String(error.params["additionalProperty"] ?? error.params["unevaluatedProperty"]);
  const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
  const unused = known.filter((candidate) => !Object.hasOwn(error.data as object, candidate));
  const meant = nearest(name, unused);
  return {
    code: "TG2001",
    path: [...pathOf(error.instancePath), name],
    at: "key",
    message: `unknown key ${quote(name)}`,
    ...remedyOf(meant === undefined ? suggestion(name, known) : suggestion(name, [meant])),
    ...(meant === undefined ? {} : { meant }),
  };
}

function missingKey(error: ErrorObject): Explained {
  const name = String(error.params["missingProperty"]);
  const schema = (error.parentSchema?.["properties"] as Record<string, { description?: string }> | undefined)?.[name];
  const purpose = firstSentence(schema?.description);
  return {
    code: "TG2002",
    path: [...pathOf(error.instancePath), name],
    message: `the key ${quote(name)} is missing`,
    remedy: purpose ? `Add it: ${purpose}` : `Add "${name}"`,
  };
}

function wrongType(error: ErrorObject): Explained {
  const wanted = [error.schema].flat() as string[];
  const message = `${kindOf(error.data)} where ${wanted.map(withArticle).join(" or ")} belongs`;
  return { code: "TG2003", message, ...remedyOf(typeRemedy(error.data, wanted, error.parentSchema ?? {})) };
}

function typeRemedy(data: unknown, wanted: string[], schema: Record<string, unknown>): string | undefined {
  const isNumber = typeof data === "string" && data.trim() !== "" && Number.isFinite(Number(data));
  if (isNumber && wanted.some((type) => type === "number" || type === "integer")) return `Write ${data} without quotes`;
  const isBoolean = data === "true" || data === "false";
  if (isBoolean && wanted.includes("boolean")) return `Write ${data} without quotes`;
  const isPlain = typeof data === "number" || typeof data === "boolean";
  if (isPlain && wanted.includes("string")) return fits(data, schema) ? `Put it in quotes: "${data}"` : example(schema);
  const hasDefaults = wanted.includes("object") && schema["properties"] && !schema["required"] && !schema["oneOf"];
  if (hasDefaults && (data === null || data === true)) return "Write {} for the defaults, or keys with values";
  if (data === null) return "Give it a value, or remove the key";
  const remedies = wanted.map((type) => WRITE[type]).filter((remedy) => remedy !== undefined);
  return remedies.length > 0 ? `Write ${remedies.join(", or ")}` : undefined;
}

/** How a value of a type is written in YAML. */
const WRITE: Record<string, string | undefined> = {
  object: "keys with values: { key: value } or a line for each",
  array: "a list: [ ... ] or lines that begin with -",
  string: "one text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
};

function notAllowed(error: ErrorObject, allowed: unknown[]): Explained {
  const words = allowed.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const remedy = typeof error.data === "string" ? suggestion(error.data, words) : `Allowed here: ${words.join(", ")}`;
  return { code: "TG2004", message: `${quote(error.data)} is not allowed here`, ...remedyOf(remedy) };
}

function outOfRange(error: ErrorObject): Explained {
  const schema = error.parentSchema ?? {};
  const low =
    schema["minimum"] ??
    (schema["exclusiveMinimum"] === undefined ? undefined : `more than ${schema["exclusiveMinimum"]}`);
  const high =
    schema["maximum"] ??
    (schema["exclusiveMaximum"] === undefined ? undefined : `less than ${schema["exclusiveMaximum"]}`);
  const isLow = error.keyword === "minimum" || error.keyword === "exclusiveMinimum";
  const allowed = low === undefined ? `at most ${high}` : high === undefined ? `at least ${low}` : `${low} to ${high}`;
  return range(`${quote(error.data)} is too ${isLow ? "small" : "large"}`, `Allowed: ${allowed}`);
}

function choice(error: ErrorObject): Explained {
  const branches = error.schema as { required?: string[] }[];
  const keys = [...new Set(branches.flatMap((branch) => branch.required ?? []))];
  if (keys.length === 0)
    return { code: "TG2008", message: `${quote(error.data)} fits none of the forms allowed here`, isVague: true };
  const present = keys.filter((name) => Object.hasOwn(Object(error.data) as object, name));
  if (present.length <= 1) {
    const [, wanting] = /\/dependentSchemas\/([^/]+)\/\w+$/.exec(error.schemaPath) ?? [];
    const remedy = wanting === undefined ? "Add one of them" : `Add one of them, or remove ${wanting}`;
    return { code: "TG2008", message: `one of ${keys.join(", ")} is missing`, remedy };
  }
  const both = keys.includes("all") ? `, or write all: [${present.map((name) => `{ ${name}: ... }`).join(", ")}]` : "";
  return { code: "TG2008", message: `${present.join(" and ")} exclude each other`, remedy: `Keep one of them${both}` };
}

function forbidden(error: ErrorObject): Explained {
  const { enum: values, const: value } = error.schema as { enum?: unknown[]; const?: unknown };
  if (values === undefined && value === undefined) return other(error);
  const message = `${quote(error.data)} is not allowed here`;
  return { code: "TG2004", message, remedy: "Choose another value", isVague: true };
}

/** A key that the values of others forbid. */
function unwanted(error: ErrorObject): Explained {
  const name = pathOf(error.instancePath).at(-1) ?? "";
  const message = `the key ${quote(name)} does not go with the others here`;
  return { code: "TG2008", at: "key", message, remedy: "Remove it", isVague: true };
}

function other(error: ErrorObject): Explained {
  const code: Code = error.keyword === "not" ? "TG2008" : "TG2006";
  return {
    code,
    message: `not allowed here: ${error.message ?? error.keyword}`,
    ...remedyOf(firstSentence(error.parentSchema?.["description"])),
  };
}

function formRemedy(error: ErrorObject): string | undefined {
  const pattern = error.parentSchema?.["pattern"];
  return example(error.parentSchema) ?? (typeof pattern === "string" ? `It must match ${pattern}` : undefined);
}

function example(schema: Record<string, unknown> | undefined): string | undefined {
  const text = (schema?.["examples"] as unknown[] | undefined)?.find((value) => typeof value === "string");
  return text === undefined ? undefined : `For example: ${text}`;
}

/** Whether the value would do as a text. */
function fits(value: unknown, schema: Record<string, unknown>): boolean {
  const pattern = schema["pattern"];
  return typeof pattern !== "string" || new RegExp(pattern, "u").test(String(value));
}

function knownKeys(error: ErrorObject): string | undefined {
  const known = Object.keys((error.parentSchema?.["properties"] as object | undefined) ?? {});
  const limit = error.keyword === "maxProperties" ? "Keep" : "Add";
  return known.length > 0 ? `${limit} ${error.schema} of ${known.join(", ")}` : undefined;
}

function range(message: string, remedy?: string): Explained {
  return { code: "TG2005", message, ...remedyOf(remedy) };
}

function count(limit: unknown, noun: string): string {
  return `${limit} ${noun}${limit === 1 ? "" : "s"}`;
}

function remedyOf(remedy: string | undefined): { remedy?: string } {
  return remedy === undefined ? {} : { remedy };
}

function firstSentence(text: unknown): string | undefined {
  return typeof text === "string" ? /^.*?(?=[.;:](\s|$)|$)/.exec(text)?.[0] : undefined;
}

/** A JSON pointer's steps. */
function pathOf(pointer: string): Path {
  const steps = pointer.split("/").slice(1);
  return steps.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}
