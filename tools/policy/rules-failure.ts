import type { Fault, Path } from "./fault.js";
import { failureOf, type PolicyDocument } from "./model.js";

/** That something is said of starting anew where nothing starts anew. */
export function failureFaults({ spec }: PolicyDocument): Fault[] {
  const { plugins } = spec;
  const idle: Path[] = plugins.flatMap((plugin, i) =>
    plugin.reload && failureOf(spec, plugin) !== "reload" ? [["spec", "plugins", i, "reload"]] : [],
  );
  const isUsed = plugins.some((plugin) => failureOf(spec, plugin) === "reload" && !plugin.reload);
  if (spec.reload && !isUsed) idle.unshift(["spec", "reload"]);
  const message = "no plugin that this is for starts anew when it fails";
  const remedy = "Write failure: reload, or leave reload out";
  return idle.map((path) => ({ code: "TG3503", path, at: "key", message, remedy }));
}
