import { isObject } from "../is-object.js";
import { type Fault, isSame, type Path } from "../policy/fault.js";
import type { SourceDocument } from "../policy/source-document.js";
import { Field } from "./field.js";
import { pathText } from "./path-text.js";

/** What a cluster writes into resources, and nobody configures. */
const BOOKKEEPING: Path[] = [
  ["apiVersion"],
  ["kind"],
  ["status"],
  ...[
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
    "selfLink",
    "ownerReferences",
    "finalizers",
  ].map((key) => ["metadata", key]),
];

const KEEP = "Leave it out of the files to keep it: its subsets are then called by their names";

/** One resource that is being imported: its fields, what is found in it, and what of it nobody has dealt with yet. */
export class Source {
  readonly faults: Fault[] = [];
  readonly root: Field;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | undefined;
  private readonly settled = new Set<string>();
  private readonly used = new Set<string>();

  /** @param base path of the resource in its document; not empty for an item of a List. */
  constructor(
    readonly document: SourceDocument,
    value: unknown,
    readonly base: Path,
    fallbackName: string,
  ) {
    this.root = new Field(this, value, base);
    const metadata = this.root.at("metadata");
    this.kind = plainText(this.root.at("kind")) ?? "configuration";
    this.name = plainText(metadata?.at("name")) ?? fallbackName;
    this.namespace = plainText(metadata?.at("namespace"));
    for (const path of [...BOOKKEEPING, ["metadata", "name"], ["metadata", "namespace"]])
      this.settle([...base, ...path]);
  }

  /** How messages and comments call the resource. */
  get label(): string {
    return `${this.kind} ${this.namespace === undefined ? "" : `${this.namespace}/`}${this.name}`;
  }

  /** Where findings on the resource as a whole stand: at its name, if it has one. */
  get namePath(): Path {
    return this.root.down("metadata", "name") ? [...this.base, "metadata", "name"] : this.base;
  }

  /** Remembers that a value was of use, though it may have parts that nobody has dealt with. */
  use(path: Path): void {
    this.used.add(JSON.stringify(path.map(String)));
  }

  wasUsed(path: Path): boolean {
    return this.used.has(JSON.stringify(path.map(String)));
  }

  settle(path: Path): void {
    this.settled.add(JSON.stringify(path.map(String)));
  }

  /** Adds a finding, a warning until somebody is strict. Its message begins with the field's path. */
  report(fault: Fault): void {
    const where = pathText(fault.path.slice(this.base.length));
    const message = where === "" ? fault.message : `${where}: ${fault.message}`;
    const isSaid = this.faults.some(
      (other) => other.code === fault.code && isSame(other.path, fault.path) && other.message === message,
    );
    if (!isSaid) this.faults.push({ severity: "warning", ...fault, message });
  }

  /** Reports whatever is left that nobody has settled: the outermost values of which nothing was read. */
  reportLeftovers(): void {
    this.leftovers(this.root);
  }

  /** @returns whether something in the field was settled. */
  private leftovers(field: Field): boolean {
    if (this.settled.has(JSON.stringify(field.path.map(String)))) return true;
    const children = childrenOf(field);
    if (children.length === 0) {
      if (isEmpty(field.value)) return true;
      this.notExpressed(field);
      return false;
    }
    const before = this.faults.length;
    const touched = children.map((child) => this.leftovers(child));
    if (touched.includes(true)) return true;
    this.faults.length = before; // one finding for the whole
    if (field === this.root) return false;
    this.notExpressed(field);
    return false;
  }

  private notExpressed(field: Field): void {
    const remedy = this.kind === "DestinationRule" ? { remedy: KEEP } : {};
    this.report({ code: "TG8102", path: field.path, at: "key", message: "a policy has nothing for this", ...remedy });
  }
}

function childrenOf({ source, value, path }: Field): Field[] {
  if (!isObject(value) && !Array.isArray(value)) return [];
  return Object.entries(value).map(([key, inner]) => new Field(source, inner, [...path, key]));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);
}

function plainText(field: Field | undefined): string | undefined {
  return typeof field?.value === "string" && field.value !== "" ? field.value : undefined;
}
