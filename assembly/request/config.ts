import { Utf8 } from "../core/bytes";
import { ConfigNode } from "../core/config-reader";
import { headerNameProblem, headerValueProblem } from "../core/header-name";
import { JsonKind } from "../core/json";
import { PathTemplate } from "../core/path-template";
import { quote } from "../core/quote";
import { normalizePath } from "../core/url-path";
import { HeaderNames } from "./facts";
import { Comparison, Condition, RequestMatch } from "./match";
import { AuthoritySource, HeaderSource, MethodSource, PathSource, QuerySource, ValueSource } from "./source";

const MAX_CONDITIONS: i32 = 16;
const MAX_OPERANDS: i32 = 256;
const MAX_EXEMPT: i32 = 16;
/** Of a text to compare with, in characters. */
export const MAX_TEXT: i32 = 1024;
const MAX_NAME: i32 = 128;
const MAX_HOST: i32 = 255;

/** What kinds of texts a value is compared with. */
enum Text {
  Path,
  Host,
  Header,
  Any,
}

/**
 * Reads which requests something is for. Only at configure: allocates.
 * @param otherwiseAllowed `{"otherwise": true}` may stand in place of conditions.
 */
export function readMatch(node: ConfigNode, names: HeaderNames, otherwiseAllowed: bool = false): RequestMatch {
  const match = new RequestMatch();
  const known = ["path", "methods", "authority", "headers", "query"];
  if (otherwiseAllowed) known.push("otherwise");
  node.refuseUnknown(known);
  if (otherwiseAllowed && node.has("otherwise")) readOtherwise(node, match);
  const path = node.object("path");
  if (path != null) readComparison(path, names.share(new PathSource()), Text.Path, [], match);
  readMethods(node, names, match);
  const authority = node.object("authority");
  if (authority != null) readComparison(authority, readAuthority(names), Text.Host, [], match);
  const headers = node.objects("headers", 1, MAX_CONDITIONS);
  for (let i = 0; i < headers.length; i++) {
    const source = readHeaderSource(headers[i], "name", names);
    readComparison(headers[i], source, Text.Header, ["name", "not"], match);
  }
  const query = node.objects("query", 1, MAX_CONDITIONS);
  for (let i = 0; i < query.length; i++) {
    const source = readQuerySource(query[i], "name", names);
    readComparison(query[i], source, Text.Any, ["name", "not"], match);
  }
  return match;
}

/** Reads the matches of requests that something is not for, of which each has a condition. */
export function readExempt(node: ConfigNode, key: string, names: HeaderNames): RequestMatch[] {
  const matches: RequestMatch[] = [];
  const nodes = node.objects(key, 1, MAX_EXEMPT);
  for (let i = 0; i < nodes.length; i++) {
    if (nodes[i].value.size == 0) nodes[i].refuse("expected at least one condition, not a match of every request");
    matches.push(readMatch(nodes[i], names));
  }
  return matches;
}

/** Reads a header's name and answers the header as a source. */
export function readHeaderSource(node: ConfigNode, key: string, names: HeaderNames): ValueSource {
  const name = readHeaderName(node, key);
  return names.share(new HeaderSource(name, names.add(name)));
}

/** Reads a parameter's name and answers the parameter as a source. */
export function readQuerySource(node: ConfigNode, key: string, names: HeaderNames): ValueSource {
  return names.share(new QuerySource(node.requiredString(key, 1, MAX_NAME)));
}

/** The host of the request as a source. */
export function readAuthority(names: HeaderNames): ValueSource {
  return names.share(new AuthoritySource(names.add(":authority")));
}

/** Reads a header's name, "" with a problem. */
export function readHeaderName(node: ConfigNode, key: string): string {
  const member = node.required(key);
  if (member == null) return "";
  const name = member.asString();
  const problem = headerNameProblem(name);
  if (member.value.kind == JsonKind.String && problem != "") member.refuse(problem);
  return name;
}

function readOtherwise(node: ConfigNode, match: RequestMatch): void {
  match.otherwise = node.bool("otherwise", true);
  if (!match.otherwise) node.refuseAt("otherwise", "expected true; leave the key out for a rule with a match");
  if (node.value.size > 1) node.refuse('expected "otherwise" alone, without conditions');
}

