import { messageOf } from "../../errors.js";

/** What asc's configuration says of files that it writes and of what it is called with: that is the tool's business. */
const NOT_TAKEN = ["outFile", "textFile", "sourceMap", "bindings", "baseDir", "noEmit", "stats", "showConfig"];

interface Asconfig {
  extends?: string;
  entries?: unknown;
  options?: Record<string, unknown>;
  targets?: Record<string, Record<string, unknown>>;
}

/**
 * A plugin's asconfig.json as it is taken: its author's options, without what is written where.
 * @param companion package whose configuration it may extend, which the tool brings along wherever it is installed.
 * Fails when it is no JSON.
 */
export function withoutOutputs(text: string, companion: string | undefined): string {
  const config = parsed(text);
  delete config.entries;
  const isBrought = companion !== undefined && config.extends?.includes(companion);
  if (isBrought) delete config.extends;
  const targets = Object.entries(config.targets ?? {}).map(([name, options]) => [name, taken(options)]);
  return JSON.stringify({ ...config, options: taken(config.options), targets: Object.fromEntries(targets) as object });
}

function taken(options: Record<string, unknown> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !NOT_TAKEN.includes(name)));
}

function parsed(text: string): Asconfig {
  try {
    return JSON.parse(text) as Asconfig;
  } catch (error) {
    throw new Error(`asconfig.json: ${messageOf(error)}`);
  }
}
