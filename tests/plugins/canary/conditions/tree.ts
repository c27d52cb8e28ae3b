import { Utf8 } from "../../../../assembly/core/bytes";
import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { IdSet } from "../../../../assembly/core/id-set";
import { parseJsonText } from "../../../../assembly/core/json";
import { HeaderNames } from "../../../../assembly/request/facts";
import { Condition } from "../../../../plugins/canary/conditions/condition";
import { ConditionReader } from "../../../../plugins/canary/conditions/config";
import { FixedList, NamedLists } from "../../../../plugins/canary/lists/named-lists";
import { MemoryRequest } from "../../../assembly/request/memory-request";

/** A condition as a configuration has it, and the requests that it is asked about. */
export class Tree {
  readonly names: HeaderNames = new HeaderNames();
  readonly problems: Problems = new Problems();
  readonly condition: Condition | null;

  /** @param ids of the one list, `testers`; none: there is no list. */
  constructor(json: string, ids: string[] = ["42", "alice"]) {
    const lists = new NamedLists();
    const set = new IdSet(ids.length, 5, 6);
    for (let i = 0; i < ids.length; i++) {
      const id = new Utf8(ids[i]);
      set.add(id.ptr, id.length);
    }
    if (ids.length > 0) lists.add("testers", new FixedList(set));
    const node = ConfigNode.root(parseJsonText(json), this.problems);
    const reader = new ConditionReader(this.names, lists, "x-canary", 1, 2);
    this.condition = node != null ? reader.read(node) : null;
  }

  request(): MemoryRequest {
    assert(this.problems.ok, this.problems.list.join("\n"));
    return new MemoryRequest(this.names);
  }

  holds(request: MemoryRequest): bool {
    request.begin();
    return this.condition!.holds(request);
  }
}

/** Whether a condition holds for a request with this header, or without it for "-". */
export function holdsFor(json: string, value: string, header: string = "x-user"): bool {
  const tree = new Tree(json);
  const request = tree.request();
  return tree.holds(value == "-" ? request : request.with(header, value));
}

/** What is wrong with a condition, one line each. */
export function problemsOf(json: string, ids: string[] = ["42"]): string {
  return new Tree(json, ids).problems.list.join("\n");
}
