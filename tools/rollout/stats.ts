/** What one of Envoy's statistics says of a plugin's rollout. */
export interface RolloutStat {
  plugin: string;
  salt: string;
  kind: "state" | "reverts";
  value: number;
}

const METRIC = /tidegate_([a-z][a-z0-9_]*?)_rollout_(state|reverts_total)/;
/** The tag within the name, as plugins write it; Prometheus has other characters replaced. */
const IN_NAME = /(?:^|[._])rollout(?:=\.=|___)(.+?)(?:;\.;|___)tidegate_/;
const LABEL = /[{,]\s*rollout="((?:[^"\\]|\\.)*)"/;
const LINE = /^(.*?)(?::\s*|\s+)(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)(?:\s+\d+)?\s*$/i;

/**
 * Reads what `/stats`, `/stats?format=json` or `/stats/prometheus` of an Envoy says of rollouts. Everything else is passed
 * over. @returns undefined for a text that is nothing of that.
 */
export function readStats(text: string): RolloutStat[] | undefined {
  const start = text.trimStart();
  if (start.startsWith("{")) return fromJson(start);
  let isStats = start === "";
  const found = text.split(/\r?\n/).flatMap((line): RolloutStat[] => {
    if (line.trim() === "" || line.startsWith("#")) return [];
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    isStats = true;
    return statOf(name, Number(value));
  });
  return isStats ? found : undefined;
}

function fromJson(text: string): RolloutStat[] | undefined {
  let whole: unknown;
  try {
    whole = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { stats } = whole as { stats?: unknown };
  if (!Array.isArray(stats)) return undefined;
  return stats.flatMap((stat: unknown) => {
    const { name, value } = (stat ?? {}) as { name?: unknown; value?: unknown };
    return typeof name === "string" && typeof value === "number" ? statOf(name, value) : [];
  });
}

function statOf(name: string, value: number): RolloutStat[] {
  const [, plugin, what] = METRIC.exec(name) ?? [];
  if (plugin === undefined) return [];
  const salt = LABEL.exec(name)?.[1] ?? IN_NAME.exec(name)?.[1];
  return salt === undefined ? [] : [{ plugin, salt, kind: what === "state" ? "state" : "reverts", value }];
}

/** Whether a salt is the one meant, or what Prometheus makes of it. */
export function isSalt(found: string, meant: string): boolean {
  return found === meant || found === meant.replace(/[^A-Za-z0-9_]/g, "_");
}
