import { ConfigNode } from "../../../assembly/core/config-reader";
import { quoteAll } from "../../../assembly/core/quote";
import { Xoshiro256 } from "../../../assembly/core/xoshiro256";
import { readCookieName } from "../../../assembly/request/config";
import { HeaderNames } from "../../../assembly/request/facts";
import { ValueSource } from "../../../assembly/request/source";
import { readSource, SOURCE_KINDS } from "../conditions/source-config";
import { AssignmentCookie, AssignmentSource } from "./assignment-cookie";
import { ATTRIBUTE_KEYS, readAttributes } from "./cookie-attributes";

const ASSIGN: string = "assign_cookie";

/** Reads what shares stick to. Only at configure: allocates. */
@final
export class KeyReader {
  /** The cookie that the configuration assigns, one for all rules, since their salts already deal it anew; null: none. */
  assignment: AssignmentSource | null = null;
  private written: string = "";

  /** @param chance where tokens come from: see `AssignmentSource`. */
  constructor(
    private readonly names: HeaderNames,
    private readonly chance: Xoshiro256,
  ) {}

  /** Reads under `key` of `node` an assignment cookie or another source; null with a problem. */
  read(node: ConfigNode, key: string): ValueSource | null {
    const member = node.requiredObject(key);
    if (member == null) return null;
    if (!member.has(ASSIGN)) {
      if (member.value.size > 0) return readSource(member, this.names);
      member.refuse(`expected one of the keys ${quoteAll([ASSIGN].concat(SOURCE_KINDS))}`);
      return null;
    }
    if (member.value.size > 1) member.refuse(`expected "${ASSIGN}" alone`);
    const cookie = member.object(ASSIGN);
    return cookie == null ? null : this.readAssignment(cookie);
  }

  private readAssignment(node: ConfigNode): ValueSource {
    node.refuseUnknown(["name"].concat(ATTRIBUTE_KEYS));
    const name = readCookieName(node, "name");
    const attributes = readAttributes(node, name);
    const earlier = this.assignment;
    if (earlier != null) {
      if (this.written != name + attributes) {
        node.refuse("expected the cookie of an earlier rule: one is enough for all, since each salt deals it anew");
      }
      return earlier;
    }
    this.written = name + attributes;
    const cookie = new AssignmentCookie(name, attributes);
    const source = new AssignmentSource(cookie, this.names.add("cookie"), this.chance);
    this.assignment = source;
    return source;
  }
}
