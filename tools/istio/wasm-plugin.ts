import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import { reservedPort, selectsGateway } from "./reach.js";
import { moduleOf, type Resource, warning } from "./resource.js";
import { moduleUrlFaults } from "./wasm-url.js";

/** What of a WasmPlugin or a TrafficExtension Istio drops, or takes otherwise than it looks. */
export function wasmPluginFaults(resource: Resource): Fault[] {
  const module = moduleOf(resource);
  const ofModule = module ? [...moduleUrlFaults(module), ...coldStart(module), ...environmentFaults(module)] : [];
  return [...oneExtension(resource), ...ofModule, ...matchFaults(resource)];
}

/** A TrafficExtension is one of two things. */
function oneExtension({ kind, spec }: Resource): Fault[] {
  if (kind !== "TrafficExtension") return [];
  const lua = spec.at("lua");
  if (lua && spec.at("wasm"))
    return [{ code: "TG2008", path: lua.path, at: "key", message: "wasm and lua exclude each other", remedy: "Keep one of them" }]; // prettier-ignore
  if (lua || spec.at("wasm")) return [];
  const message = "a TrafficExtension needs wasm or lua";
  return [{ code: "TG2002", path: spec.path, at: "key", message, remedy: "Add wasm, with the url of a module" }];
}

/** The agent hands Envoy a path: without the file there is no filter, but a listener that waits for one. */
function coldStart(spec: Node): Fault[] {
  const strategy = spec.at("failStrategy");
  if (strategy?.text !== "FAIL_OPEN" || !spec.at("url")?.text?.startsWith("file:")) return [];
  const message = "FAIL_OPEN does not help when the file is missing as a proxy starts: every request then gets a 500";
  const remedy = "Be sure that the file is in every proxy, or let Istio's agent fetch the module from oci://";
  return [warning({ code: "TG3724", path: strategy.path, message, remedy })];
}

/** How Istio's agent and istiod tell each other about a module; the agent takes such variables away. */
const AGENTS_OWN = "ISTIO_META_";

function environmentFaults(spec: Node): Fault[] {
  const variables = spec.at("vmConfig")?.at("env")?.items() ?? [];
  const names = variables.map((one) => one.at("name")?.text);
  return variables.flatMap((variable, i): Fault[] => {
    const name = variable.at("name");
    const value = variable.at("value");
    if (name?.text === undefined) return [];
    if (name.text.startsWith(AGENTS_OWN)) {
      const message = `${quote(name.text)} is a name by which Istio's agent itself is told of the module`;
      return [
        { code: "TG3725", path: name.path, message, remedy: `Choose a name that does not begin with ${AGENTS_OWN}` },
      ];
    }
    if (names.indexOf(name.text) < i) {
      const message = `the variable ${name.text} stands twice`;
      return [{ code: "TG2007", path: name.path, message, remedy: "Keep one of the two" }];
    }
    if (variable.at("valueFrom")?.text !== "HOST" || value === undefined) return [];
    const message = "a variable of the host cannot have a value here";
    return [{ code: "TG2008", path: value.path, at: "key", message, remedy: "Remove value, or valueFrom: HOST" }];
  });
}

function matchFaults(resource: Resource): Fault[] {
  const { spec } = resource;
  const match = spec.at("match");
  const ports = (match?.items() ?? []).flatMap((one) => one.at("ports")?.items() ?? []);
  const reserved = ports.flatMap((port) => reservedPort(port.at("number")));
  const hasMode = (match?.items() ?? []).some((one) => one.at("mode") !== undefined);
  if (selectsGateway(resource) || hasMode) return reserved;
  const message = "without a mode in match, the plugin runs for requests that come in and for those that go out";
  const remedy = "Add match: [{ mode: SERVER }] for those that come in, CLIENT for those that go out";
  return [...reserved, warning({ code: "TG3726", path: (match ?? spec).path, at: "key", message, remedy })];
}
