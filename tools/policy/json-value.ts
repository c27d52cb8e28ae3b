import { isAlias, isMap, isPair, isScalar, isSeq, type Scalar } from "yaml";
import type { Code } from "./codes.js";
import type { Anchors } from "./source-document.js";

/** A value of a YAML document that JSON cannot hold; `offset` counts characters from the start of the file. */
export interface Misfit {
  code: Code;
  offset: number;
  message: string;
  remedy: string;
}

/** Above this many values a document is refused: a few nested aliases can stand for billions. */
const MAX_VALUES = 400_000;

/** Turns a document's nodes into what JSON can say, as a plugin will receive it. */
export class JsonConverter {
  readonly misfits: Misfit[] = [];
  private values = 0;
  private readonly open = new Set<unknown>();

  constructor(private readonly anchors: Anchors) {}

  convert(node: unknown, near = 0): unknown {
    const offset = (node as { range?: [number] } | null)?.range?.[0] ?? near;
    const target = this.anchors.resolve(node);
    if (isAlias(node) && target === undefined) {
      return this.misfit(
        "TG1003",
        offset,
        `unknown anchor "${node.source}"`,
        `Define it before this place with &${node.source}`,
      );
    }
    if (this.open.has(target)) return this.misfit("TG1008", offset, "an alias contains itself", "Write the value out");
    this.values += 1;
    if (this.values > MAX_VALUES) return this.tooMany(offset);
    if (isScalar(target)) return this.scalar(target, offset);
    this.open.add(target);
    const value = isMap(target)
      ? this.map(target.items, offset)
      : isSeq(target)
        ? this.list(target.items, offset)
        : null;
    this.open.delete(target);
    return value;
  }

  private map(pairs: { key: unknown; value: unknown }[], near: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (const pair of pairs) {
      const key = this.anchors.resolve(pair.key);
      const offset = (pair.key as { range?: [number] } | null)?.range?.[0] ?? near;
      if (isScalar(key) && typeof key.value === "string") entries.push([key.value, this.convert(pair.value, offset)]);
      else this.misfit("TG1007", offset, "a key is not a string", "Put the key in quotes");
    }
    return Object.fromEntries(entries); // defines properties, so that the key __proto__ is a key like any other
  }

  private list(items: unknown[], near: number): unknown[] {
    return items.map((item) => (isPair(item) ? this.map([item], near) : this.convert(item, near)));
  }

  private scalar(node: Scalar, offset: number): unknown {
    const { value } = node;
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value !== "number")
      return this.misfit("TG1007", offset, "a value of a kind that JSON has not", "Write it as a string");
    const text = node.source ?? String(value);
    if (!Number.isFinite(value))
      return this.misfit("TG1007", offset, `${text} is no number in JSON`, "Write a finite number");
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return this.misfit(
        "TG1007",
        offset,
        `${text} has more digits than JSON numbers keep`,
        "Put it in quotes if it is an id",
      );
    }
    return value;
  }

  private misfit(code: Code, offset: number, message: string, remedy: string): null {
    this.misfits.push({ code, offset, message, remedy });
    return null;
  }

  private tooMany(offset: number): null {
    if (this.values > MAX_VALUES + 1) return null; // said once
    return this.misfit("TG1008", offset, `more than ${MAX_VALUES} values, aliases included`, "Split the policy");
  }
}
