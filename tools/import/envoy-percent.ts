import type { Field } from "./field.js";

const DENOMINATORS: Record<string, number> = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

/**
 * Envoy's share of requests as a percentage with two decimals under `key`; nothing for all of them. Without the field
 * Envoy takes none, and that is said, since a limit without effect is seldom meant.
 */
export function percentOf(config: Field, name: string, key: string): Record<string, number> {
  const field = config.at(name);
  field?.at("runtime_key")?.report("TG8102", "a module reads no runtime: the default value counts");
  const value = field?.at("default_value");
  const denominator = value?.at("denominator")?.text() ?? "HUNDRED";
  const exact = (100 * (value?.at("numerator")?.number() ?? 0)) / (DENOMINATORS[denominator] ?? 100);
  const percent = Math.min(100, Math.max(0, Math.round(exact * 100) / 100));
  if (percent === 100) return {};
  const { source, path } = field ?? config;
  if (percent === 0) {
    const message = `${field ? "it" : `${name} is not set, which`} is 0 percent in Envoy: the rules have no effect`;
    source.report({ code: "TG8105", path, message, remedy: `Remove ${key} if they shall have one` });
  } else if (percent !== exact)
    source.report({ code: "TG8105", path, message: `${exact} percent is written as ${percent}` });
  return { [key]: percent };
}
