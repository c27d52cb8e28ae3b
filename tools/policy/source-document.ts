import {
  type Alias,
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  visit,
} from "yaml";
import type { Path } from "./fault.js";

/** Lines and columns count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** One YAML document: its value as JSON, and where each part of that value stands in the file. */
export class SourceDocument {
  constructor(
    readonly file: string,
    /** The document as JSON would have it; what cannot be JSON is null and has a finding. */
    readonly value: unknown,
    private readonly yaml: Document.Parsed,
    private readonly anchors: Anchors,
    private readonly lines: LineCounter,
    private readonly origin: (path: Path) => Path = (path) => path,
  ) {}

  /** The same document for paths of a value that was made from its own. @param origin where that came from. */
  movedBy(origin: (path: Path) => Path): SourceDocument {
    const { file, value, yaml, anchors, lines } = this;
    const own = this.origin;
    return new SourceDocument(file, value, yaml, anchors, lines, (path) => own(origin(path)));
  }

  /** The place of a value, or of its key; of the nearest thing around it when the path leads nowhere. */
  locate(path: Path, at: "key" | "value" = "value"): Place {
    let node: unknown = this.yaml.contents;
    let offset = offsetOf(node) ?? this.yaml.range[0];
    const steps = this.origin(path);
    for (const [depth, step] of steps.entries()) {
      const found = child(this.anchors.resolve(node), step);
      if (!found) break;
      const wantsKey = at === "key" && depth === steps.length - 1;
      offset = (wantsKey ? undefined : offsetOf(found.value)) ?? offsetOf(found.key) ?? offset;
      node = found.value;
    }
    return placeAt(this.lines, offset);
  }

  /** Where the lines of a text begin that is written as a block, after |; undefined for texts of another form. */
  blockAt(path: Path): Place | undefined {
    const node = path.reduce<unknown>(
      (found, step) => child(this.anchors.resolve(found), step)?.value,
      this.yaml.contents,
    );
    const text = this.anchors.resolve(node);
    if (!isScalar(text) || text.type !== "BLOCK_LITERAL" || typeof text.value !== "string" || !text.range)
      return undefined;
    const [start, end] = text.range;
    const { line } = placeAt(this.lines, start);
    const lines = text.value.trimEnd().split("\n");
    const written = end - (this.lines.lineStarts[line] ?? end);
    const indentation = (written - lines.join("\n").length - 1) / Math.max(1, lines.filter((one) => one !== "").length);
    return { line: line + 1, column: 1 + Math.max(0, Math.floor(indentation)) };
  }

  /** Keys and values that are written without quotes, in order, each once. */
  plainScalars(): PlainScalar[] {
    const found: PlainScalar[] = [];
    visit(this.yaml, {
      Scalar: (key, { type, source, range }) => {
        if (type !== "PLAIN" || source === undefined || !range) return;
        found.push({ source, isKey: key === "key", ...placeAt(this.lines, range[0]) });
      },
    });
    return found;
  }
}

/** A key or a value without quotes, as it is written. */
export interface PlainScalar extends Place {
  source: string;
  isKey: boolean;
}

/** Line and column of an offset. */
export function placeAt(lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** What the aliases of one document stand for. The library's own lookup reads the whole document for every alias. */
export class Anchors {
  private readonly targets = new Map<unknown, Node | undefined>();

  /** @param text in which the document stands. */
  constructor(document: Document.Parsed, text: string) {
    if (!text.includes("*")) return; // so that it has no alias
    const anchored = new Map<string, Node>();
    visit(document, {
      Alias: (_, alias: Alias) => void this.targets.set(alias, anchored.get(alias.source)),
      Value: (_, node) => void (node.anchor && anchored.set(node.anchor, node)),
    });
  }

  /** The anchored node for an alias, undefined when no anchor before it has its name; any other node is itself. */
  resolve(node: unknown): unknown {
    return this.targets.has(node) ? this.targets.get(node) : node;
  }
}

function child(node: unknown, step: string | number): { key?: unknown; value: unknown } | undefined {
  if (isSeq(node)) return Number(step) in node.items ? { value: node.items[Number(step)] } : undefined;
  if (!isMap(node)) return undefined;
  return node.items.find((pair: Pair) => isScalar(pair.key) && pair.key.value === String(step));
}

function offsetOf(node: unknown): number | undefined {
  if (isPair(node)) return offsetOf(node.key);
  return (node as Node | null | undefined)?.range?.[0];
}
