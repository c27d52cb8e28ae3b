import type { Fault } from "../policy/fault.js";
import type { Node } from "../policy/node.js";
import { quote } from "../validate/words.js";
import { warning } from "./resource.js";
import { HTTP_WASM } from "./typed-config.js";
import { fieldAt } from "./wasm-message.js";

/** A filter whose configuration comes by ECDS: that somebody sends it, and Envoy takes what is sent. */
export function ecdsFaults(filter: Node, sent: ReadonlySet<string>): Fault[] {
  const discovery = fieldAt(filter, "config_discovery");
  const name = filter.at("name");
  if (!discovery) return [];
  return [...typeUrlFaults(discovery), ...(name?.text === undefined || sent.has(name.text) ? [] : [unsent(name)])];
}

function typeUrlFaults(discovery: Node): Fault[] {
  const types = fieldAt(discovery, "type_urls");
  const urls = types?.items() ?? [];
  if (urls.length > 0) return urls.flatMap((url) => (url.text?.includes("/") ? [] : [noUrl(url)]));
  const message = "config_discovery without type_urls takes no configuration at all";
  return [
    {
      code: "TG3723",
      path: (types ?? discovery).path,
      at: "key",
      message,
      remedy: `Add type_urls: [${HTTP_WASM}], and that of RBAC, which Istio's agent sends when it cannot fetch`,
    },
  ];
}

function noUrl({ value, path }: Node): Fault {
  const message = `${quote(value)} is no URL of a type`;
  return { code: "TG3723", path, message, remedy: "Write type.googleapis.com/ before it" };
}

function unsent({ text, path }: Node): Fault {
  const message = `no EXTENSION_CONFIG in these files is called ${text}; without one every request gets a 500`;
  const remedy = "Add a patch of EXTENSION_CONFIG whose value has this name, or check it together with this one";
  return warning({ code: "TG3723", path, message, remedy });
}
