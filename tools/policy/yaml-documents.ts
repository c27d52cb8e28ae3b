import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from "yaml";
import type { Finding } from "../errors.js";
import type { Code } from "./codes.js";
import { JsonConverter, type Misfit } from "./json-value.js";
import { Anchors, placeAt, SourceDocument } from "./source-document.js";

export interface ParsedYaml {
  documents: SourceDocument[];
  findings: Finding[];
}

const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Levels of nesting. The YAML library composes by recursion, and beyond some thousand levels takes the process down. */
const MAX_DEPTH = 100;

/**
 * Parses a file's text into its documents. Never throws: whatever is wrong becomes a finding, and a document with a
 * finding other than a duplicate key is left out.
 */
export function parseYaml(file: string, text: string): ParsedYaml {
  const lines = new LineCounter();
  const report = new Report(file, lines);
  if (text.length > MAX_CHARACTERS) {
    report.add("TG1002", 0, `the file has more than ${MAX_CHARACTERS} characters`, "Split it");
    return { documents: [], findings: report.findings };
  }
  const tokens = new Tokens(text, lines);
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: true, schema: "core" } as const;
  const parsed = [...new Composer(options).compose(tokens, false, text.length)];
  if (tokens.tooDeepAt !== undefined) {
    report.add("TG1008", tokens.tooDeepAt, `nested more than ${MAX_DEPTH} levels deep`, "Flatten it");
    return { documents: [], findings: report.findings };
  }
  const documents = parsed.flatMap((document) => accept(document as Document.Parsed, text, report, lines) ?? []);
  if (parsed.length === 0) report.add("TG1005", 0, "the file holds no document", WRITE_A_POLICY);
  return { documents, findings: report.findings };
}

const WRITE_A_POLICY = "Write a policy: apiVersion, kind: PluginPolicy, metadata, spec";

/** A text's syntax trees, split without recursion, one document after the other. They end where one is nested too deep. */
class Tokens {
  tooDeepAt: number | undefined;

  constructor(
    private readonly text: string,
    private readonly lines: LineCounter,
  ) {}

  *[Symbol.iterator](): Generator<CST.Token> {
    const parser = new Parser(this.lines.addNewLine);
    this.lines.addNewLine(0);
    for (const lexeme of new Lexer().lex(this.text)) {
      yield* parser.next(lexeme);
      if (parser.stack.length <= MAX_DEPTH) continue;
      this.tooDeepAt = parser.offset;
      return;
    }
    yield* parser.end();
  }
}

function accept(
  document: Document.Parsed,
  text: string,
  report: Report,
  lines: LineCounter,
): SourceDocument | undefined {
  const broken = document.errors.find((error) => error.code !== "DUPLICATE_KEY");
  if (broken) {
    report.add("TG1003", broken.pos[0], firstLine(broken.message), "Check indentation and quotes here and just above");
    return undefined;
  }
  for (const error of document.errors) {
    report.add("TG1004", error.pos[0], `the key ${keyAt(text, error.pos[0])} stands twice`, "Keep one of the two");
  }
  for (const warning of document.warnings)
    report.add("TG1007", warning.pos[0], firstLine(warning.message), "Remove the tag");
  const anchors = new Anchors(document, text);
  const converter = new JsonConverter(anchors);
  const value = converter.convert(document.contents);
  for (const misfit of converter.misfits) report.misfit(misfit);
  const isSound = converter.misfits.length === 0 && document.warnings.length === 0;
  if (value === null && isSound)
    report.add("TG1006", document.range[0], "the document is empty", `${WRITE_A_POLICY}; or remove its ---`);
  return value === null || !isSound ? undefined : new SourceDocument(report.file, value, document, anchors, lines);
}

function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").replace(/[.:]$/, "");
}

function keyAt(text: string, offset: number): string {
  const key = /^["']?([^:\n]*?)["']?\s*(:|\n|$)/.exec(text.slice(offset, offset + 200))?.[1] ?? "";
  return `"${key}"`;
}

/** Collects the findings of one file. */
class Report {
  readonly findings: Finding[] = [];

  constructor(
    readonly file: string,
    private readonly lines: LineCounter,
  ) {}

  add(code: Code, offset: number, message: string, remedy: string): void {
    const place = placeAt(this.lines, offset);
    this.findings.push({ code, severity: "error", file: this.file, ...place, message, remedy });
  }

  misfit({ code, offset, message, remedy }: Misfit): void {
    this.add(code, offset, message, remedy);
  }
}
