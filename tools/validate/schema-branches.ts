import type { ErrorObject } from "ajv/dist/2020.js";
import { isObject } from "../is-object.js";

type Branches = (error: ErrorObject) => ErrorObject[][];

/**
 * ajv reports a oneOf or anyOf that does not hold together with every error of every branch. Of these only one thing is
 * worth saying: the errors of the branch that was most likely meant, or, when none stands out, the choice itself.
 * @param branchesOf what keeps the value from each branch; schemas in it are the same objects as in `errors`.
 */
export function withoutEchoes(errors: readonly ErrorObject[], branchesOf: Branches): ErrorObject[] {
  // From the outermost on, which ajv reports last.
  const choices = errors.filter(isChoice).reverse();
  const echoes = new Set<string>();
  const chosen: ErrorObject[] = [];
  for (const choice of choices) {
    const branches = branchesOf(choice);
    for (const error of branches.flat()) echoes.add(identity(error));
    if (echoes.has(identity(choice))) continue; // a choice inside a branch of another choice
    const best = likelyBranch(choice, branches);
    chosen.push(...(best ? withoutEchoes(best, branchesOf) : [inOneWord(choice, branches)]));
  }
  const plain = errors.filter((error) => !SILENT.has(error.keyword) && !choices.includes(error));
  return withoutResults([...plain.filter((error) => !echoes.has(identity(error))), ...chosen]);
}

/** Without choices that lack a key because the value is no object, or since a key beside is unknown or lacks a key too. */
function withoutResults(errors: ErrorObject[]): ErrorObject[] {
  const reasons = errors.filter(({ keyword }) => REASONS.has(keyword));
  return errors.filter((error) => {
    const isReasoned = reasons.some(({ instancePath }) => instancePath === error.instancePath);
    return !isReasoned || !isChoice(error) || (isObject(error.data) && hasSeveral(error));
  });
}

const REASONS = new Set(["type", "additionalProperties", "unevaluatedProperties", "dependentRequired"]);

/** Whether the value has keys of several branches. */
function hasSeveral(choice: ErrorObject): boolean {
  const branches = choice.schema as { required?: string[] }[];
  const present = branches.filter(({ required }) =>
    required?.every((key) => Object.hasOwn(choice.data as object, key)),
  );
  return present.length > 1;
}

function isChoice(error: ErrorObject): boolean {
  return error.keyword === "oneOf" || error.keyword === "anyOf";
}

/** Keywords that only announce errors which ajv reports by themselves. */
const SILENT = new Set(["if", "propertyNames", "$ref", "allOf", "contains"]);

function identity(error: ErrorObject): string {
  return JSON.stringify([error.instancePath, error.keyword, error.params, idOf(error.parentSchema)]);
}

const ids = new WeakMap<object, number>();
let nextId = 0;

/** A number for each schema: equal errors of two schemas, one in a branch of the other, are two. */
function idOf(schema: object | undefined): number {
  if (!schema) return -1;
  const id = ids.get(schema) ?? nextId++;
  ids.set(schema, id);
  return id;
}

/** The one branch that is nearest; undefined when several fit, or when branches differ only in the keys they require. */
function likelyBranch(choice: ErrorObject, branches: ErrorObject[][]): ErrorObject[] | undefined {
  if (branches.some((errors) => errors.length === 0)) return undefined;
  if (branches.every((errors) => errors.some((error) => isTypeOfWhole(error, choice)))) return undefined;
  if (branches.every((errors) => errors.every((error) => isMissingKey(error, choice) || isEmptyChoice(error, choice))))
    return undefined;
  const ranked = branches.map((errors) => ({ errors, cost: cost(errors, choice) })).sort((a, b) => a.cost - b.cost);
  const [first, second] = ranked;
  return first && (!second || first.cost < second.cost) ? first.errors : undefined;
}

/**
 * A choice that stays open, in the simplest true form: the types that its branches want, or the keys that they lack. The
 * branches themselves may be references, so their errors are asked and not their text.
 */
function inOneWord(choice: ErrorObject, branches: ErrorObject[][]): ErrorObject {
  const types = branches.map((errors) => errors.find((error) => isTypeOfWhole(error, choice)));
  const [first] = types;
  if (first && types.every((error) => error !== undefined)) {
    return { ...first, schema: [...new Set(types.flatMap((error) => error.schema as string | string[]))] };
  }
  const missing = branches.map((errors) => errors.filter((error) => isMissingKey(error, choice)));
  if (missing.some((errors) => errors.length === 0)) return choice;
  const required = missing.map((errors) => ({
    required: errors.map((error) => String(error.params["missingProperty"])),
  }));
  return { ...choice, schema: required };
}

function isTypeOfWhole(error: ErrorObject, choice: ErrorObject): boolean {
  return error.keyword === "type" && error.instancePath === choice.instancePath;
}

function isMissingKey(error: ErrorObject, choice: ErrorObject): boolean {
  return error.keyword === "required" && error.instancePath === choice.instancePath;
}

/** A choice inside a branch that has no key either. */
function isEmptyChoice(error: ErrorObject, choice: ErrorObject): boolean {
  return isChoice(error) && error.instancePath === choice.instancePath && isObject(error.data) && !hasSeveral(error);
}

/** A value of another type, or keys that a branch does not know, tell that the branch was not meant. */
function cost(errors: ErrorObject[], choice: ErrorObject): number {
  return errors.reduce((sum, error) => {
    if (error.instancePath !== choice.instancePath) return sum + 1;
    const isOfOtherType = error.keyword === "const" && typeof error.data !== typeof error.schema;
    return sum + (error.keyword === "type" || isOfOtherType ? 1000 : 10);
  }, 0);
}
