import { ConfigNode } from "../core/config-reader";
import { headerNameProblem } from "../core/header-name";
import { JsonKind } from "../core/json";
import { HeaderNames } from "./facts";
import { Condition, RequestMatch } from "./match";
import { readMethod, readOperand, Text } from "./operand";
import {
  AuthoritySource,
  CookieSource,
  HeaderSource,
  MethodSource,
  PathSource,
  QuerySource,
  ValueSource,
} from "./source";
import { ExactTest, OneOfTest, PrefixTest, SuffixTest, TemplateTest, ValueTest } from "./value-test";

const MAX_CONDITIONS: i32 = 16;
const MAX_OPERANDS: i32 = 256;
const MAX_EXEMPT: i32 = 16;
const MAX_NAME: i32 = 128;

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
  readPath(node, names, match);
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

/** Reads under `path` what the path is compared with, if the key is there, and adds it to `match`. */
export function readPath(node: ConfigNode, names: HeaderNames, match: RequestMatch): void {
  const path = node.object("path");
  if (path != null) readComparison(path, names.share(new PathSource()), Text.Path, [], match);
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

/** Reads a cookie's name and answers the cookie as a source. */
export function readCookieSource(node: ConfigNode, key: string, names: HeaderNames): ValueSource {
  return names.share(new CookieSource(readCookieName(node, key), names.add("cookie")));
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

/** Reads the name of a cookie, "" with a problem. */
export function readCookieName(node: ConfigNode, key: string): string {
  const name = node.requiredString(key, 1, 128);
  for (let i = 0; i < name.length; i++) {
    const code = <u32>name.charCodeAt(i);
    if (code > 0x20 && code < 0x7f && !'"(),/:;<=>?@[\\]{}'.includes(name.charAt(i))) continue;
    node.refuseAt(key, "expected a cookie's name of letters, digits and !#$%&'*+-.^_`|~ only");
    break;
  }
  return name;
}

function readOtherwise(node: ConfigNode, match: RequestMatch): void {
  match.otherwise = node.bool("otherwise", true);
  if (!match.otherwise) node.refuseAt("otherwise", "expected true; leave the key out for a rule with a match");
  if (node.value.size > 1) node.refuse('expected "otherwise" alone, without conditions');
}

function readMethods(node: ConfigNode, names: HeaderNames, match: RequestMatch): void {
  const methods = node.array("methods", 1, MAX_CONDITIONS);
  const texts = methods.map<string>((method) => readMethod(method));
  if (texts.length > 0) match.conditions.push(new Condition(names.share(new MethodSource()), new OneOfTest(texts)));
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
    match.conditions.push(new Condition(source, null, negated == node.bool("present", true)));
    return;
  }
  const operands: string[] = [];
  const nodes = kind == "in" ? node.array("in", 1, MAX_OPERANDS) : [node.member(kind)!];
  for (let i = 0; i < nodes.length; i++) operands.push(readOperand(nodes[i], kind, text));
  if (operands.length > 0) match.conditions.push(new Condition(source, testOf(kind, operands), negated));
}

function testOf(kind: string, operands: string[]): ValueTest {
  if (kind == "in") return new OneOfTest(operands);
  if (kind == "prefix") return new PrefixTest(operands[0]);
  if (kind == "suffix") return new SuffixTest(operands[0]);
  return kind == "template" ? new TemplateTest(operands[0]) : new ExactTest(operands[0]);
}
