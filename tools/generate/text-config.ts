import type { Fault } from "../policy/fault.js";
import type { PolicyDocument } from "../policy/model.js";

/** Where a target can carry no text: the plugins that are configured with it. @param why it cannot. */
export function noText({ spec }: PolicyDocument, why: string): Fault[] {
  return spec.plugins.flatMap(({ name, config }, i): Fault[] => {
    if (typeof config !== "string") return [];
    const message = `${why}, so ${name} would not get this text`;
    const remedy = "Generate istio-envoyfilter or envoy, or have the plugin read JSON";
    return [{ code: "TG9502", path: ["spec", "plugins", i, "config"], message, remedy }];
  });
}
