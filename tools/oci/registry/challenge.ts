/** How a registry wants to know who asks: one challenge of a WWW-Authenticate header. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`, or one that is not known here. */
  scheme: string;
  parameters: Readonly<Record<string, string>>;
}

const SCHEME = /^[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?=\s|,|$)(?!\s*=)/;
const PARAMETER = /^[\s,]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/;

/** Reads the challenges of a header, as many as can be read. Source: RFC 9110, 11.2 and 11.6.1. */
export function parseChallenges(header: string): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = [];
  for (let rest = header; rest !== "";) {
    const parameter = PARAMETER.exec(rest);
    const last = found.at(-1);
    if (parameter && last) {
      const [all, name = "", quoted, plain = ""] = parameter;
      last.parameters[name.toLowerCase()] ??= quoted?.replace(/\\(.)/gs, "$1") ?? plain;
      rest = rest.slice(all.length);
      continue;
    }
    const scheme = SCHEME.exec(rest);
    if (!scheme) break;
    found.push({ scheme: scheme[1]!.toLowerCase(), parameters: Object.create(null) as Record<string, string> });
    rest = rest.slice(scheme[0].length);
  }
  return found;
}

/** The first challenge that can be met. */
export function usableChallenge(header: string | undefined): Challenge | undefined {
  return parseChallenges(header ?? "").find(({ scheme }) => scheme === "bearer" || scheme === "basic");
}
