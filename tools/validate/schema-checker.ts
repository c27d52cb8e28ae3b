import { Ajv2020, type AnySchema, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { Fault } from "../policy/fault.js";
import { withoutEchoes } from "./schema-branches.js";
import { explainError } from "./schema-messages.js";

/** By their schemas, and by the text of those: compiling one takes longer than all that it is asked then. */
const ofSchema = new WeakMap<object, SchemaChecker>();
const ofText = new Map<string, SchemaChecker>();

/** Checks values against one JSON Schema (draft 2020-12) and says in words what does not fit. */
export class SchemaChecker {
  private readonly validate: ValidateFunction;
  private readonly branches = new WeakMap<object, ValidateFunction>();
  private readonly ajv = new Ajv2020({
    allErrors: true,
    verbose: true, // the messages quote the value and its schema
    strict: false,
    code: { optimize: false }, // compiling takes longer than checking even a thousand policies
    validateFormats: false,
    ownProperties: true, // a key named like a property of every JavaScript object is a key like any other
  });

  private constructor(private readonly schema: Record<string, unknown>) {
    this.validate = this.ajv.compile(schema);
  }

  /** The checker of a schema, compiled once. Fails with what ajv says when the schema itself is not valid. */
  static of(schema: Record<string, unknown>): SchemaChecker {
    const known = ofSchema.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema);
    const checker = ofText.get(text) ?? new SchemaChecker(schema);
    ofText.set(text, checker);
    ofSchema.set(schema, checker);
    return checker;
  }

  /** Every fault of a value, paths counted from it; none when it fits. Never throws, whatever the value. */
  check(value: unknown): Fault[] {
    if (this.validate(value)) return [];
    const errors = withoutEchoes(this.validate.errors ?? [], (error) => this.branchErrors(error));
    return withoutDoubles(errors.map(explainError));
  }

  /** What keeps a value from each branch of a oneOf or anyOf: one list of errors a branch, empty when it fits. */
  private branchErrors(error: ErrorObject): ErrorObject[][] {
    return (error.schema as AnySchema[]).map((branch) => {
      const validate = this.branch(branch);
      if (validate(error.data)) return [];
      return (validate.errors ?? []).map((inner) => ({
        ...inner,
        instancePath: error.instancePath + inner.instancePath,
        parentSchema: inner.parentSchema === validate.schema ? (branch as object) : inner.parentSchema!,
      }));
    });
  }

  /** A branch as a schema of its own; it keeps the definitions that its references name. */
  private branch(branch: AnySchema): ValidateFunction {
    if (typeof branch === "boolean") return this.ajv.compile(branch);
    const known = this.branches.get(branch);
    if (known) return known;
    const compiled = this.ajv.compile({ $defs: this.schema["$defs"] ?? {}, ...branch });
    this.branches.set(branch, compiled);
    return compiled;
  }
}

/**
 * A misspelt key explains the missing one that it was meant to be, a wrong type its range, and a length the form; equal
 * faults are said once.
 */
function withoutDoubles(faults: Fault[]): Fault[] {
  const meant = new Set(
    faults.filter((fault) => fault.meant).map((fault) => key(fault.path.slice(0, -1), fault.meant)),
  );
  const placesOf = (wanted: string): Set<string> =>
    new Set(faults.filter(({ code }) => code === wanted).map(({ path }) => JSON.stringify(path)));
  const mistyped = placesOf("TG2003");
  const outside = placesOf("TG2005");
  const seen = new Set<string>();
  return faults.filter((fault) => {
    if (fault.code === "TG2002" && meant.has(key(fault.path.slice(0, -1), fault.path.at(-1)))) return false;
    if (fault.code === "TG2005" && mistyped.has(JSON.stringify(fault.path))) return false;
    if (fault.code === "TG2006" && outside.has(JSON.stringify(fault.path))) return false;
    const identity = key(fault.path, `${fault.code} ${fault.message}`);
    return !seen.has(identity) && seen.add(identity);
  });
}

function key(path: Fault["path"], last: string | number | undefined): string {
  return JSON.stringify([path, last]);
}
