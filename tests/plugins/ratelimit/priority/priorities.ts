import { ConfigNode, Problems } from "../../../../assembly/core/config-reader";
import { parseJsonText } from "../../../../assembly/core/json";
import { HeaderNames } from "../../../../assembly/request/facts";
import { PriorityConfig, readPriorities } from "../../../../plugins/ratelimit/priority/config";

/** Reads `priorities` with these members; what is wrong goes to `problems`. */
export function readMembers(members: string, names: HeaderNames, problems: Problems): PriorityConfig {
  const root = ConfigNode.root(parseJsonText(`{${members}}`), problems);
  return root == null ? new PriorityConfig() : readPriorities(root, names);
}

/** `priorities` with these members, which are meant to be right. */
export function prioritiesOf(members: string, names: HeaderNames): PriorityConfig {
  const problems = new Problems();
  const config = readMembers(members, names, problems);
  assert(problems.ok, problems.list.join("\n"));
  return config;
}
