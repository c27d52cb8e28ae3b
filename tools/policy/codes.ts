/** Every finding's code and what it stands for. A code once published keeps its meaning and is never given to another. */
export const CODES = {
  // the file
  TG1001: "the file cannot be read",
  TG1002: "the file is too large, or is not UTF-8 text",
  TG1003: "the YAML cannot be parsed",
  TG1004: "a key stands twice in one mapping",
  TG1005: "the file holds no document",
  TG1006: "a document is empty",
  TG1007: "a value has no counterpart in JSON",
  TG1008: "the document is nested too deep, or its aliases expand too far",
  // what a schema says of a value
  TG2001: "unknown key",
  TG2002: "a required key is missing",
  TG2003: "wrong type",
  TG2004: "not one of the allowed values",
  TG2005: "out of range",
  TG2006: "wrong form",
  TG2007: "an item stands twice",
  TG2008: "keys that exclude or need each other",
  // what a policy may say
  TG3001: "the policy names neither workload nor gateway",
  TG3002: "unknown plugin",
  TG3003: "two policies share a name",
  TG3004: "a port that the mesh keeps for itself",
  TG3005: "the direction does not fit what the policy is attached to",
  TG3006: "a line break or NUL inside a value",
  TG3007: "a plugin stands twice in a policy",
  TG3008: "nothing says where a module comes from, or the target cannot fetch it from there",
  TG3009: "upstreams that cannot all be reached",
  TG3010: "the policy reaches the whole mesh",
  TG3011: "a setting that the target cannot honour",
  TG3012: "two sockets share a port",
  TG3013: "the target makes one file from one policy",
  // what a policy may say of canary and its routes
  TG3101: "an arm that no route serves",
  TG3102: "a lane that no route serves",
  TG3103: "a rule that no request reaches",
  TG3104: "a schedule that never begins, or is over",
  TG3105: "shares of more than 100 percent together",
  TG3106: "a list that is not defined, or that no rule uses",
  TG3107: "routes that cannot work, or that the target cannot express",
  TG3108: "labels of lanes that are not handed on",
  TG3109: "a list that is fetched from a cluster that is not there",
  // what a policy may say of Envoy's own tracer beside trace
  TG3201: "the tracer would write over what trace writes",
  TG3202: "a setting that older Envoys refuse",
  TG3203: "nothing says whether there is a tracer",
  TG3204: "a tracer of plain Envoy that is not described, or not used",
  TG3205: "a setting of trace that means nothing beside the tracer, or another thing",
  TG3206: "requests that are not joined to those that cause them",
  TG3207: "two policies that put trace into the same router",
  // what goes wrong on the way from one version of a policy to the next
  TG3301: "an arm that is decided before its route is there",
  TG3302: "a route that goes while something still leads to it",
  // what the plugin itself says
  TG4001: "the plugin refuses its configuration",
  TG4002: "the plugin fails without naming a reason",
  TG4003: "the plugin is not built",
  TG4004: "the plugin's module cannot be loaded",
  // what Envoy says
  TG5001: "Envoy refuses the generated configuration",
  // what a module is made of
  TG6001: "the AssemblyScript source does not compile",
  TG6002: "the module imports what Envoy does not have",
  TG6003: "the module has no memory or no allocator for the host",
  TG6004: "the module has no ABI version, or one that Envoy does not speak",
  TG6005: "the module exports a callback that Envoy does not know",
  // what a list of ids holds, and whether it can travel
  TG7001: "a line of a list is no id",
  TG7002: "an id stands twice in a list",
  TG7003: "a list without ids",
  TG7004: "a list of too many ids",
  TG7005: "a generated object that Kubernetes is too small for",
  TG7006: "a generated object that kubectl apply alone does not take",
  TG7007: "a line of a list that may be meant otherwise",
} as const;

export type Code = keyof typeof CODES;
