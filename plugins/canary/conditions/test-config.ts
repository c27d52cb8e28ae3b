import { Utf8 } from "../../../assembly/core/bytes";
import { ConfigNode } from "../../../assembly/core/config-reader";
import { IdSet, MAX_ID_BYTES } from "../../../assembly/core/id-set";
import { Regex } from "../../../assembly/core/regex";
import { MAX_TEXT, readMethod, readOperand, Text } from "../../../assembly/request/operand";
import { ExactTest, PrefixTest, SuffixTest, TemplateTest, ValueTest } from "../../../assembly/request/value-test";
import { NamedLists } from "../lists/named-lists";
import { InTest, ListTest, RegexTest } from "./test";

// Ranges are those of schema.json; a test compares the two.

const MAX_TEXTS: i32 = 1000;

/** Tests that a value can have. */
export const TESTS: string[] = ["present", "exact", "prefix", "suffix", "in", "in_list", "regex"];
export const PATH_TESTS: string[] = TESTS.concat(["template"]);
export const METHOD_TESTS: string[] = ["exact", "in"];

/** Reads what values are compared with. Only at configure: allocates. */
@final
export class TestReader {
  /** @param key0 @param key1 secret key of a hash; no decision depends on it. */
  constructor(
    private readonly lists: NamedLists,
    private readonly key0: u64,
    private readonly key1: u64,
  ) {}

  /** The test of this `kind`, any but `present`, in `node`; null with a problem. */
  read(node: ConfigNode, kind: string, text: Text, isMethod: bool = false): ValueTest | null {
    if (kind == "in") return this.readIn(node, text, isMethod);
    if (kind == "in_list") return this.readInList(node);
    if (kind == "regex") return readRegex(node);
    const operand = isMethod ? readMethod(node.member(kind)!) : readOperand(node.member(kind)!, kind, text);
    if (operand.length == 0) return null;
    if (kind == "prefix") return new PrefixTest(operand);
    if (kind == "suffix") return new SuffixTest(operand);
    return kind == "template" ? new TemplateTest(operand) : new ExactTest(operand);
  }

  private readIn(node: ConfigNode, text: Text, isMethod: bool): ValueTest {
    const nodes = node.array("in", 1, MAX_TEXTS);
    const texts = new IdSet(nodes.length, this.key0, this.key1);
    for (let i = 0; i < nodes.length; i++) {
      const operand = isMethod ? readMethod(nodes[i]) : readOperand(nodes[i], "in", text);
      if (operand.length == 0) continue;
      const bytes = new Utf8(operand);
      if (!texts.add(bytes.ptr, bytes.length)) nodes[i].refuse(`expected a text of at most ${MAX_ID_BYTES} bytes`);
    }
    return new InTest(texts);
  }

  private readInList(node: ConfigNode): ValueTest | null {
    if (this.lists.names.length == 0) {
      node.refuseAt("in_list", 'expected the key "lists" beside "rules", with a list of this name');
      return null;
    }
    const list = this.lists.find(node.oneOf("in_list", this.lists.names, ""));
    return list != null ? new ListTest(list) : null;
  }
}

function readRegex(node: ConfigNode): ValueTest | null {
  const pattern = node.requiredString("regex", 1, MAX_TEXT);
  if (pattern.length == 0) return null;
  const regex = Regex.parse(pattern);
  if (regex.problem.length == 0) return new RegexTest(regex);
  node.refuseAt("regex", regex.problem);
  return null;
}
