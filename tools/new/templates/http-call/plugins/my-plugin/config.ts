import { ConfigNode } from "../../assembly/core/config-reader";
import { headerNameProblem, headerValueProblem } from "../../assembly/core/header-name";

// Ranges and defaults are those of schema.json.

const MAX_NAME: i32 = 256;
const MAX_TIMEOUT_MS: i64 = 60_000;
const MAX_FORWARDED: i32 = 16;

/** A configuration, to be used only if it had no problem. */
@final
export class AskConfig {
  cluster: string = "";
  authority: string = "";
  timeoutMs: u32 = 200;
  forward: string[] = ["authorization"];
  /** Whether requests pass that the service does not answer about. */
  failOpen: bool = true;
}

/** Reads a configuration; every mistake in it is put into the node's problems. Only at configure: allocates. */
export function parseConfig(root: ConfigNode): AskConfig {
  const config = new AskConfig();
  root.refuseUnknown(["cluster", "authority", "timeout_ms", "forward", "on_failure"]);
  config.cluster = root.requiredString("cluster", 1, MAX_NAME);
  config.authority = root.string("authority", config.cluster, 1, MAX_NAME);
  const problem = headerValueProblem(config.authority);
  if (problem.length > 0) root.refuseAt(root.has("authority") ? "authority" : "cluster", problem);
  config.timeoutMs = <u32>root.integer("timeout_ms", config.timeoutMs, 1, MAX_TIMEOUT_MS);
  if (root.has("forward")) config.forward = readForward(root);
  config.failOpen = root.oneOf("on_failure", ["allow", "reject"], "allow") == "allow";
  return config;
}

function readForward(root: ConfigNode): string[] {
  const nodes = root.array("forward", 0, MAX_FORWARDED);
  const names: string[] = [];
  for (let i = 0; i < nodes.length; i++) {
    const name = nodes[i].asString("", 1);
    if (name.length == 0) continue; // refused already
    const problem = headerNameProblem(name, true);
    if (problem.length > 0) nodes[i].refuse(problem);
    if (names.includes(name)) nodes[i].refuse("expected another header than those before");
    names.push(name);
  }
  return names;
}
