import { Utf8 } from "../core/bytes";
import { ConfigNode } from "../core/config-reader";
import { headerValueProblem } from "../core/header-name";
import { PathTemplate } from "../core/path-template";
import { quote } from "../core/quote";
import { normalizePath } from "../core/url-path";

/** Of a text to compare with, in characters. */
export const MAX_TEXT: i32 = 1024;
const MAX_HOST: i32 = 255;

/** What kinds of texts a value is compared with. */
export enum Text {
  Path,
  Host,
  Header,
  Any,
}

/**
 * Reads a text to compare with, "" with a problem: one that a value in its normal form can be.
 * @param kind how it is compared: `exact`, `in`, `prefix`, `suffix` or `template`.
 */
export function readOperand(node: ConfigNode, kind: string, text: Text): string {
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

/** Whether the text is a host in lower case, or a part of one. */
export function isHost(text: string): bool {
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

/** Reads a method, "" with a problem. */
export function readMethod(node: ConfigNode): string {
  const method = node.asString("", 1, 32);
  if (method.length > 0 && !isMethod(method)) node.refuse("expected a method in capital letters, such as GET");
  return method;
}

function isMethod(method: string): bool {
  for (let i = 0; i < method.length; i++) {
    const code = <u32>method.charCodeAt(i);
    if (code - 0x41 >= 26 && (i == 0 || code != 0x2d)) return false;
  }
  return true;
}
