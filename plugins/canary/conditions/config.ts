import { ConfigNode } from "../../../assembly/core/config-reader";
import { HeaderNames } from "../../../assembly/request/facts";
import { NamedLists } from "../lists/named-lists";
import { AllCondition, AnyCondition, Condition, NotCondition } from "./condition";
import { LEAF_KINDS, LeafReader } from "./leaf-config";

// Ranges and defaults are those of schema.json; a test compares the two.

/** Of conditions inside one another. */
const MAX_DEPTH: i32 = 8;
/** Of conditions in one tree, those inside others counted. */
const MAX_CONDITIONS: i32 = 256;
const MAX_CHILDREN: i32 = 64;

const KINDS: string[] = ["all", "any", "not"].concat(LEAF_KINDS);

/** Reads trees of conditions. Only at configure: allocates. */
@final
export class ConditionReader {
  private readonly leaves: LeafReader;
  /** Conditions that the tree at hand may still have; below 0 after one too many. */
  private left: i32 = 0;

  /**
   * @param lists what `in_list` can name. @param decisionHeader what no condition may look at.
   * @param key0 @param key1 secret key of a hash; no decision depends on it.
   */
  constructor(names: HeaderNames, lists: NamedLists, decisionHeader: string, key0: u64, key1: u64) {
    this.leaves = new LeafReader(names, lists, decisionHeader, key0, key1);
  }

  /** The condition that the object is; null with a problem. */
  read(node: ConfigNode): Condition | null {
    this.left = MAX_CONDITIONS;
    return this.readAt(node, 1);
  }

  private readAt(node: ConfigNode, depth: i32): Condition | null {
    if (!this.isWithinBounds(node, depth)) return null;
    node.refuseUnknown(KINDS);
    const kind = node.exactlyOne(KINDS);
    if (kind == "") return null;
    if (kind == "all" || kind == "any") return this.readChildren(node, kind, depth);
    const member = node.object(kind);
    if (member == null) return null;
    if (kind != "not") return this.leaves.read(member, kind);
    const child = this.readAt(member, depth + 1);
    return child != null ? new NotCondition(child) : null;
  }

  /** Says so once when the tree is too deep or too large. */
  private isWithinBounds(node: ConfigNode, depth: i32): bool {
    if (this.left < 0) return false;
    if (depth > MAX_DEPTH) {
      node.refuse(`expected at most ${MAX_DEPTH} conditions inside one another`);
      return false;
    }
    if (--this.left < 0) node.refuse(`expected at most ${MAX_CONDITIONS} conditions in one; this is one more`);
    return this.left >= 0;
  }

  private readChildren(node: ConfigNode, kind: string, depth: i32): Condition {
    const nodes = node.objects(kind, 1, MAX_CHILDREN);
    const children: Condition[] = [];
    for (let i = 0; i < nodes.length; i++) {
      const child = this.readAt(nodes[i], depth + 1);
      if (child != null) children.push(child);
    }
    return kind == "all" ? new AllCondition(kind, children) : new AnyCondition(kind, children);
  }
}
