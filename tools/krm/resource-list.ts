import {
  Composer,
  type CST,
  Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  stringify,
  visit,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import type { Finding } from "../errors.js";
import type { Code } from "../policy/codes.js";
import { placeAt } from "../policy/source-document.js";

/** Levels of nesting; beyond some thousand the YAML library would take the process down. */
const MAX_DEPTH = 200;
/** All scalars are text, so that what is read is written as it was: `010`, `yes` and long numbers among it. */
const AS_WRITTEN = { schema: "failsafe", prettyErrors: false, uniqueKeys: false } as const;

/** A ResourceList of config.kubernetes.io, whose items keep their form and comments. */
export class ResourceList {
  private constructor(
    private readonly document: Document,
    readonly items: YAMLSeq,
    readonly functionConfig: YAMLMap | undefined,
  ) {}

  /** Reads one. Never throws: what is none is a finding. */
  static read(file: string, text: string): ResourceList | Finding {
    const lines = new LineCounter();
    const refuse = (code: Code, offset: number, message: string, remedy: string): Finding => ({
      ...{ code, severity: "error", file, ...placeAt(lines, offset), message, remedy },
    });
    const tokens = tokensOf(text, lines);
    if (!tokens) return refuse("TG1008", 0, `nested more than ${MAX_DEPTH} levels deep`, "Flatten it");
    const [document, another] = [
      ...new Composer({ ...AS_WRITTEN, lineCounter: lines }).compose(tokens),
    ] as Document.Parsed[];
    const [error] = document?.errors ?? [];
    if (error) return refuse("TG1003", error.pos[0], error.message.split("\n", 1)[0] ?? "", "Correct the YAML");
    const whole = document?.contents;
    if (another || !isMap(whole) || textAt(whole, "kind") !== "ResourceList" || !isKnown(textAt(whole, "apiVersion")))
      return refuse("TG3803", 0, "standard input is no ResourceList of config.kubernetes.io/v1", RUN);
    const alias = firstAlias(document as Document.Parsed);
    if (alias !== undefined) return refuse("TG3803", alias, "an alias stands here", "Write what it stands for");
    const items = whole.get("items", true) ?? new YAMLSeq();
    if (!isSeq(items) || !items.items.every((item) => isMap(item)))
      return refuse("TG3803", 0, "the items of the ResourceList are no list of objects", RUN);
    const config = whole.get("functionConfig", true);
    return new ResourceList(document as Document, items, isMap(config) ? config : undefined);
  }

  /** The list with other items and with results, as YAML. */
  text(items: readonly unknown[], results: readonly object[]): string {
    const whole = this.document.contents as YAMLMap;
    const changed = this.items.clone() as YAMLSeq;
    changed.items = [...items];
    whole.set("items", changed);
    if (results.length > 0) whole.set("results", asWritten(stringify(results, { version: "1.1", lineWidth: 0 }))[0]);
    else whole.delete("results");
    return this.document.toString({ lineWidth: 0 });
  }
}

const RUN = "Run it by kustomize or kpt, or use tidegate generate for policies themselves";

/** Where the first alias stands; items go their own ways, without anchors of others. */
function firstAlias(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, { Alias: (_, { range }) => ((offset = range?.[0] ?? 0), visit.BREAK) });
  return offset;
}

function isKnown(apiVersion: string | undefined): boolean {
  return /^config\.kubernetes\.io\/v1(alpha1|beta1)?$/.test(apiVersion ?? "");
}

/** The text's tokens, found without recursion; undefined when it is nested too deep. */
function tokensOf(text: string, lines: LineCounter): CST.Token[] | undefined {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH) return undefined;
  }
  return [...tokens, ...parser.end()];
}

/** The text at the end of keys; undefined when there is none. */
export function textAt(node: YAMLMap, ...keys: readonly string[]): string | undefined {
  let inner: unknown = node;
  for (const key of keys) inner = isMap(inner) ? inner.get(key, true) : undefined;
  return isScalar(inner) && typeof inner.value === "string" ? inner.value : undefined;
}

/** One object's own text. */
export function textOf(node: YAMLMap): string {
  const document = new Document(undefined, AS_WRITTEN);
  document.contents = node as unknown as typeof document.contents;
  return document.toString({ lineWidth: 0 });
}

/** The objects of a text that `generate` wrote, as items that are written as they stand there. */
export function itemsIn(text: string): YAMLMap[] {
  return asWritten(text).filter((node) => isMap(node));
}

function asWritten(text: string): unknown[] {
  const tokens = tokensOf(text, new LineCounter()) ?? [];
  return [...new Composer(AS_WRITTEN).compose(tokens)].map(({ contents }) => contents);
}
