import { AddressSet } from "../../../assembly/core/address-set";
import { Cidr } from "../../../assembly/core/cidr";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { JsonKind } from "../../../assembly/core/json";
import { quote } from "../../../assembly/core/quote";
import { addressSource, readHops } from "../../../assembly/request/address-config";
import { CLAIM_KEYS, readClaim } from "../../../assembly/request/claim-config";
import { IdentitySource } from "../../../assembly/request/client-source";
import { readAuthority, readCookieSource, readHeaderSource, readQuerySource } from "../../../assembly/request/config";
import { HeaderNames } from "../../../assembly/request/facts";
import { Text } from "../../../assembly/request/operand";
import { MethodSource, PathSource, ValueSource } from "../../../assembly/request/source";
import { NamedLists } from "../lists/named-lists";
import { AddressCondition, ClaimCondition, Condition, PresenceCondition, ValueCondition } from "./condition";
import { METHOD_TESTS, PATH_TESTS, TestReader, TESTS } from "./test-config";

// Ranges and defaults are those of schema.json; a test compares the two.

const MAX_RANGES: i32 = 256;
const IPV4_BITS: i32 = 32;
const IPV6_BITS: i32 = 128;

/** Conditions on something of which a request has several: it has a name. */
const NAMED: string[] = ["header", "cookie", "query", "claim"];
export const LEAF_KINDS: string[] = NAMED.concat(["path", "method", "authority", "client_address", "source_identity"]);

/** Reads conditions that are not made of others. Only at configure: allocates. */
@final
export class LeafReader {
  private readonly tests: TestReader;

  /** As `ConditionReader`. */
  constructor(
    private readonly names: HeaderNames,
    lists: NamedLists,
    private readonly decisionHeader: string,
    key0: u64,
    key1: u64,
  ) {
    this.tests = new TestReader(lists, key0, key1);
  }

  /** The condition of this kind that the object is; null with a problem. */
  read(node: ConfigNode, kind: string): Condition | null {
    const names = this.names;
    if (kind == "client_address") return this.readAddress(node);
    if (kind == "claim") return this.readClaim(node);
    if (kind == "header") return this.readValue(node, kind, this.readHeader(node), Text.Header);
    if (kind == "cookie") return this.readValue(node, kind, readCookieSource(node, "name", names), Text.Any);
    if (kind == "query") return this.readValue(node, kind, readQuerySource(node, "name", names), Text.Any);
    if (kind == "path") return this.readValue(node, kind, names.share(new PathSource()), Text.Path);
    if (kind == "method") return this.readValue(node, kind, names.share(new MethodSource()), Text.Any);
    if (kind == "authority") return this.readValue(node, kind, readAuthority(names), Text.Host);
    return this.readValue(node, kind, names.share(new IdentitySource()), Text.Any);
  }

  private readHeader(node: ConfigNode): ValueSource {
    const source = readHeaderSource(node, "name", this.names);
    const name = node.member("name");
    if (name != null && name.value.kind == JsonKind.String && name.value.text == this.decisionHeader) {
      name.refuse("expected another header than decision_header, which a client could set to choose its arm");
    }
    return source;
  }

  private readValue(node: ConfigNode, kind: string, source: ValueSource, text: Text): Condition | null {
    const tests = kind == "path" ? PATH_TESTS : kind == "method" ? METHOD_TESTS : TESTS;
    const test = this.readTestName(node, tests, NAMED.includes(kind) ? ["name"] : []);
    if (test == "") return null;
    const label = labelOf(node, kind, test);
    if (test == "present") return new PresenceCondition(label, source, node.bool(test, true));
    const read = this.tests.read(node, test, text, kind == "method");
    return read != null ? new ValueCondition(label, source, read) : null;
  }

  private readClaim(node: ConfigNode): Condition | null {
    const source = readClaim(node, this.names);
    const test = this.readTestName(node, TESTS, CLAIM_KEYS);
    if (test == "") return null;
    const label = labelOf(node, "claim", test);
    if (test == "present") return new PresenceCondition(label, source, node.bool(test, true));
    const read = this.tests.read(node, test, Text.Any);
    return read != null ? new ClaimCondition(label, source, read) : null;
  }

  private readTestName(node: ConfigNode, tests: string[], more: string[]): string {
    node.refuseUnknown(more.concat(tests));
    return node.exactlyOne(tests);
  }

  private readAddress(node: ConfigNode): Condition {
    node.refuseUnknown(["in", "trusted_hops"]);
    const hops = readHops(node);
    const ranges: Cidr[] = [];
    if (node.required("in") != null) {
      const nodes = node.array("in", 1, MAX_RANGES);
      for (let i = 0; i < nodes.length; i++) {
        const text = nodes[i].asString();
        if (nodes[i].value.kind != JsonKind.String) continue;
        const range = new Cidr(text);
        if (range.problem == "") ranges.push(range);
        else nodes[i].refuse(range.problem);
      }
    }
    return new AddressCondition(addressSource(this.names, hops, IPV4_BITS, IPV6_BITS), new AddressSet(ranges));
  }
}

/** Such as `header "x-user-id" in_list "testers"`: names, but no text to compare with. */
function labelOf(node: ConfigNode, kind: string, test: string): string {
  return kind + shownName(node.member("name")) + " " + test + (test == "in_list" ? shownName(node.member(test)) : "");
}

/** A name, or the names that lead to a claim; nothing of what is neither. */
function shownName(node: ConfigNode | null): string {
  if (node == null) return "";
  if (node.value.kind == JsonKind.String) return " " + quote(node.value.text);
  if (node.value.kind != JsonKind.Array) return "";
  const names = node.value.elements();
  let path = "";
  for (let i = 0; i < names.length && names[i].kind == JsonKind.String; i++) path += (i > 0 ? "." : "") + names[i].text;
  return " " + quote(path);
}
