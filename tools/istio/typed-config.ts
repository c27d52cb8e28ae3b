import leven from "leven";
import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { kindOf, quote } from "../validate/words.js";
import { fieldAt } from "./wasm-message.js";

const PREFIX = "type.googleapis.com/";
export const HTTP_WASM = `${PREFIX}envoy.extensions.filters.http.wasm.v3.Wasm`;
export const TCP_WASM = `${PREFIX}envoy.extensions.filters.network.wasm.v3.Wasm`;
export const STRING_VALUE = `${PREFIX}google.protobuf.StringValue`;
const STRUCTS = [`${PREFIX}udpa.type.v1.TypedStruct`, `${PREFIX}xds.type.v3.TypedStruct`];

/** Types that stand in EnvoyFilters most: a type that is nearly one of them is meant to be it. */
const KNOWN = [
  ...[HTTP_WASM, TCP_WASM, STRING_VALUE, ...STRUCTS],
  ...[
    "Struct",
    "Value",
    "ListValue",
    "Any",
    "Empty",
    "Duration",
    "BytesValue",
    "BoolValue",
    "DoubleValue",
    "FloatValue",
  ].map((name) => `${PREFIX}google.protobuf.${name}`),
  ...["Int32Value", "Int64Value", "UInt32Value", "UInt64Value"].map((name) => `${PREFIX}google.protobuf.${name}`),
  ...[
    ...["router.v3.Router", "rbac.v3.RBAC", "lua.v3.Lua", "local_ratelimit.v3.LocalRateLimit", "cors.v3.Cors"],
    ...["ext_authz.v3.ExtAuthz", "ratelimit.v3.RateLimit", "fault.v3.HTTPFault", "ext_proc.v3.ExternalProcessor"],
    ...["adaptive_concurrency.v3.AdaptiveConcurrency", "header_to_metadata.v3.Config", "compressor.v3.Compressor"],
    ...["upstream_codec.v3.UpstreamCodec", "jwt_authn.v3.JwtAuthentication", "buffer.v3.Buffer", "tap.v3.Tap"],
  ].map((name) => `${PREFIX}envoy.extensions.filters.http.${name}`),
  `${PREFIX}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
  `${PREFIX}envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation`,
];

/** A message of any type within a value, and the type that it says it has; of a TypedStruct the one inside. */
export interface Typed {
  type: string;
  /** What has the message's fields. */
  message: Node;
  /** Where `@type` or `type_url` stands. */
  typeNode: Node;
}

/** Messages of any type within a patch's value, outermost first, and what is wrong with how they say what they are. */
export function typedIn(node: Node): { typed: Typed[]; faults: Fault[] } {
  const typed: Typed[] = [];
  const faults: Fault[] = [];
  const visit = (inner: Node): void => {
    const found = inner.at("@type") === undefined ? undefined : typedOf(inner, faults);
    if (found) typed.push(found);
    for (const [key, value] of inner.members()) {
      if (ANY_FIELDS.has(key) && value.at("@type") === undefined) faults.push(untyped(key, value));
      visit(value);
    }
    inner.items().forEach(visit);
  };
  visit(node);
  return { typed, faults };
}

const ANY_FIELDS = new Set(["typed_config", "typedConfig"]);

function untyped(key: string, value: Node): Fault {
  const near = value.at("type") ?? value.at("@Type") ?? value.at("type_url");
  const message = near ? `${key} says ${quote(near.path.at(-1))} where @type belongs` : `${key} has no @type`;
  const remedy = 'Add "@type": type.googleapis.com/ and the full name of the message, in quotes as it begins with @';
  return { code: "TG3711", path: value.path, at: "key", message, remedy };
}

function typedOf(node: Node, faults: Fault[]): Typed | undefined {
  const typeNode = node.at("@type")!;
  const type = typeNode.text;
  faults.push(...typeFaults(typeNode));
  if (type === undefined) return undefined;
  return STRUCTS.includes(type) ? structOf(node, faults) : { type, message: node, typeNode };
}

/** A TypedStruct is checked by nobody before Envoy: a misspelt type in it, or keys beside `value`, are not seen. */
function structOf(node: Node, faults: Fault[]): Typed | undefined {
  const typeNode = fieldAt(node, "type_url");
  const value = node.at("value");
  const surplus = node.members().find(([key]) => !["@type", "type_url", "typeUrl", "value"].includes(key));
  if (surplus) {
    const message = `a TypedStruct has type_url and value, and no ${quote(surplus[0])}`;
    const remedy = "Put it into value, or write the message's own @type instead of a TypedStruct";
    faults.push({ code: "TG3713", path: surplus[1].path, at: "key", message, remedy });
  }
  if (!typeNode) {
    const message = "a TypedStruct without type_url, so nobody knows what it is";
    faults.push({ code: "TG3713", path: node.path, message, remedy: "Add type_url, or write the message's own @type" });
    return undefined;
  }
  faults.push(...typeFaults(typeNode));
  if (value && (typeof value.value !== "object" || Array.isArray(value.value))) {
    const message = `${kindOf(value.value)} where the fields of the message belong`;
    faults.push({ code: "TG3713", path: value.path, message, remedy: "Write its fields as keys with values" });
  }
  return typeNode.text === undefined || !value ? undefined : { type: typeNode.text, message: value, typeNode };
}

function typeFaults({ value, text, path }: Node): Fault[] {
  const fault = (message: string, remedy: string): Fault[] => [{ code: "TG3711", path, message, remedy }];
  if (text === undefined)
    return fault(`${kindOf(value)} where the name of a type belongs`, `Write ${PREFIX} and a name`);
  if (/\.v2(alpha)?\d*\./.test(text))
    return fault(`${quote(text)} is of an API that Envoy has no more`, "Use the type of v3");
  if (KNOWN.includes(text)) return [];
  const name = text.replace(PREFIX, "");
  const near = KNOWN.map((known) => known.replace(PREFIX, "")).find(
    (known) => known === name || differsLittle(name, known),
  );
  if (!text.includes("/")) return fault(`${quote(text)} is no URL of a type`, `Write ${PREFIX}${near ?? name}`);
  return near === undefined ? [] : fault(`there is no type ${quote(text)}`, `Did you mean "${PREFIX}${near}"?`);
}

/** Types of other filters are often alike: a slip is one or two letters of one word. */
function differsLittle(one: string, other: string): boolean {
  const others = other.split(".");
  const parts = one.split(".");
  const differing = parts.flatMap((part, i) => (part === others[i] ? [] : [i]));
  const [only] = differing;
  if (parts.length !== others.length || differing.length !== 1 || only === undefined) return false;
  return leven(parts[only]!.toLowerCase(), others[only]!.toLowerCase()) <= 2;
}
