import { isObject } from "../is-object.js";
import type { Code } from "../policy/codes.js";
import type { Path } from "../policy/fault.js";
import type { Source } from "./source.js";

/**
 * One value of a resource that is being imported. Reading it as text, number or flag, or reporting it, settles it: what
 * nobody has settled in the end is reported as not expressed, so that nothing is lost in silence.
 */
export class Field {
  constructor(
    readonly source: Source,
    readonly value: unknown,
    readonly path: Path,
  ) {}

  /** The first of these members that is there and not null; each is looked for in snake_case and in camelCase. */
  at(...names: string[]): Field | undefined {
    for (const name of names) {
      for (const key of new Set([name, camelCase(name)])) {
        const value = isObject(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
        if (value !== undefined && value !== null) return new Field(this.source, value, [...this.path, key]);
      }
    }
    return undefined;
  }

  /** A member, and a member of that, and so on. */
  down(...names: string[]): Field | undefined {
    return names.reduce<Field | undefined>((field, name) => field?.at(name), this);
  }

  /** The items of a list; anything else is reported, and has none. */
  get items(): Field[] {
    if (Array.isArray(this.value)) return this.value.map((item, i) => new Field(this.source, item, [...this.path, i]));
    this.misread("a list");
    return [];
  }

  /** Members with their names; anything but an object is reported, and has none. */
  get members(): [string, Field][] {
    if (isObject(this.value))
      return Object.keys(this.value).flatMap((key): [string, Field][] => {
        const value = (this.value as Record<string, unknown>)[key];
        return value === null ? [] : [[key, new Field(this.source, value, [...this.path, key])]];
      });
    this.misread("an object");
    return [];
  }

  /** Text; numbers and booleans as they are written, since YAML makes them of what needed quotes. */
  text(): string | undefined {
    this.settle();
    if (typeof this.value === "string") return this.value;
    if (typeof this.value === "number" || typeof this.value === "boolean") return String(this.value);
    this.misread("text");
    return undefined;
  }

  /** A number, in quotes or not, or wrapped as protobuf's UInt32Value is. */
  number(): number | undefined {
    const wrapped = isObject(this.value) ? this.at("value") : undefined;
    if (wrapped) return wrapped.number();
    this.settle();
    const isText = typeof this.value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(this.value);
    const number = isText || typeof this.value === "number" ? Number(this.value) : NaN;
    if (Number.isFinite(number)) return number;
    this.misread("a number");
    return undefined;
  }

  /** A boolean, in quotes or not. */
  flag(): boolean | undefined {
    this.settle();
    if (this.value === true || this.value === "true") return true;
    if (this.value === false || this.value === "false") return false;
    this.misread("true or false");
    return undefined;
  }

  /** An object whose members are text, such as labels. */
  texts(): Record<string, string> {
    return Object.fromEntries(this.members.flatMap(([key, field]) => textEntry(key, field.text())));
  }

  /** Says that this value, with all in it, is dealt with. */
  settle(): this {
    this.source.settle(this.path);
    return this;
  }

  /** Reports this value and settles it. */
  report(code: Code, message: string, remedy?: string): void {
    this.source.report({ code, path: this.path, message, ...(remedy ? { remedy } : {}) });
    this.settle();
  }

  private misread(expected: string): void {
    this.report("TG8103", `expected ${expected}`, "Correct the resource, and import it again");
  }
}

function textEntry(key: string, text: string | undefined): [string, string][] {
  return text === undefined ? [] : [[key, text]];
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
