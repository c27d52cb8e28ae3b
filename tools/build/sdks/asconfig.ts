import { messageOf } from "../../errors.js";
import { isObject } from "../../is-object.js";

/** What asc's configuration says of files that it writes and of what it is called with: that is the tool's business. */
const NOT_TAKEN = ["outFile", "textFile", "sourceMap", "bindings", "baseDir", "noEmit", "stats", "showConfig"];

type Members = Record<string, unknown>;

/**
 * A plugin's asconfig.json as it is taken: its author's options, without what is written where.
 * @param companion package whose configuration it may extend, which the tool brings along wherever it is installed.
 * Fails when it is no JSON object; what else is wrong with it, asc says.
 */
export function withoutOutputs(text: string, companion: string | undefined): string {
  const config = { ...parsed(text) };
  const { extends: base, options, targets } = config;
  delete config["entries"];
  if (companion !== undefined && typeof base === "string" && base.includes(companion)) delete config["extends"];
  if (options !== undefined) config["options"] = taken(options);
  if (isObject(targets)) {
    config["targets"] = Object.fromEntries(Object.entries(targets).map(([name, of]) => [name, taken(of)]));
  }
  return JSON.stringify(config);
}

function taken(options: unknown): unknown {
  if (!isObject(options)) return options;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_TAKEN.includes(name)));
}

function parsed(text: string): Members {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new Error(`asconfig.json: ${messageOf(error)}`);
  }
  if (!isObject(config)) throw new Error("asconfig.json: it is no JSON object");
  return config;
}