function readMethods(node: ConfigNode, names: HeaderNames, match: RequestMatch): void {
  const methods = node.array("methods", 1, MAX_CONDITIONS);
  const texts: string[] = [];
  for (let i = 0; i < methods.length; i++) {
    const method = methods[i].asString("", 1, 32);
    if (method.length > 0 && !isMethod(method)) methods[i].refuse("expected a method in capital letters, such as GET");
    texts.push(method);
  }
  if (texts.length > 0) match.conditions.push(new Condition(names.share(new MethodSource()), Comparison.In, texts));
}

function isMethod(method: string): bool {
  for (let i = 0; i < method.length; i++) {
    const code = <u32>method.charCodeAt(i);
    if (code - 0x41 >= 26 && (i == 0 || code != 0x2d)) return false;
  }
  return true;
}

/** Reads how the value is compared: exactly one of the keys that this kind of text has. */
function readComparison(node: ConfigNode, source: ValueSource, text: Text, more: string[], match: RequestMatch): void {
  let kinds = ["exact", "prefix", "suffix", "in", "present"];
  if (text == Text.Path) kinds = ["exact", "prefix", "suffix", "template"];
  if (text == Text.Host) kinds.pop();
  node.refuseUnknown(kinds.concat(more));
  const negated = more.length > 0 && node.bool("not", false);
  const kind = node.exactlyOne(kinds);
  if (kind == "") return;
  if (kind == "present") {
    match.conditions.push(new Condition(source, Comparison.Present, [], negated == node.bool("present", true)));
    return;
  }
  const operands: string[] = [];
  const nodes = kind == "in" ? node.array("in", 1, MAX_OPERANDS) : [node.member(kind)!];
  for (let i = 0; i < nodes.length; i++) operands.push(readOperand(nodes[i], kind, text));
  if (operands.length > 0) match.conditions.push(new Condition(source, comparisonOf(kind), operands, negated));
}

function comparisonOf(kind: string): Comparison {
  if (kind == "prefix") return Comparison.Prefix;
  if (kind == "suffix") return Comparison.Suffix;
  return kind == "template" ? Comparison.Template : Comparison.In;
}

/** Reads a text to compare with, "" with a problem. */
function readOperand(node: ConfigNode, kind: string, text: Text): string {
  const operand = node.asString("", 1, text == Text.Host ? MAX_HOST : MAX_TEXT);
  if (operand.length == 0) return operand;
  let problem = "";
  if (text == Text.Path) problem = pathProblem(operand, kind);
  if (text == Text.Host)
    problem = isHost(operand) ? "" : "expected a host or a part of one in lower case, without port";
  if (text == Text.Header) problem = headerValueProblem(whole(operand, kind));
  if (problem != "") node.refuse(problem);
  return operand;
}

/** The beginning or end of a value may have white space where the value goes on: puts something else there. */
function whole(operand: string, kind: string): string {
  if (operand.length < 2) return operand;
  if (kind == "prefix" && isSpace(operand.charCodeAt(operand.length - 1))) return operand.slice(0, -1) + "x";
  if (kind == "suffix" && isSpace(operand.charCodeAt(0))) return "x" + operand.slice(1);
  return operand;
}

function isSpace(code: i32): bool {
  return code == 0x20 || code == 0x09;
}

function isHost(text: string): bool {
  const isBracketed = text.length > 2 && text.startsWith("[") && text.endsWith("]");
  const inner = isBracketed ? text.slice(1, -1) : text;
  const known = isBracketed ? "0123456789abcdef:." : "0123456789abcdefghijklmnopqrstuvwxyz._-";
  for (let i = 0; i < inner.length; i++) if (!known.includes(inner.charAt(i))) return false;
  return true;
}

function pathProblem(path: string, kind: string): string {
  if (kind != "suffix" && path.charCodeAt(0) != 0x2f) {
    return "expected a path that begins with / and has no ?, #, space or control character";
  }
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 0x20 || code == 0x7f || code == 0x3f || code == 0x23) {
      return "expected a path that begins with / and has no ?, #, space or control character";
    }
  }
  const before = kind == "suffix" ? "/x" : "";
  const after = kind == "prefix" ? "x" : "";
  const normal = normalForm(before + path + after);
  if (normal != before + path + after) {
    return `expected a path in its normal form, ${quote(normal.slice(before.length, normal.length - after.length))}`;
  }
  return kind == "template" ? new PathTemplate(path).problem : "";
}

function normalForm(path: string): string {
  const bytes = new Utf8(path);
  const to = new Utf8(path);
  to.length = normalizePath(bytes, to.ptr);
  return to.toString();
}
