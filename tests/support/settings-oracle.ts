import fc from "fast-check";
import type { SettingMatch } from "./settings.js";

// The one rule of settings (assembly/plugin/README.md), written anew: every place of every setting is tried.

/** What a request says of itself. A key that is not there: the request does not have it, or the host does not know. */
export interface RequestAt {
  host?: string;
  path?: string;
  route?: string;
  port?: number;
  direction?: "inbound" | "outbound";
}

/** A place: one of each list of a match. */
type Place = [route?: string, host?: string, path?: [kind: string, text: string], port?: number, direction?: string];

/** The setting of a request: its index, or -1. */
export function settingOf(matches: readonly SettingMatch[], request: RequestAt): number {
  let best: { rank: readonly number[]; index: number } | undefined;
  for (const [index, match] of matches.entries())
    for (const place of placesOf(match)) {
      if (!isAt(place, request)) continue;
      const rank = rankOf(place);
      if (!best || compare(rank, best.rank) > 0) best = { rank, index };
    }
  return best?.index ?? -1;
}

/** All places of a match. */
export function placesOf(match: SettingMatch): Place[] {
  const paths = match.paths?.map((path) => Object.entries(path)[0] as [string, string]);
  const any = [undefined];
  return (match.routes ?? any).flatMap((route) =>
    (match.hosts ?? any).flatMap((host) =>
      (paths ?? any).flatMap((path) =>
        (match.ports ?? any).map((port): Place => [route, host?.toLowerCase(), path, port, match.direction]),
      ),
    ),
  );
}

/** The same for places that no request tells apart. */
export function identityOf([route, host, path, ...rest]: Place): string {
  const text = path?.[0] === "template" ? shapeOf(path[1]) : path?.[1];
  return JSON.stringify([route, host, path?.[0], text, ...rest]);
}

function isAt([route, host, path, port, direction]: Place, request: RequestAt): boolean {
  const asked = request.host?.toLowerCase().replace(/:\d+$/, "").replace(/\.$/, "");
  if (route !== undefined && route !== request.route) return false;
  if (host !== undefined && !(host.startsWith("*") ? asked?.endsWith(host.slice(1)) && asked.length >= host.length : asked === host)) return false; // prettier-ignore
  if (path !== undefined && !isPath(path, request.path?.replace(/[?#].*/, "") ?? "")) return false;
  if (port !== undefined && port !== request.port) return false;
  return direction === undefined || direction === request.direction;
}

function isPath([kind, text]: [string, string], path: string): boolean {
  if (kind === "exact") return path === text;
  if (kind === "prefix") return path.startsWith(text);
  const pattern = shapeOf(text).replace(/\/\*\*$/, "(/.*)?").replaceAll("{}", "[^/]+"); // prettier-ignore
  return new RegExp(`^${pattern}/?$`).test(path);
}

/** A template without the names of its parameters. */
function shapeOf(template: string): string {
  return template.replace(/\{[^}]*\}/g, "{}");
}

function rankOf([route, host, path, port, direction]: Place): number[] {
  const kinds = [undefined, "prefix", "template", "exact"];
  const length = path && (path[0] === "template" ? path[1].replace(/\{[^}]*\}/g, "_").replace(/\*\*$/, "") : path[1]).length; // prettier-ignore
  const known = [host === undefined ? 0 : host.startsWith("*") ? 1 : 2, host?.length ?? 0, kinds.indexOf(path?.[0]), length ?? 0]; // prettier-ignore
  return [Number(route !== undefined), ...known, Number(port !== undefined), Number(direction !== undefined)];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

const HOSTS = ["shop.example", "a.shop.example", "b.a.shop.example", "Example", "*.example", "*.shop.example", "*.a.shop.example", "x.test"]; // prettier-ignore
const PATHS = [
  ...["/", "/a", "/a/", "/a/b", "/a/b/c"].flatMap((path) => [{ exact: path }, { prefix: path }]),
  ...["/{x}", "/a/{id}", "/{x}/b", "/a/{x}/c", "/a/**", "/{x}/**", "/a/b/{c}"].map((template) => ({ template })),
];
const some = <T>(all: readonly T[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });

const match: fc.Arbitrary<SettingMatch> = fc
  .record(
    {
      hosts: some(HOSTS),
      paths: some(PATHS),
      routes: some(["one", "two"]),
      ports: some([80, 9080]),
      direction: fc.constantFrom("inbound" as const, "outbound" as const),
    },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0);

/** Matches of settings that a plugin must accept. */
export const settingMatches: fc.Arbitrary<SettingMatch[]> = fc
  .array(match, { minLength: 1, maxLength: 12 })
  .map((matches) => {
    const taken = new Set<string>();
    return matches.filter((one) => {
      const identities = placesOf(one).map(identityOf);
      if (new Set(identities).size < identities.length || identities.some((identity) => taken.has(identity))) return false; // prettier-ignore
      for (const identity of identities) taken.add(identity);
      return true;
    });
  })
  .filter((matches) => matches.length > 0);

/** Requests near those matches. */
export const requestsAt: fc.Arbitrary<RequestAt> = fc.record(
  {
    host: fc.constantFrom("shop.example", "SHOP.example:8080", "a.shop.example.", "c.a.shop.example", "b.a.shop.example", "example", "z.example", "x.test", ".example", ""), // prettier-ignore
    path: fc.constantFrom("/", "/a", "/a?x=/b", "/a/b", "/a/b/", "/a/b/c", "/a/x/c", "/b", "/a/b/c/d", "/x/b", "/a/"),
    route: fc.constantFrom("one", "two", "three", ""),
    port: fc.constantFrom(80, 9080, 15006),
    direction: fc.constantFrom("inbound" as const, "outbound" as const),
  },
  { requiredKeys: [] },
);
